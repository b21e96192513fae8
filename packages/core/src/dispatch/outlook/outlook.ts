import { priorities } from "../../job/index.ts";
import { microYuan, type JobId, type MicroYuan, type TenantId } from "../../units/index.ts";
import { openDecision, type Decision } from "../decision.ts";
import { waitsUntil } from "../later.ts";
import type { Group } from "../queue/groups.ts";
import { openLanes } from "../queue/lanes.ts";
import type { Shape } from "../snapshot.ts";
import { useOf, type PoolState, type RegionState, type WaitingShape } from "../state.ts";
import { bestStart, holdStart, type LineOf } from "./best-start.ts";
import { planFew, type FewPlan } from "./few.ts";
import { poolLine } from "./pool-line.ts";

/** When what waits is expected to start, if nothing else came. */
export interface Outlook {
  readonly atMs: number;
  /** By group; none for groups that no pool can ever run. */
  readonly groups: readonly GroupOutlook[];
  /** What all of it would cost in total, waiting counted from now on. */
  readonly cost: MicroYuan;
  /**
   * The expected start of one job, in epoch milliseconds. Right until the region is told of
   * something; undefined for a job that does not wait, or that no pool can ever run.
   */
  startOf(job: JobId): number | undefined;
}

export interface GroupOutlook {
  readonly tenant: TenantId;
  readonly shape: Shape;
  readonly array: JobId | null;
  /** Of its jobs, oldest first: the expected start of each. */
  readonly startsMs: readonly number[];
}

/**
 * Plays the queue forward, in the order in which rounds would take it, each job on the cards that
 * cost it least with its waiting counted. Cards are counted, not hosts: what fragmentation costs
 * is left to the calibration of what is told. It looks at each waiting
 * job once.
 */
export function outlookOf(state: RegionState, nowMs: number): Outlook {
  const few = planFew(state, nowMs);
  const { starts, cost } = few ? { ...few, starts: timesOf(few) } : playQueue(state, nowMs);
  const groups = [...starts].map(([{ tenant, array, entry }, startsMs]) => {
    return { tenant, array, shape: entry.shape, startsMs };
  });
  const startOf = (job: JobId) => {
    const at = state.queue.placeOf(job);
    return at && starts.get(at.group)?.[at.place];
  };
  return { atMs: nowMs, groups, cost: microYuan(Math.round(cost)), startOf };
}

const timesOf = ({ starts }: FewPlan): Map<Group, number[]> =>
  new Map([...starts].map(([group, all]) => [group, all.map(({ startMs }) => startMs)]));

interface Played {
  readonly starts: ReadonlyMap<Group, readonly number[]>;
  readonly cost: number;
}

function playQueue(state: RegionState, nowMs: number): Played {
  const decision = openDecision(state, nowMs, { explains: false });
  const lines = new Map(state.inOrder.map((pool) => [pool, poolLine(pool, nowMs)]));
  const lineOf = (pool: PoolState) => lines.get(pool)!;
  const found = new Map<Group, number[]>();
  let cost = 0;
  const lanes = openLanes(decision);
  for (let rank = 0; rank < priorities.length; rank += 1) {
    const line = lanes.ofClass(rank);
    for (let group = line.next(); group; group = line.next()) {
      const start = startNext(decision, group, lineOf);
      if (!start) {
        line.leave(group);
        continue;
      }
      const starts = found.get(group);
      if (starts) starts.push(start.startMs);
      else found.set(group, [start.startMs]);
      cost += start.cost;
      group.taken += 1;
      const taken = group;
      decision.undo.push(() => (taken.taken -= 1));
      if (group.taken < group.jobs.length) line.settle(group);
      else line.leave(group);
    }
  }
  for (const takeBack of decision.undo.toReversed()) takeBack();
  return { starts: found, cost };
}

interface Start {
  readonly startMs: number;
  readonly cost: number;
}

function startNext(decision: Decision, group: Group, lineOf: LineOf): Start | undefined {
  const { state, nowMs } = decision;
  const entry = group.entry as WaitingShape;
  const untilMs = waitsUntil(state.policy, group.jobs[group.taken]!);
  const best = bestStart({ state, nowMs, lineOf }, entry, { untilMs });
  if (!best) return undefined;
  holdStart(best, lineOf);
  const { need } = best.preferred.judged;
  const use = useOf({ shape: entry.shape, need, pool: best.pool.now.id }, state)!;
  state.fairness.occupy(group.tenant, use);
  decision.undo.push(() => state.fairness.release(group.tenant, use));
  return { startMs: best.startMs, cost: best.worth };
}
