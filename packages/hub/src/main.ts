import { parseArgs } from "node:util";
import { routes } from "@wadi/protocol";

import { backUp, makeKey, restore } from "./commands.ts";
import { readConfig, WrongSettings, type Config } from "./config.ts";
import { migrate, openDatabase, type OpenDatabase } from "./db/index.ts";
import { helpText } from "./help.ts";
import { cutSecrets, makeLog, openApiOf } from "./http/index.ts";
import { startHub } from "./hub.ts";
import { version } from "./version.ts";

/** What a shell sees: 0 went well, 1 could not, 2 was asked wrongly. */
process.exitCode = await main(process.argv.slice(2)).catch(sayWhy);

async function main(args: string[]): Promise<number> {
  const { values: asked } = parseArgs({
    args,
    options: {
      help: { type: "boolean", short: "h" },
      version: { type: "boolean", short: "V" },
      openapi: { type: "boolean" },
      backup: { type: "string" },
      restore: { type: "string" },
      "new-operator-key": { type: "boolean" },
    },
  });
  if (asked.help) return say(helpText());
  if (asked.version) return say(version);
  if (asked.openapi) return say(JSON.stringify(openApiOf(routes, { version }), null, 1));
  const config = readConfig();
  if (asked.backup !== undefined) return say(await backUp(config, asked.backup));
  if (asked.restore !== undefined) return say(await restore(config, asked.restore));
  if (asked["new-operator-key"]) return say(await makeKey(config));
  await run(config);
  return 0;
}

/** Runs the hub until it is told to stop. */
async function run(config: Config): Promise<void> {
  const log = makeLog(config.logLevel);
  const told = stopSignal();
  process.on("uncaughtExceptionMonitor", (error) => log.fatal({ err: error }, "uncaught"));
  const db = await openDatabase({
    stateFolder: config.state,
    url: config.databaseUrl ?? undefined,
    connectionsMax: config.limits.dbConnections,
    waitMsMax: config.timings.dbWaitMs,
    onProgress: (step) => log.info({ step }, "opening the database"),
    onTrouble: (error) => log.warn({ err: error }, "the database"),
  });
  try {
    await serveUntil(told, { config, db, log });
  } finally {
    await db.stop();
  }
  log.info("stopped");
}

async function serveUntil(
  told: Promise<NodeJS.Signals>,
  parts: { config: Config; db: OpenDatabase; log: ReturnType<typeof makeLog> },
): Promise<void> {
  for (const { name } of await migrate(parts.db.url)) parts.log.info({ name }, "migrated");
  const running = await startHub(parts);
  const signal = await told;
  parts.log.info({ signal }, "stopping; a second signal ends it at once");
  await running.stop();
}

/** The first signal asks to stop; the second one ends the process as it is. */
function stopSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let count = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      count += 1;
      if (count > 1) process.exit(1);
      resolve(signal);
    });
  }
  return promise;
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** One line for each thing that is wrong; a stack is of no use to who starts a hub. */
function sayWhy(error: unknown): number {
  const isAskedWrongly =
    error instanceof WrongSettings ||
    (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS") === true;
  for (const line of reason(error).split("\n")) {
    process.stderr.write(`wadi-hub: ${cutSecrets(line)}\n`);
  }
  if (isAskedWrongly) process.stderr.write("wadi-hub: --help lists what there is\n");
  return isAskedWrongly ? 2 : 1;
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as { code?: string; address?: string; port?: number };
  if (code === "EADDRINUSE") {
    return `${address}:${port} is in use: stop what listens there, or set WADI_LISTEN`;
  }
  if (code === "EACCES" && port !== undefined) {
    return `port ${port} is not for this user: choose one above 1023 with WADI_LISTEN`;
  }
  const cause = error.cause === undefined ? "" : `: ${reason(error.cause)}`;
  return `${error.message}${cause}`;
}
