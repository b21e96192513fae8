import { join } from "node:path";
import type { Logger } from "pino";
import { uuidv7 } from "uuidv7";
import { asId } from "@wadi/core/units";
import type { AgentConfig } from "./config.ts";
import type { Engine, EngineInventory } from "./engines/engine.ts";
import { keptInventory } from "./kept-inventory.ts";
import type { Membership } from "./membership.ts";
import { readingSigner } from "./signing-key.ts";
import { systemClock, type AgentClock } from "./work/agent-clock.ts";
import { openHubLink, type HubLink } from "./work/hub-link.ts";
import { realDisk } from "./work/journal/disk.ts";
import type { Journal } from "./work/journal/journal.ts";
import { openJournal } from "./work/journal/open-journal.ts";
import { makeRunner, type Runner } from "./work/runner.ts";
import { makeSyncLoop, type SyncEnd, type SyncLoop } from "./work/sync-loop.ts";

export interface AgentParts {
  readonly membership: Pick<Membership, "hub" | "centre" | "credential" | "signingKey">;
  readonly config: AgentConfig;
  readonly engine: Engine;
  readonly journal: Journal;
  readonly log: Logger;
  readonly version: string;
  readonly clock?: AgentClock;
  readonly chance?: () => number;
  readonly link?: HubLink;
}

export interface Agent {
  /** Resolves when there is nothing more to do, or the agent was told to end. */
  readonly over: Promise<SyncEnd>;
  /**
   * Ends the agent. Its runs go on, unless they are to be stopped; what it has to say is said as
   * far as the hub can be reached in a few seconds, and else stays in the journal.
   */
  end(how: { stopRuns: boolean }): Promise<void>;
}

/** What the hub takes in one file. */
const outputBytesMax = 64 << 20;
const longPollMs = 10_000;
const flushMs = 3000;
const engineAgainMs = 1000;

/** The journal of a state folder; made where there is none. */
export function openAgentJournal(
  state: string,
  { buffer }: Pick<AgentConfig, "buffer">,
  { log, clock = systemClock }: { log: Logger; clock?: AgentClock },
): Promise<Journal> {
  return openJournal({
    disk: realDisk,
    folder: join(state, "journal"),
    bytesMax: buffer.bytes,
    segmentBytes: 8 << 20,
    reserveBytes: buffer.reserve,
    newId: () => asId(uuidv7()),
    pause: () => clock.pause(1000),
    onTrouble: (err) => {
      if (err) log.error({ err }, "the journal cannot be written; runs go on, logs are left out");
      else log.info("the journal can be written again");
    },
  });
}

/** Begins to work: takes up the runs of before, then talks with the hub. */
export function startAgent(parts: AgentParts): Agent {
  const { journal, engine, log, clock = systemClock } = parts;
  const ending = new AbortController();
  if (journal.damage !== null) log.error({ damage: journal.damage }, "a new journal was begun");
  const { hub, centre, credential, signingKey } = parts.membership;
  const sign = readingSigner(centre, signingKey);
  const link = parts.link ?? openHubLink({ hub: new URL(hub), credential });
  let loop: SyncLoop | undefined;
  const runner = makeRunner({
    ...runnerOptions(parts.config, link),
    engine,
    journal,
    clock,
    log,
    urge: (how) => loop?.urge(how),
    ending: ending.signal,
  });

  const over = work();
  return {
    over,
    end: async ({ stopRuns }) => {
      if (stopRuns) {
        const mostMs = parts.config.runs.stopGrace + 5000;
        await runner.stopAll(AbortSignal.any([ending.signal, AbortSignal.timeout(mostMs)]));
      }
      await flush({ journal, clock, loop: () => loop, ending: ending.signal });
      ending.abort();
      await over;
    },
  };

  async function work(): Promise<SyncEnd> {
    const found = await prepare({ ...parts, clock, runner, ending: ending.signal });
    if (found === undefined) return { kind: "ended" };
    const urge = () => loop?.urge("soon");
    const inventory = keptInventory({ ...parts, clock, urge, ending: ending.signal }, found);
    const chance = parts.chance ?? Math.random;
    const waitMs = longPollMs;
    const said = { inventory: () => inventory.now, sign };
    loop = makeSyncLoop({ link, journal, runner, engine, ...said, clock, chance, log, waitMs });
    const following = Promise.all([runner.follow(), inventory.follow()]);
    const end = await loop.run(ending.signal);
    if (end.kind === "replaced") {
      log.error("another agent has joined for this centre: stopping all runs");
      await runner.stopAll(AbortSignal.timeout(parts.config.runs.stopGrace + 5000));
    }
    ending.abort();
    await following;
    return end;
  }
}

/** What must be done before the first sync, tried until the engine can be reached. */
async function prepare(parts: {
  engine: Engine;
  runner: Runner;
  clock: AgentClock;
  log: Logger;
  ending: AbortSignal;
}): Promise<EngineInventory | undefined> {
  const { engine, runner, clock, log, ending } = parts;
  while (!ending.aborted) {
    try {
      const found = await engine.describe(ending);
      await runner.reattach();
      return found;
    } catch (error) {
      if (ending.aborted) return undefined;
      log.error({ err: error, engine: engine.kind }, "the engine is not ready; again in a second");
      await clock.pause(engineAgainMs, ending);
    }
  }
  return undefined;
}

/** Says what there is to say, as long as the hub listens. */
async function flush(parts: {
  journal: Journal;
  clock: AgentClock;
  loop: () => SyncLoop | undefined;
  ending: AbortSignal;
}): Promise<void> {
  const { journal, clock, loop, ending } = parts;
  const untilMs = clock.steadyMs() + flushMs;
  while (journal.acked < journal.last && loop()?.isLinked && clock.steadyMs() < untilMs) {
    loop()?.urge("now");
    await clock.pause(20, ending);
  }
}

const runnerOptions = (config: AgentConfig, hub: HubLink) => ({
  stopGrace: config.runs.stopGrace,
  readingMs: config.readings.every,
  logBytesMax: config.logs.bytesPerStream,
  runsMax: config.runs.most,
  inputs: {
    hub,
    datasets: config.datasets,
    urls: config.inputs.urls,
    urlBytesMax: config.inputs.urlBytes,
  },
  outputs: { hub, bytesMax: outputBytesMax, filesMax: config.outputs.files },
});
