import { readFileSync } from "node:fs";
import type { Logger } from "pino";
import { openAgentJournal, startAgent } from "./agent.ts";
import { environment, readConfig, WrongConfig, type AgentConfig } from "./config.ts";
import { Ends, exitCodes } from "./exit-codes.ts";
import { joinCentre } from "./join-centre.ts";
import { makeLog } from "./log.ts";
import { makeStateFolder, readMembership, saveMembership } from "./membership.ts";
import { endEngine, openEngine } from "./open-engine.ts";
import { help, readSettings, type JoinSettings, type RunSettings } from "./settings.ts";
import { lockState } from "./state-lock.ts";
import { systemClock } from "./work/agent-clock.ts";
import type { Journal } from "./work/journal/journal.ts";

/** The agent's process: `join` and `run`; see `help`. */

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const settings = await readSettings(process.argv.slice(2), environment(), process.stdin);
    if (settings.command === "help") {
      process.stdout.write(help);
      return exitCodes.ended;
    }
    return await work(settings, makeLog(settings.logLevel));
  } catch (error) {
    const ends = endOf(error);
    process.stderr.write(`${ends.message}\n`);
    return exitCodes[ends.reason];
  }
}

async function work(settings: JoinSettings | RunSettings, log: Logger): Promise<number> {
  await makeStateFolder(settings.state);
  const unlock = await lockState(settings.state);
  try {
    const config = await configOf(settings);
    const journal = await openAgentJournal(settings.state, config, { log });
    try {
      if (settings.command === "join") await join(settings, { journal, log });
      if (settings.command === "join" && !settings.run) return exitCodes.ended;
      return await run(settings, { config, journal, log });
    } finally {
      await journal.close();
    }
  } finally {
    await unlock();
  }
}

async function configOf(settings: JoinSettings | RunSettings): Promise<AgentConfig> {
  const saved = settings.command === "run" ? (await readMembership(settings.state)).config : null;
  const config = await readConfig(settings.config ?? saved);
  return settings.engine === null ? config : { ...config, engine: settings.engine };
}

async function join(
  settings: JoinSettings,
  { journal, log }: { journal: Journal; log: Logger },
): Promise<void> {
  const { hub, token, config, state } = settings;
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hub.hostname);
  if (hub.protocol === "http:" && !isLocal) {
    log.warn({ hub: hub.origin }, "the hub is reached without TLS: the credential can be read");
  }
  const clock = systemClock;
  const joined = await joinCentre({ hub, token, config, journal, clock, chance: Math.random, log });
  await saveMembership(state, joined);
  log.info({ centre: joined.centre, agent: joined.agent, hub: hub.origin }, "joined");
}

async function run(
  settings: JoinSettings | RunSettings,
  parts: { config: AgentConfig; journal: Journal; log: Logger },
): Promise<number> {
  const { log, config } = parts;
  const membership = await readMembership(settings.state);
  const engine = openEngine(config, settings.state);
  const { centre, hub } = membership;
  log.info({ centre, hub: new URL(hub).origin, engine: engine.kind }, "working for the centre");
  const agent = startAgent({ ...parts, membership, engine, version: versionOf() });
  const asked = listenForEnd(log, () => agent.end({ stopRuns: settings.stopRunsOnExit }));
  try {
    const end = await agent.over;
    await asked();
    log.info({ end: end.kind }, "ended");
    if (end.kind === "replaced") return exitCodes.replaced;
    return end.kind === "not-known" ? exitCodes["not-joined"] : exitCodes.ended;
  } finally {
    if (settings.stopRunsOnExit) await endEngine(engine, settings.state);
    else await engine.close();
  }
}

/** The second signal ends the process at once; runs under the keeper go on all the same. */
function listenForEnd(log: Logger, end: () => Promise<void>): () => Promise<void> {
  let ending: Promise<void> | undefined;
  const hear = (signal: NodeJS.Signals) => {
    if (ending) process.exit(exitCodes.fault);
    log.info({ signal }, "ending");
    ending = end();
  };
  process.on("SIGTERM", hear);
  process.on("SIGINT", hear);
  return () => ending ?? Promise.resolve();
}

function versionOf(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function endOf(error: unknown): Ends {
  if (error instanceof Ends) return error;
  if (error instanceof WrongConfig) return new Ends("usage", error.message, { cause: error });
  const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Ends("fault", shown, { cause: error });
}
