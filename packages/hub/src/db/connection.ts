import { Client, type ClientConfig } from "pg";

import { decoderFor } from "./decode.ts";
import { toCallersError } from "./errors.ts";

/**
 * A transaction that idles longer is ended by the server, with its locks: a frozen hub must not
 * hold up the one that takes over. Well below the leader's lease.
 */
const idleInTransactionMs = 5000;

/** A statement that runs longer is a bug; audits and the like raise it with `set local`. */
const statementMs = 60_000;

/** Both sides notice a peer that vanished without a word within about this time. */
const peerCheckMs = 5000;

/**
 * What every connection of ours has in common. `url` as libpq writes it, `?host=/folder` included.
 */
export function connectionConfig(url: string): ClientConfig {
  const settings = {
    timezone: "UTC",
    datestyle: "ISO",
    intervalstyle: "iso_8601",
    idle_in_transaction_session_timeout: idleInTransactionMs,
    statement_timeout: statementMs,
    client_connection_check_interval: peerCheckMs,
    jit: "off", // compiling costs more than any statement of ours can gain
  };
  const parsed = new URL(url);
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  options.push(parsed.searchParams.get("options") ?? ""); // the operator's own come last and win
  parsed.searchParams.delete("options");
  return {
    connectionString: parsed.href,
    application_name: "wadi",
    options: options.join(" ").trim(),
    connectionTimeoutMillis: peerCheckMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: peerCheckMs,
    types: { getTypeParser: decoderFor },
    ...(isSocketUrl(url) ? { ssl: false } : {}), // else PGSSLMODE of the shell would reach us
  };
}

/**
 * One connection by itself, for work that is not the hub's daily one.
 * @throws DatabaseUnavailable
 */
export async function connectClient(url: string): Promise<Client> {
  const client = new Client(connectionConfig(url));
  client.on("error", () => {}); // the statement under way is told; nobody else needs to be
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw toCallersError(error, `connecting to ${describeUrl(url)}`);
  }
}

/** Where a URL leads, for people: server and database, never user or password. */
export function describeUrl(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed) return "the database named by its URL";
  const host = parsed.searchParams.get("host") ?? parsed.host;
  return `database ${parsed.pathname.slice(1) || "(default)"} at ${host || "localhost"}`;
}

/** The same server and login, another database. */
export function withDatabase(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${encodeURIComponent(database)}`;
  return parsed.href;
}

/** The URL of a server behind a unix socket in `folder`. */
export function socketUrl(at: { folder: string; user: string; database: string }): string {
  const query = new URLSearchParams({ host: at.folder, user: at.user });
  return `postgresql:///${encodeURIComponent(at.database)}?${query}`;
}

function isSocketUrl(url: string): boolean {
  return URL.parse(url)?.searchParams.get("host")?.startsWith("/") ?? false;
}
