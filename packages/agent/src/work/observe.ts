import type { Logger } from "pino";
import {
  EngineUnreachable,
  isFinal,
  type CheckpointSeen,
  type Engine,
  type RunReport,
} from "../engines/engine.ts";
import type { AgentClock } from "./agent-clock.ts";
import type { Bell } from "./bell.ts";
import { keepRun, refOf } from "./held-run.ts";
import type { Held, HeldRuns } from "./held-runs.ts";
import type { LogShipper } from "./log-shipper.ts";
import { interimReading, newCheckpoint, tellsNews } from "./run-machine.ts";

export interface ObserveParts {
  readonly engine: Engine;
  readonly runs: HeldRuns;
  readonly shipper: LogShipper;
  readonly clock: AgentClock;
  readonly log: Logger;
  readonly readingMs: number;
  /** Rung when a run was started: the engine's word of it may have come before we knew. */
  readonly bell: Bell;
}

/** The engine is asked no more often, however much changes there. */
const restMs = 10;
/** Output grows without the engine saying so. */
const lookMs = 500;
const unreachableMs = 1000;
/** Between two looks at the checkpoint of one run. */
const checkpointMs = 10_000;
/** A start that takes longer is told to the hub. */
const slowMs = 300;

/** Follows the runs at the engine until `ending` aborts. */
export async function observeRuns(parts: ObserveParts, ending: AbortSignal): Promise<void> {
  const { engine, clock, log } = parts;
  const watch = watchChanges(parts, ending);
  while (!ending.aborted) {
    try {
      await observeOnce(parts, ending);
      await watch.next();
    } catch (error) {
      if (ending.aborted) return;
      const level = error instanceof EngineUnreachable ? "warn" : "error";
      log[level]({ err: error, engine: engine.kind }, "observing the engine");
      await clock.pause(unreachableMs, ending);
    }
  }
}

/** Asks once how the runs are, and lets each know what is new. */
export async function observeOnce(parts: ObserveParts, ending: AbortSignal): Promise<void> {
  const { engine, runs, clock } = parts;
  const all = runs.all();
  for (const held of all) {
    const isSlow = held.run.told === "nothing" && clock.steadyMs() - held.takenAtMs > slowMs;
    if (isSlow) await runs.tell(held, { kind: "slow" });
  }
  const running = all.filter(({ run }) => run.phase === "running");
  if (running.length === 0) return;
  const reports = await engine.observe(
    running.map(({ run }) => refOf(run, engine.kind)),
    ending,
  );
  const byRun = new Map(reports.map((report) => [report.ref.run, report]));
  await Promise.all(
    running.map((held) => hearOf(parts, held, byRun.get(held.run.lease.run), ending)),
  );
}

async function hearOf(
  parts: ObserveParts,
  held: Held,
  report: RunReport | undefined,
  ending: AbortSignal,
): Promise<void> {
  const { runs, shipper, clock, readingMs } = parts;
  if (!report) return runs.tell(held, { kind: "missing" });
  const sizes = sizesOf(report);
  const checkpoint = await lookForCheckpoint(parts, { held, report }, ending);
  const hasNews = tellsNews(held.run, report, readingMs) || shipper.hasMore(held.run, sizes);
  const isKept = checkpoint && newCheckpoint(held.run, checkpoint, clock.nowMs());
  if (!hasNews && !isKept) return;

  await runs.tell(held, { kind: "observed", report, checkpoint });
  await runs.inTurn(held, async () => {
    if (held.run.phase !== "running") return;
    await takeReading(parts, held, report);
    await shipper.ship(held, sizes, ending);
  });
}

/** Whether and when the run wrote a checkpoint: looked at now and then, and when it has ended. */
async function lookForCheckpoint(
  { engine, clock, log }: ObserveParts,
  { held, report }: { held: Held; report: RunReport },
  ending: AbortSignal,
): Promise<CheckpointSeen | null> {
  const { run } = held;
  if (run.lease.spec.checkpoint === null || run.phase !== "running") return null;
  const isDue = clock.steadyMs() - held.lookedAtMs >= checkpointMs;
  if (!engine.readCheckpoint || !(isDue || isFinal(report.state))) return null;
  held.lookedAtMs = clock.steadyMs();
  try {
    return await engine.readCheckpoint(run.lease.job, ending);
  } catch (error) {
    ending.throwIfAborted();
    log.warn({ err: error, run: run.lease.run }, "looking at a checkpoint");
    return null;
  }
}

/** Without room for it nothing is lost: the next reading covers its time as well. */
async function takeReading(
  { runs, clock, readingMs }: ObserveParts,
  held: Held,
  report: RunReport,
): Promise<void> {
  const next = interimReading(held.run, report, { nowMs: clock.nowMs(), everyMs: readingMs });
  if (next) await runs.commit(held, next, { weight: "plain", keep: [keepRun(next.run)] });
}

const sizesOf = ({ output }: RunReport): Record<string, number> =>
  Object.fromEntries(
    output.flatMap(({ stdout, stderr }, replica) => [
      [`${replica}.stdout`, stdout],
      [`${replica}.stderr`, stderr],
    ]),
  );

/** Waits for a change at the engine, for a run just started, or until it is time to look again. */
function watchChanges({ engine, runs, clock, bell }: ObserveParts, ending: AbortSignal) {
  let mark = -1;
  let changed: Promise<unknown> | undefined;
  let begun: Promise<unknown> | undefined;
  return {
    next: async () => {
      changed ??= engine.changes(mark, ending).then((now) => {
        mark = now;
        changed = undefined;
      });
      const rest = clock.pause(restMs, ending);
      const hasSome = runs.all().some(({ run }) => run.phase !== "over");
      const look = clock.pause(hasSome ? lookMs : lookMs * 4, ending);
      begun ??= bell.heard().then(() => (begun = undefined));
      await Promise.race([changed, look, begun]);
      await rest;
    },
  };
}
