import { priorities } from "@wadi/core/job";
import type { Policy } from "@wadi/core/dispatch";
import { checkpointOf } from "./run-end.ts";
import type { Play, Run } from "./state.ts";

/**
 * Tells when preemptible runs last checkpointed: so often that what is told is never older than a
 * tenth of the time between checkpoints, and only where the policy could stop them for one of the
 * jobs that wait. They are many runs, every few minutes.
 *
 * @param policy  the dispatcher's; null where it stops nothing
 */
export function checkpointTeller(policy: Policy | null): (play: Play) => void {
  if (!policy) return () => {};
  const { classes, shorter, reclaim } = policy.preemption;
  const always = shorter !== null || (reclaim && policy.fairness.organisations.length > 0);
  let toldMs = -Infinity;
  return (play) => {
    if (play.nowMs < toldMs + play.setting.checkpointEveryMs / 10) return;
    const waits = (at: number) => play.waitingByClass[at]! > 0;
    const highest = priorities.findIndex((one, at) => classes.includes(one) && waits(at));
    if (!always && highest < 0) return;
    toldMs = play.nowMs;
    for (const run of play.running) {
      const { shape } = run.state;
      if (!shape.checkpoints || !shape.preemptible) continue;
      if (always || priorities.indexOf(shape.priority) > highest) tell(play, run);
    }
  };
}

function tell(play: Play, run: Run): void {
  const checkpointedMs = checkpointOf(play, run);
  if (checkpointedMs <= run.beginMs || checkpointedMs === run.told.checkpointedMs) return;
  run.told = { ...run.told, checkpointedMs };
  play.changes.push({ kind: "run", run: run.told });
}
