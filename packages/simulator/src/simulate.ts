import { applyFault } from "./faults/break.ts";
import type { SimResult } from "./result.ts";
import { checkpointTeller } from "./play/checkpoints.ts";
import { decideOnce, type Around } from "./play/decide.ts";
import { giveUpLate } from "./play/give-up-late.ts";
import { estimates } from "./play/estimates.ts";
import { insightOf } from "./play/insight.ts";
import { learn, nothingFinished, type Finished } from "./play/learnt.ts";
import { openPlay } from "./play/open.ts";
import { gapNow, resultOf } from "./play/outcome.ts";
import { pacer, type Pacer } from "./play/pace.ts";
import { progressOf } from "./play/progress.ts";
import { noteMove, queueIn } from "./play/queue.ts";
import { endRun } from "./play/run-end.ts";
import { settingOf, type SimOptions } from "./play/setting.ts";
import { rankOf, type Play, type PlayEvent, type Run, type RunEnd } from "./play/state.ts";
import { usageOf } from "./play/usage.ts";

export type { Progress, SimOptions } from "./play/setting.ts";

interface Parts extends Around {
  readonly pace: Pacer;
  readonly finished: Finished;
}

const hourMs = 3_600_000;
/** A week and a day: by then every hour of a weekly price schedule has come and gone. */
const standstillMs = 8 * 24 * hourMs;

/**
 * Plays a workload on a fleet under one dispatcher, in virtual time. The same options give the
 * same result, but for what decisions took in real time. It ends when all jobs have, at `untilMs`,
 * or when for eight days nothing came, ran or started.
 *
 * @throws Error when the dispatcher gives out more than there is, or starts what does not wait
 */
export function simulate(options: SimOptions): SimResult {
  const setting = settingOf(options);
  const play = openPlay(setting);
  const parts = partsOf(play);
  const report = progressOf(play);
  for (;;) {
    const event = play.events.pop();
    if (!event || event.atMs > setting.untilMs || isStill(play, event)) break;
    play.nowMs = event.atMs;
    happen(play, event, parts);
    if (play.isDirty && play.tally.waiting() > 0) parts.pace.ask(play);
    if (report() === play.jobs.length) break;
  }
  play.nowMs = Math.min(play.nowMs, setting.untilMs);
  return resultOf(play, parts.tookMs);
}

function partsOf(play: Play): Parts {
  const insight = insightOf(play.setting.dispatcher);
  const policy = insight.policy ?? null;
  return {
    insight,
    usage: usageOf(policy, play.nowMs),
    tellCheckpoints: checkpointTeller(policy),
    estimates: estimates(),
    tookMs: [],
    pace: pacer(play.setting.roundEveryMs),
    finished: nothingFinished(play.jobs.map(({ job }) => job.shape.family)),
  };
}

function isStill(play: Play, event: PlayEvent): boolean {
  const isOver = play.coming === play.jobs.length && play.running.size === 0;
  return isOver && event.atMs - play.movedMs > standstillMs;
}

function happen(play: Play, event: PlayEvent, parts: Parts): void {
  switch (event.kind) {
    case "arrival":
      return arrive(play, parts);
    case "end":
      return end(play, event, parts);
    case "fault":
      return applyFault(play, event.fault, (run) => parts.usage.ended(run, play.nowMs));
    case "hour":
      return hour(play, parts);
    case "wake":
      return parts.pace.woken(play);
    case "sample":
      return sample(play);
    case "decide":
      if (!parts.pace.isDue(event.atMs)) return;
      return parts.pace.done(play, decideOnce(play, parts));
  }
}

/** All jobs that come at this instant; then the next ones are awaited. */
function arrive(play: Play, { estimates: told }: Parts): void {
  for (;;) {
    const state = play.jobs[play.coming];
    if (!state) return;
    const atMs = state.job.submittedMs;
    if (atMs > play.nowMs) return play.events.push({ kind: "arrival", rank: rankOf.arrival, atMs });
    play.coming += 1;
    queueIn(play, state);
    noteMove(play);
    told.fresh.push(state);
  }
}

function end(play: Play, { run, how }: { run: Run; how: RunEnd }, parts: Parts): void {
  if (run.isOver) return;
  parts.usage.ended(run, play.nowMs);
  endRun(play, run, how);
  if (how === "done") learn(play, parts.finished, run);
  // Others wait for what was stopped for them: the next decision is not put off.
  if (how === "stopped" && play.tally.waiting() > 0) parts.pace.hurry(play);
}

function hour(play: Play, { usage }: Parts): void {
  usage.tellHour(play);
  giveUpLate(play);
  if (play.setting.fleet.pools.some(({ prices }) => prices.periods.some(isUneven))) {
    play.isDirty = true;
  }
  play.events.push({ kind: "hour", rank: rankOf.hour, atMs: play.nowMs + hourMs });
}

const isUneven = ({ flat, to }: { flat: bigint | null; to: unknown }) =>
  flat === null || to !== null;

function sample(play: Play): void {
  play.tally.take(play.nowMs, gapNow(play));
  const atMs = play.nowMs + play.setting.sampleEveryMs;
  play.events.push({ kind: "sample", rank: rankOf.sample, atMs });
}
