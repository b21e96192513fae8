import { priorities } from "../../job/index.ts";
import type { TenantId } from "../../units/index.ts";
import type { Decision } from "../decision.ts";
import { waitingWorth } from "../cost.ts";
import { judgedOf } from "../judged.ts";
import type { WaitingShape } from "../state.ts";
import { byAge, type Group, type ShapeEntry } from "./groups.ts";
import { Heap } from "./heap.ts";

/** The groups of one class, in the order in which their jobs are looked at. */
export interface ClassLine {
  /** The group whose first job is next; the same again until it was settled or left. */
  next(): Group | undefined;
  /** Its first job is another now, or its tenant holds more. */
  settle(group: Group): void;
  /** It is not looked at again. */
  leave(group: Group): void;
}

export interface Lanes {
  ofClass(rank: number): ClassLine;
  /** The group, whose next job is of a lower class, leaves its line for that one's. */
  lower(group: Group): void;
}

/** The class of the group's next job: its own, or higher by one for each `ageing` that it waits. */
export function classOf({ state, nowMs }: Decision, { entry, jobs, taken }: Group): number {
  const own = priorities.indexOf(entry.shape.priority);
  const { ageing } = state.policy;
  if (ageing === null || own === 0) return own;
  const waitedMs = nowMs - jobs[taken]!.submittedMs;
  return Math.max(0, own - Math.max(0, Math.floor(waitedMs / ageing)));
}

/** The groups of one class, before they stand in line. */
interface InClass {
  readonly groups: Group[];
  /** They do not stand in line, but their tenants have waited as long as they have. */
  readonly absent: Group[];
}

/** @param absent  shapes whose groups are not looked at; the others' order is as if they were */
export function openLanes(decision: Decision, absent?: ReadonlySet<ShapeEntry>): Lanes {
  const byClass = priorities.map((): InClass => ({ groups: [], absent: [] }));
  for (const entry of decision.state.queue.entries()) {
    const which = absent?.has(entry) ? "absent" : "groups";
    for (const group of entry.groups.values()) {
      byClass[classOf(decision, group)]![which].push(group);
    }
  }
  let open: { rank: number; line: ClassLine } | undefined;
  return {
    ofClass(rank) {
      const line = openLine(decision, byClass[rank]!);
      open = { rank, line };
      return line;
    },
    lower(group) {
      open!.line.leave(group);
      byClass[Math.min(classOf(decision, group), priorities.length - 1)]!.groups.push(group);
    },
  };
}

/** Under `fair` a heap of groups for each tenant, else one for all. */
function openLine(decision: Decision, { groups, absent }: InClass): ClassLine {
  const { order } = decision.state.policy;
  const compare = order === "shortest" ? byGain(decision) : byHead;
  if (order !== "fair") return lineOf(new Heap(compare, groups));

  const lanes = new Map<TenantId, Heap<Group>>();
  for (const group of groups) {
    const lane = lanes.get(group.tenant);
    if (lane) lane.add(group);
    else lanes.set(group.tenant, new Heap(compare, [group]));
  }
  const since = new Map<TenantId, number>();
  for (const [tenant, lane] of lanes) since.set(tenant, headOf(lane.first()!).submittedMs);
  for (const group of absent) {
    const known = since.get(group.tenant);
    if (known === undefined) continue;
    since.set(group.tenant, Math.min(known, headOf(group).submittedMs));
  }
  const tenants = decision.state.fairness.lineUp(since);
  return {
    next: () => {
      const tenant = tenants.first();
      return tenant === undefined ? undefined : lanes.get(tenant)!.first();
    },
    settle: ({ tenant }) => lanes.get(tenant)!.settle(),
    leave: ({ tenant }) => {
      const lane = lanes.get(tenant)!;
      lane.take();
      if (lane.size === 0) tenants.leave(tenant);
    },
  };
}

const lineOf = (heap: Heap<Group>): ClassLine => ({
  next: () => heap.first(),
  settle: () => heap.settle(),
  leave: () => void heap.take(),
});

const headOf = ({ jobs, taken }: Group) => jobs[taken]!;

const byHead = (a: Group, b: Group) => byAge(headOf(a), headOf(b));

/** Smith's rule: first what saves the most waiting cost for each card-hour it holds. */
function byGain(decision: Decision) {
  const known = new Map<WaitingShape, number>();
  const effortOf = (group: Group): number => {
    const entry = group.entry as WaitingShape;
    const before = known.get(entry);
    if (before !== undefined) return before;
    const { shape } = entry;
    const best = judgedOf(decision.state, entry, decision.nowMs).preferred[0]?.judged;
    const runMs = best?.runTime.expected ?? shape.maxRunTime;
    const cards = shape.replicas * (best?.option.count ?? 1);
    const worth = Number(waitingWorth(shape, decision.state.policy));
    const effort = (runMs * cards) / Math.max(worth, 1);
    known.set(entry, effort);
    return effort;
  };
  return (a: Group, b: Group) => effortOf(a) - effortOf(b) || byHead(a, b);
}
