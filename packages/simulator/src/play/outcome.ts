import { insightOf } from "./insight.ts";
import type { CostParts, JobOutcome, SimResult } from "../result.ts";
import { waitingOf } from "./incurred.ts";
import { cardsAsked } from "./sampling.ts";
import type { JobState, Play } from "./state.ts";

/** What a play has come to, with what decisions took in real time. */
export function resultOf(play: Play, tookMs: readonly number[]): SimResult {
  const { workload, dispatcher, seed } = play.setting;
  const sorted = tookMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return {
    dispatcher: dispatcher.name,
    workload: workload.name,
    seed,
    jobs: play.jobs.map((state) => outcomeOf(play, state)),
    centres: play.tally.centres,
    samples: play.tally.samples,
    rounds: { count: sorted.length, medianMs: at(0.5), p99Ms: at(0.99) },
  };
}

/** Of the dispatcher's last certificate. */
export const gapNow = ({ setting }: Play) => insightOf(setting.dispatcher).gap?.() ?? null;

function outcomeOf(play: Play, state: JobState): JobOutcome {
  const { job, phase } = state;
  return {
    id: job.id,
    tenant: job.tenant,
    priority: job.shape.priority,
    cards: state.cards ?? cardsAsked(job.shape),
    submittedMs: job.submittedMs,
    startedMs: state.startedMs,
    endedMs: phase === "ended" ? state.overMs : null,
    pool: state.pool,
    cost: costOf(play, state),
    estimate: state.estimate,
    preemptions: state.preemptions,
    faults: state.faults,
  };
}

const yuanOf = (micro: bigint) => Number(micro) / 1e6;

/** All the time until a job is over in which it does not work counts as waiting. */
function costOf({ nowMs, setting }: Play, state: JobState): CostParts {
  const { job, spent, run, overMs } = state;
  const ranMs = state.ranMs + (run ? Math.max(0, nowMs - run.beginMs) : 0);
  const waitedMs = Math.max(0, (overMs ?? nowMs) - job.submittedMs - ranMs);
  return {
    compute: yuanOf(spent.compute),
    data: yuanOf(spent.data),
    waiting: yuanOf(waitingOf(job.shape, waitedMs, setting.policy)),
    loss: yuanOf(spent.loss),
    power: yuanOf(spent.power),
    carbon: yuanOf(spent.carbon),
  };
}
