import { priorities } from "@wadi/core/job";
import { durationOf, noMoney } from "@wadi/core/units";
import type { Cost, HostShare, Placement } from "@wadi/core/dispatch";
import type { Decision } from "../dispatcher.ts";
import type { Alternative } from "./alternatives.ts";
import { occupy, type Held } from "./room.ts";
import { isBefore, type Group, type View, type Waiting } from "./view.ts";

/** Where a job goes. */
export interface Choice {
  readonly at: Alternative;
  readonly hosts: readonly HostShare[];
}

export interface Walk {
  /** @returns undefined when it finds no room now */
  readonly choose: (waiting: Waiting, group: Group) => Choice | undefined;
  /** Whether others of this line that find no room stop with it: strict FIFO, one line each. */
  readonly lineOf?: (group: Group) => string;
}

/**
 * One decision of a baseline: the waiting jobs by priority class, then by submission. A job that
 * finds no room is passed over with all that need the same; with `lineOf`, with its whole line.
 */
export function walk(view: View, { choose, lineOf }: Walk): Decision {
  const placements: Placement[] = [];
  const taken: { readonly pool: Alternative["pool"]; readonly held: Held }[] = [];
  const heads = [...view.groups.values()].filter((group) => skipGone(group)).map(headOf);
  const blocked = new Set<string>();
  while (heads.length > 0) {
    const at = firstOf(heads);
    const head = heads[at]!;
    const waiting = head.group.jobs[head.at]!;
    const line = lineOf?.(head.group);
    const isBlocked = line !== undefined && blocked.has(line);
    const choice = isBlocked ? undefined : choose(waiting, head.group);
    if (choice) {
      const held = { need: choice.at.need, hosts: choice.hosts };
      occupy(view.room(choice.at.pool.id), held);
      taken.push({ pool: choice.at.pool, held });
      placements.push(placementOf(waiting, choice));
      advance(head);
    } else if (line !== undefined) blocked.add(line);
    if (!choice || head.at >= head.group.jobs.length) {
      heads[at] = heads.at(-1)!;
      heads.pop();
    }
  }
  // Nothing is taken as done: what is really started is told.
  for (const { pool, held } of taken) occupy(view.room(pool.id), held, -1);
  return { placements, preemptions: [], bookings: [] };
}

interface Head {
  readonly group: Group;
  readonly rank: number;
  at: number;
}

const headOf = (group: Group): Head => ({
  group,
  rank: priorities.indexOf(group.shape.priority),
  at: group.from,
});

/** @returns whether anybody is left in it */
function skipGone(group: Group): boolean {
  const { jobs } = group;
  while (group.from < jobs.length && jobs[group.from]!.isGone) group.from += 1;
  // What is gone is cut off now and then, so that long plays keep short lines.
  if (group.from > 1000 && group.from * 2 > jobs.length) {
    jobs.splice(0, group.from);
    group.from = 0;
  }
  return group.from < jobs.length;
}

function advance(head: Head): void {
  const { jobs } = head.group;
  do head.at += 1;
  while (head.at < jobs.length && jobs[head.at]!.isGone);
}

function firstOf(heads: readonly Head[]): number {
  let best = 0;
  for (let i = 1; i < heads.length; i += 1) {
    const a = heads[i]!;
    const b = heads[best]!;
    const isFirst =
      a.rank < b.rank || (a.rank === b.rank && isBefore(a.group.jobs[a.at]!, b.group.jobs[b.at]!));
    if (isFirst) best = i;
  }
  return best;
}

/** Baselines work out no costs that anybody is shown. */
const unknownCost: Cost = {
  compute: noMoney,
  data: noMoney,
  waiting: noMoney,
  loss: noMoney,
  power: noMoney,
  carbon: noMoney,
  total: noMoney,
};

function placementOf({ job, shape }: Waiting, { at, hosts }: Choice): Placement {
  const { pool, option, need } = at;
  return {
    job: job.id,
    tenant: job.tenant,
    shape,
    pool: pool.id,
    centre: pool.centre,
    model: pool.model.id,
    emulated: pool.emulated,
    need,
    hosts,
    crosses: hosts.length === 1 ? "host" : "pool",
    cost: unknownCost,
    expectedRunTime: option.expectedRunTime ?? durationOf(shape.maxRunTime),
    limit: shape.maxRunTime,
    candidates: [],
  };
}
