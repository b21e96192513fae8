import type { LearntRunTime } from "@wadi/core/dispatch";
import { durationOf, type CardModelId } from "@wadi/core/units";
import type { Play, Run } from "./state.ts";

/** How long finished runs of one family took, by card model; the latest of them. */
export type Finished = Map<string, Map<CardModelId, Taken>>;

interface Taken {
  runs: number;
  readonly latestMs: number[];
}

const remembered = 64;

/**
 * Tells what a run has taught: only of families that several jobs of the workload share, and only
 * when a tenth or more has been added to what was known.
 */
export function learn(play: Play, finished: Finished, run: Run): void {
  const { state, placement } = run;
  const byModel = finished.get(state.job.shape.family);
  // A part of a job says nothing of how long the whole takes.
  if (!byModel || state.runs > 1) return;
  const taken = byModel.get(placement.model) ?? { runs: 0, latestMs: [] };
  byModel.set(placement.model, taken);
  taken.latestMs[taken.runs % remembered] = play.nowMs - run.beginMs;
  taken.runs += 1;
  if (taken.runs < 3 || taken.runs % Math.ceil(taken.runs / 10) > 0) return;
  const times = [...byModel].map(([model, known]) => learntOf(model, known));
  play.changes.push({ kind: "learnt", family: state.job.shape.family, times });
}

/** Ready to learn of every family that three jobs or more share. */
export function nothingFinished(families: readonly string[]): Finished {
  const counts = new Map<string, number>();
  for (const family of families) counts.set(family, (counts.get(family) ?? 0) + 1);
  const shared = [...counts].filter(([, count]) => count >= 3);
  return new Map(shared.map(([family]) => [family, new Map()]));
}

function learntOf(model: CardModelId, { runs, latestMs }: Taken): LearntRunTime {
  const sorted = latestMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)]!;
  return { model, runs, median: durationOf(at(0.5)), p90: durationOf(at(0.9)) };
}
