import type { Choice, Decision } from "./decision.ts";
import type { BestStart } from "./outlook/best-start.ts";
import { planFew, type FewPlan } from "./outlook/few.ts";
import type { Group } from "./queue/groups.ts";
import type { WaitingShape } from "./state.ts";

/** How one job of a shape would start now in a pool; undefined where it cannot. */
export type TryPool = (
  entry: WaitingShape,
  at: Pick<BestStart, "preferred" | "pool">,
) => Choice | undefined;

/** Made once in a round, before it has given anything out. */
const plans = new WeakMap<Decision, FewPlan | null>();

/**
 * Where and when the group's next job starts in the plan for the few that wait; undefined where
 * there is none, or where what it would start now has no room on the hosts.
 */
export function plannedStart(
  decision: Decision,
  group: Group,
  tryPool: TryPool,
): BestStart | undefined {
  let plan = plans.get(decision);
  if (plan === undefined) {
    plan = planFew(decision.state, decision.nowMs);
    if (plan && !isPossible(plan, { nowMs: decision.nowMs, tryPool })) plan = null;
    plans.set(decision, plan);
  }
  return plan?.starts.get(group)?.[group.taken];
}

/** Whether all that starts now finds its hosts: else others would wait for what never starts. */
function isPossible(plan: FewPlan, at: { nowMs: number; tryPool: TryPool }): boolean {
  const undo: (() => void)[] = [];
  let isSo = true;
  for (const [group, starts] of plan.starts) {
    for (const start of starts) {
      if (!isSo || start.startMs > at.nowMs) break;
      const choice = at.tryPool(group.entry as WaitingShape, start);
      if (!choice) {
        isSo = false;
        break;
      }
      const taken = { need: start.preferred.judged.need, hosts: choice.layout.hosts };
      start.pool.hosts.take(taken);
      undo.push(() => start.pool.hosts.give(taken));
    }
  }
  for (const takeBack of undo.toReversed()) takeBack();
  return isSo;
}
