import type { Preemption } from "@wadi/core/dispatch";
import type { Decision } from "../dispatcher.ts";
import type { Estimates } from "./estimates.ts";
import type { Insight } from "./insight.ts";
import { endRun } from "./run-end.ts";
import { startRun } from "./run-start.ts";
import { rankOf, type Play } from "./state.ts";
import type { Usage } from "./usage.ts";

/** What goes along with decisions. */
export interface Around {
  readonly usage: Usage;
  readonly estimates: Estimates;
  readonly insight: Insight;
  readonly tellCheckpoints: (play: Play) => void;
  /** What each decision took in real time. */
  readonly tookMs: number[];
}

/**
 * Asks the dispatcher once and carries out what it says: stops first, then starts.
 * @returns what it said
 */
export function decideOnce(play: Play, around: Around): Decision {
  const { dispatcher } = play.setting;
  around.usage.tellRates(play);
  around.tellCheckpoints(play);
  const { changes } = play;
  play.changes = [];
  play.isDirty = false;

  const fromMs = performance.now();
  dispatcher.tell(changes);
  const decision = dispatcher.decide(play.nowMs);
  around.tookMs.push(performance.now() - fromMs);

  for (const preemption of decision.preemptions) stop(play, preemption, around);
  for (const placement of decision.placements) {
    const { state } = startRun(play, placement);
    around.usage.started(state.job.tenant, play.nowMs);
    if (state.runs === 1) around.estimates.started(state, play.nowMs);
  }
  around.estimates.told(play.nowMs, decision.bookings, around.insight);
  return decision;
}

/** The run is told to stop; its cards are free a little later, and it may be done before. */
function stop(play: Play, { job }: Preemption, { usage }: Around): void {
  const run = play.byId.get(job)?.run;
  const { name } = play.setting.dispatcher;
  if (!run) throw new Error(`${name} stops ${job}, which does not run`);
  if (run.told.stopping) throw new Error(`${name} stops ${job} twice`);
  usage.stopped(play.nowMs);
  run.told = { ...run.told, stopping: true };
  const { stopMs } = play.setting;
  if (stopMs === 0) {
    usage.ended(run, play.nowMs);
    endRun(play, run, "stopped");
    return;
  }
  play.changes.push({ kind: "run", run: run.told });
  const atMs = play.nowMs + stopMs;
  play.events.push({ kind: "end", rank: rankOf.end, atMs, run, how: "stopped" });
}
