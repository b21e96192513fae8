import type { Shape } from "@wadi/core/dispatch";
import { durationOf } from "@wadi/core/units";
import { incurred } from "./incurred.ts";
import { noteMove, queueIn } from "./queue.ts";
import { cardsOf } from "./run-cards.ts";
import type { JobState, Play, Run, RunEnd } from "./state.ts";

/**
 * Ends a run now: gives its cards back, charges it, and puts a job that is not done back into the
 * queue with what its last checkpoint kept. A run that is over already is left alone.
 * @returns whether it was still running
 */
export function endRun(play: Play, run: Run, how: RunEnd): boolean {
  if (run.isOver) return false;
  const { state, beginMs } = run;
  run.isOver = true;
  play.running.delete(run);
  play.rooms.give(run.placement);
  play.tally.used({ pool: run.pool, cards: cardsOf(run) }, -1);
  play.changes.push({ kind: "ended", job: state.job.id });
  play.isDirty = true;
  noteMove(play);

  const isOver = how === "done" || how === "limit";
  const keptMs = isOver ? play.nowMs : checkpointOf(play, run);
  const paid = incurred(run, { keptMs, toMs: play.nowMs }, play.setting.policy);
  for (const part of ["compute", "loss", "power", "carbon"] as const) {
    state.spent[part] += paid[part];
  }
  state.ranMs += Math.max(0, play.nowMs - beginMs);
  if (isOver) {
    Object.assign(state, { phase: how === "done" ? "ended" : "failed", overMs: play.nowMs });
    state.run = null;
    return true;
  }
  if (how === "stopped") state.preemptions += 1;
  else state.faults += 1;
  state.left = Math.max(0, state.left - Math.max(0, keptMs - beginMs) / run.wholeMs);
  state.shape = shapeLeft(state);
  queueIn(play, state);
  return true;
}

/** When a run last checkpointed; its begin where it does not. */
export function checkpointOf({ nowMs, setting }: Play, run: Run): number {
  const ranMs = nowMs - run.beginMs;
  if (!run.state.shape.checkpoints || ranMs <= 0) return run.beginMs;
  const everyMs = setting.checkpointEveryMs;
  return run.beginMs + Math.floor(ranMs / everyMs) * everyMs;
}

/** Sixteenths: so that jobs with about as much left to do stay of one shape. */
const steps = 16;

/** What dispatch is told of a job that has done part of its work: the declared times shrink. */
function shapeLeft({ job, left }: JobState): Shape {
  const parts = Math.max(1, Math.ceil(left * steps));
  const { shape } = job;
  const declares = shape.cards.options.some(({ expectedRunTime }) => expectedRunTime !== null);
  if (parts >= steps || !declares) return shape;
  const options = shape.cards.options.map((option) => ({
    ...option,
    expectedRunTime:
      option.expectedRunTime === null
        ? null
        : durationOf(Math.ceil((option.expectedRunTime * parts) / steps)),
  }));
  const mark = `${parts}/${steps} left of `;
  return {
    ...shape,
    key: mark + shape.key,
    family: mark + shape.family,
    cards: { ...shape.cards, options },
  };
}
