import { priorities } from "@wadi/core/job";
import type { JobState, Play } from "./state.ts";

/** A job waits from now on: it has come, or its run was ended before it was done. */
export function queueIn(play: Play, state: JobState): void {
  const { id, tenant, submittedMs } = state.job;
  state.phase = "queued";
  state.run = null;
  count(play, state, 1);
  const job = { id, tenant, submittedMs, array: null };
  play.changes.push({ kind: "queued", shape: state.shape, job });
  play.isDirty = true;
}

/** It waits no longer. */
export const queueOut = (play: Play, state: JobState) => count(play, state, -1);

function count(play: Play, state: JobState, sign: 1 | -1): void {
  play.tally.queued(state.shape, sign);
  const at = priorities.indexOf(state.shape.priority);
  play.waitingByClass[at] = play.waitingByClass[at]! + sign;
}

/** Something went on: the play does not stand still. */
export function noteMove(play: Play): void {
  play.movedMs = play.nowMs;
}
