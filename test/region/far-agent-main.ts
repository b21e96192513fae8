import { setTimeout as sleep } from "node:timers/promises";
import { makeLog, openAgentJournal, parseConfig, readMembership, startAgent } from "@wadi/agent";

import { openFarEngine } from "./far-engine.ts";

/*
 * The agent as it is, but with the engine of a far centre, and less patience between its tries:
 * `far-agent-main.ts <state folder> <socket of the centre> <configuration as YAML>`.
 */

const [state = "", socket = "", yaml = ""] = process.argv.slice(2);
const longestPauseMs = 200;

const log = makeLog("info");
const config = parseConfig(yaml, "the test's configuration");
const journal = await openAgentJournal(state, config, { log });
const agent = startAgent({
  config,
  journal,
  log,
  membership: await readMembership(state),
  engine: openFarEngine(socket),
  version: "test",
  clock: {
    nowMs: () => Date.now(),
    steadyMs: () => performance.now(),
    pause: async (ms, signal) => {
      await sleep(Math.min(ms, longestPauseMs), undefined, { signal }).catch(() => {});
    },
  },
});
process.on("SIGTERM", () => void agent.end({ stopRuns: false }));
process.on("SIGUSR2", () => void agent.end({ stopRuns: true }));
const end = await agent.over;
log.info({ end: end.kind }, "ended");
await journal.close();
process.exit(end.kind === "ended" || end.kind === "left" ? 0 : 4);
