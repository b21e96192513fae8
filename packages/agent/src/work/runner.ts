import type { Logger } from "pino";
import type { Duration } from "@wadi/core/units";
import type { Lease, SyncReply } from "@wadi/protocol";
import { isFinal, type Engine, type EngineRef } from "../engines/engine.ts";
import type { AgentClock } from "./agent-clock.ts";
import { makeBell } from "./bell.ts";
import type { CollectOptions } from "./files/collect-outputs.ts";
import type { InputOptions } from "./files/place-inputs.ts";
import { keptRuns, refOf, type HeldRun } from "./held-run.ts";
import { HeldRuns, type Held } from "./held-runs.ts";
import type { Journal } from "./journal/journal.ts";
import { makeLogShipper } from "./log-shipper.ts";
import { observeRuns, type ObserveParts } from "./observe.ts";
import { makeActs } from "./run-acts.ts";
import { makeUnknownStops } from "./unknown-stops.ts";

export interface RunnerParts {
  readonly engine: Engine;
  readonly journal: Journal;
  readonly clock: AgentClock;
  readonly log: Logger;
  readonly stopGrace: Duration;
  readonly readingMs: number;
  readonly logBytesMax: number;
  /** Runs held at once, those included whose end the hub does not know yet. */
  readonly runsMax: number;
  readonly inputs: InputOptions;
  readonly outputs: CollectOptions;
  readonly urge: (how: "now" | "soon") => void;
  /** Aborts when the agent ends. Runs go on; the next start takes them up again. */
  readonly ending: AbortSignal;
}

/** Carries out what the hub asks for, run by run. */
export interface Runner {
  readonly held: number;
  /** How many more leases it takes now. */
  room(): number;
  holding(): { run: HeldRun["lease"]["run"]; generation: number }[];
  /** Takes up what was held before a restart; to be awaited before the first sync. */
  reattach(): Promise<void>;
  /** Follows the runs until the agent ends. */
  follow(): Promise<void>;
  /** New leases and stops. Those it has already, or that are too old, change nothing. */
  take(reply: Pick<SyncReply, "leases" | "stops">): void;
  /** The journal was acknowledged: what the hub knows the end of is forgotten. */
  forgetTold(): Promise<void>;
  /** Stops all runs. @returns when all are over and in the journal */
  stopAll(signal: AbortSignal): Promise<void>;
}

/** Leases that are taken at a time. */
const roomMax = 1000;

export function makeRunner(parts: RunnerParts): Runner {
  const { engine, journal, clock, ending, logBytesMax: bytesMax } = parts;
  const runs: HeldRuns = new HeldRuns({
    journal,
    clock,
    urge: parts.urge,
    act: (held, act) => doAct(held, act),
  });
  const shipper = makeLogShipper({ engine, journal, runs, clock, bytesMax });
  const bell = makeBell();
  const doAct = makeActs({ ...parts, bell, runs: () => runs, shipper: () => shipper });
  const observing: ObserveParts = { ...parts, bell, runs, shipper };
  const unknown = makeUnknownStops(parts);
  const begin = (held: Held) => {
    const act = firstAct(held.run);
    if (act) doAct(held, act);
  };

  return {
    get held() {
      return runs.size;
    },
    room: () =>
      journal.takes("plain") ? Math.max(0, Math.min(roomMax, parts.runsMax - runs.size)) : 0,
    holding: () =>
      runs.all().map(({ run: { lease } }) => ({ run: lease.run, generation: lease.generation })),
    reattach: async () => {
      const { runs: kept, broken } = keptRuns(journal.kept);
      for (const { run, cause } of broken) parts.log.error({ run, err: cause }, "a run was lost");
      const restored = kept.map((run) => runs.restore(run));
      await endOrphans(parts, runs);
      for (const held of restored) begin(held);
      if (kept.length > 0) parts.log.info({ runs: kept.length }, "took up runs of before");
    },
    follow: () => observeRuns(observing, ending),
    take: ({ leases, stops }) => {
      for (const { run, generation, why } of stops) {
        const held = runs.get(run);
        if (!held) void unknown.tell({ run, generation });
        else if (held.run.lease.generation === generation) {
          void runs.tell(held, { kind: "stop", why });
        }
      }
      for (const lease of leases) {
        if (unknown.has(lease.run)) continue;
        if (mayTake(parts, runs, lease)) void runs.take(lease).then((held) => held && begin(held));
      }
    },
    forgetTold: async () => {
      await Promise.all(runs.told().map((held) => forget(parts, runs, held)));
    },
    stopAll: async (signal) => {
      const alive = () => runs.all().filter(({ run }) => run.phase !== "over");
      for (const held of alive()) void runs.tell(held, { kind: "stop", why: "centre-closed" });
      while (alive().length > 0 && !signal.aborted) await clock.pause(20, signal);
    },
  };
}

function firstAct({ phase, stop }: HeldRun) {
  if (phase === "placing") return "place";
  if (phase === "starting") return "start";
  if (phase === "collecting") return "collect";
  return phase === "running" && stop ? "stop" : undefined;
}

/**
 * Whether a lease is taken now. One that is held already is not taken twice. One whose job has
 * another run here that is not over waits: the hub offers it again, and no two runs of a job are
 * alive at once.
 */
function mayTake({ log }: RunnerParts, runs: HeldRuns, lease: Lease): boolean {
  const { run, generation, job } = lease;
  if (runs.get(run)) return false;
  const others = runs.aliveOf(job);
  if (others.some((other) => other.run.lease.generation > generation)) {
    log.warn({ run, generation }, "a newer run of the job is held: an old lease is not taken");
    return false;
  }
  for (const other of others) void runs.tell(other, { kind: "stop", why: "superseded" });
  return others.length === 0;
}

/**
 * Ends what the engine has and the journal does not know: the hub takes it for lost as soon as it
 * hears what is held here, and may run it elsewhere, so it must be gone before that.
 */
async function endOrphans(parts: RunnerParts, runs: HeldRuns): Promise<void> {
  const { engine, log, ending } = parts;
  const known = await engine.holding(ending);
  const orphans = known.filter(({ run }) => !runs.get(run));
  if (orphans.length === 0) return;
  log.warn({ runs: orphans.length }, "ending runs that the journal does not know");
  for (const ref of orphans) await engine.stop(ref, ending);
  for (const ref of orphans) {
    await untilOver(parts, ref);
    await engine.forget(ref, ending);
  }
}

async function untilOver({ engine, clock, ending }: RunnerParts, ref: EngineRef): Promise<void> {
  for (;;) {
    const [report] = await engine.observe([ref], ending);
    if (!report || isFinal(report.state)) return;
    await clock.pause(100, ending);
    ending.throwIfAborted();
  }
}

async function forget(parts: RunnerParts, runs: HeldRuns, held: Held): Promise<void> {
  const { engine, ending, log } = parts;
  const { lease, end } = held.run;
  held.mark = null; // once is enough
  try {
    await engine.forget(refOf(held.run, engine.kind), ending);
    if (end?.state === "succeeded") await engine.forgetJob(lease.job, ending);
  } catch (error) {
    if (ending.aborted) return;
    log.warn({ err: error, run: lease.run }, "the engine could not forget a run");
  }
  await runs.drop(held);
}
