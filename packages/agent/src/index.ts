/** What may be used in one process with a hub, by benchmarks and tests. */
export { openAgentJournal, startAgent, type Agent, type AgentParts } from "./agent.ts";
export { parseConfig, readConfig, type AgentConfig } from "./config.ts";
export { exitCodes } from "./exit-codes.ts";
export { openEngine } from "./open-engine.ts";
export * from "./engines/engine.ts";
export { FakeCentre } from "./engines/fake/fake-centre.ts";
export { realClock, type FakeClock } from "./engines/fake/fake-clock.ts";
export { closeKeeper } from "./engines/host/host-engine.ts";
export { makeLog } from "./log.ts";
export { readMembership } from "./membership.ts";
