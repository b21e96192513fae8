import { queueOut } from "./queue.ts";
import type { Play } from "./state.ts";

/** Jobs whose deadline has gone by while they waited are given up, as the hub gives them up. */
export function giveUpLate(play: Play): void {
  for (const state of play.jobs.slice(0, play.coming)) {
    const { deadlineMs } = state.shape;
    if (state.phase !== "queued" || deadlineMs === null || deadlineMs > play.nowMs) continue;
    queueOut(play, state);
    Object.assign(state, { phase: "failed", overMs: play.nowMs });
    play.changes.push({ kind: "dequeued", job: state.job.id });
  }
}
