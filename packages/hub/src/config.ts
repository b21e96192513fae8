import path from "node:path";
import { closest } from "@wadi/core/capacity";
import type { z } from "zod";

import { settings, type Setting, type SettingName } from "./settings.ts";

/** Everything the hub is told from outside. Made by `readConfig` from the environment. */
export interface Config {
  /** The folder that the hub keeps its files in, the embedded database among them; absolute. */
  readonly state: string;
  /** Where days end for the region. */
  readonly timeZone: string;
  /** The file that anchors of the ledger are added to; absolute. */
  readonly anchors: string;
  readonly listen: { readonly host: string; readonly port: number };
  /** A PostgreSQL of the operator's own; null: the hub runs one in its state folder. */
  readonly databaseUrl: string | null;
  readonly logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly trustedProxies: readonly string[];
  /** Web pages of these origins may call the API; empty: none. */
  readonly corsOrigins: readonly string[];
  /** Who issues the invoices, by name. */
  readonly issuer: string;
  /** A font file for statements as PDF; null: none is embedded. */
  readonly pdfFont: string | null;
  readonly limits: Limits;
  readonly timings: Timings;
}

interface Limits {
  readonly dbConnections: number;
  readonly bodyBytes: number;
  readonly syncBytes: number;
  readonly uploadBytes: number;
  /** Requests of one signer: so many a second, after a burst of so many. Null: no limit. */
  readonly rates: Readonly<Record<"key" | "operator" | "agent" | "anonymous", Rate | null>>;
  /** Event streams that one signer may hold open. */
  readonly streams: number;
}

/** Whole numbers, both at least 1. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

interface Timings {
  /** So long a centre may go on without a sync; a lease runs out then. */
  readonly leaseMs: number;
  /** Added to a lease before its run is started elsewhere: clocks and messages may lag so much. */
  readonly leaseMarginMs: number;
  /** The hub holds an agent's sync back for at most so long. */
  readonly longPollMs: number;
  /** Rounds of dispatch follow one another no faster. */
  readonly roundMs: number;
  /** Plans are certified so often, and soon after a large change; 0: never. */
  readonly certifyMs: number;
  /** A leader that has not renewed for so long is replaced. */
  readonly leaderMs: number;
  /** So long an outside database that cannot be reached is waited for at the start. */
  readonly dbWaitMs: number;
  /** A request's headers and body must have arrived by then. */
  readonly requestMs: number;
  /** A stopping hub says for so long that it is not ready, and serves on. */
  readonly drainMs: number;
  /** Requests under way are given so long when the hub stops. */
  readonly stopMs: number;
}

/** Settings that cannot be used. The message has one line for each, with what to do. */
export class WrongSettings extends Error {
  override readonly name = "WrongSettings";
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The hub's configuration. Nothing else of the hub reads the environment.
 * @throws WrongSettings that names every wrong variable, its value and the cure
 */
export function readConfig(environment: Environment = process.env): Config {
  const wrong: string[] = [...misspelt(environment)];
  const read = <N extends SettingName>(name: N) => {
    const { value, fault } = readSetting(name, environment[name]);
    if (fault !== undefined) wrong.push(fault);
    return value as SettingValue<N>;
  };
  const [certFile, keyFile] = [read("WADI_TLS_CERT"), read("WADI_TLS_KEY")];
  if ((certFile === null) !== (keyFile === null)) {
    wrong.push("WADI_TLS_CERT and WADI_TLS_KEY belong together: set both or neither");
  }
  const config: Config = {
    state: path.resolve(read("WADI_STATE")!),
    timeZone: read("WADI_TIME_ZONE")!,
    anchors: path.resolve(read("WADI_ANCHORS") ?? path.join(read("WADI_STATE")!, "anchors.jsonl")),
    listen: read("WADI_LISTEN")!,
    databaseUrl: read("DATABASE_URL"),
    logLevel: read("WADI_LOG_LEVEL")!,
    tls: certFile !== null && keyFile !== null ? { certFile, keyFile } : null,
    trustedProxies: read("WADI_TRUSTED_PROXIES") ?? [],
    corsOrigins: read("WADI_CORS_ORIGINS") ?? [],
    issuer: read("WADI_ISSUER")!,
    pdfFont: read("WADI_PDF_FONT"),
    limits: {
      dbConnections: read("WADI_DB_CONNECTIONS")!,
      bodyBytes: read("WADI_BODY_BYTES")!,
      syncBytes: read("WADI_SYNC_BYTES")!,
      uploadBytes: read("WADI_UPLOAD_BYTES")!,
      rates: {
        key: read("WADI_RATE_KEY"),
        operator: read("WADI_RATE_OPERATOR"),
        agent: read("WADI_RATE_AGENT"),
        anonymous: read("WADI_RATE_ANONYMOUS"),
      },
      streams: read("WADI_STREAMS")!,
    },
    timings: {
      leaseMs: read("WADI_LEASE_MS")!,
      leaseMarginMs: read("WADI_LEASE_MARGIN_MS")!,
      longPollMs: read("WADI_LONG_POLL_MS")!,
      roundMs: read("WADI_ROUND_MS")!,
      certifyMs: read("WADI_CERTIFY_MS")!,
      leaderMs: read("WADI_LEADER_MS")!,
      dbWaitMs: read("WADI_DB_WAIT_MS")!,
      requestMs: read("WADI_REQUEST_MS")!,
      drainMs: read("WADI_DRAIN_MS")!,
      stopMs: read("WADI_STOP_MS")!,
    },
  };
  if (wrong.length > 0) throw new WrongSettings(wrong.join("\n"));
  return config;
}

type SettingValue<N extends SettingName> = z.output<(typeof settings)[N]["read"]> | null;

/** The value, null where nothing is set; or what is wrong. An empty text counts as not set. */
function readSetting(name: SettingName, given: string | undefined) {
  const one: Setting<unknown> = settings[name];
  const text = given === undefined || given === "" ? one.default : given;
  if (text === null) return { value: null };
  const result = one.read.safeParse(text);
  if (result.success) return { value: result.data };
  const shown = one.secret ? "what it is set to" : JSON.stringify(text);
  return { value: null, fault: `${name} ${result.error.issues[0]!.message}; read ${shown}` };
}

/** Names so like one of ours that they can only be meant for it. */
function misspelt(environment: Environment): string[] {
  const names = Object.keys(settings);
  return Object.keys(environment)
    .filter((name) => name.startsWith("WADI_") && !names.includes(name))
    .flatMap((name) => {
      const [meant] = closest(
        name.slice(5),
        names.map((one) => one.replace(/^WADI_/, "")),
        1,
      );
      const isNear = meant !== undefined && Math.abs(meant.length - (name.length - 5)) <= 2;
      return isNear ? [`${name} is no setting; did you mean WADI_${meant}?`] : [];
    });
}
