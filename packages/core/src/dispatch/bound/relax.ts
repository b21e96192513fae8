import { leastValues, type Columns } from "./columns.ts";
import type { Compiled } from "./compile.ts";

/** Shares that fit into what is free, and what they cost. */
export interface Relaxed {
  readonly cost: number;
  /** Card-hours by cell. */
  readonly use: Float64Array;
}

/**
 * Makes shares fit. Group by group, those first that would lose most per card-hour by starting
 * after the last hour, each takes as much of its shares as has room, then what else has room,
 * cheapest first; the rest starts after the last hour. Jobs may be split, so this costs at least
 * what the best lower bound of this kind is: their difference says how far a bound is from it.
 * Infinite where something found no room and must not start after the last hour.
 */
export function fitShares(
  compiled: Compiled,
  columns: Columns,
  { share, values }: { share: Float64Array; values: Float64Array },
): Relaxed {
  const { groups } = compiled;
  const use = new Float64Array(compiled.capacity.length);
  const least = leastValues(columns, values);
  const after = groups.map((_, group) => costAfter(compiled, group));
  const loss = groups.map(({ cardHours }, group) => (after[group]! - least[group]!) / cardHours);
  const byLoss = (a: number, b: number) => (loss[a] === loss[b] ? a - b : loss[b]! - loss[a]!);
  let cost = 0;
  for (const group of range(0, groups.length).sort(byLoss)) {
    const { jobs } = groups[group]!;
    const byValue = (a: number, b: number) => values[a]! - values[b]!;
    const order = range(columns.first[group]!, columns.first[group + 1]!).sort(byValue);
    let left = jobs;
    const take = (held: Held, one: number, atMost: number) => {
      const taken = Math.min(atMost, left, freeFor(compiled, held, use));
      if (taken <= 0) return;
      hold(compiled, held, { jobs: taken, use });
      cost += taken * one;
      left -= taken;
    };
    for (const i of order) {
      if (share[i]! > 0) take(heldBy(columns, i), columns.cost[i]!, share[i]! * jobs);
    }
    for (const i of order) if (left > 0) take(heldBy(columns, i), columns.cost[i]!, left);
    if (left <= jobs * 1e-12) continue;
    takeElsewhere(compiled, group, { take, left: () => left, below: after[group]! });
    if (left > jobs * 1e-12) cost += left * after[group]!;
  }
  return { cost, use };
}

/** Whatever has room and costs less than to start after the last hour, cheapest options first. */
function takeElsewhere(
  { groups, options, cost }: Compiled,
  group: number,
  rest: {
    take: (held: Held, one: number, atMost: number) => void;
    left: () => number;
    below: number;
  },
): void {
  const { first, end } = groups[group]!;
  for (let option = first; option < end; option++) {
    const { cell, cards, window, first: at } = options[option]!;
    for (let k = 0; k < window.startsMs.length; k++) {
      if (rest.left() <= 0) return;
      const one = cost[at + k]!;
      if (!(one < rest.below)) continue;
      const from = cell + window.starts.hour[k]!;
      const to = cell + window.ends.hour[k]!;
      const [fromInto, toInto] = [window.starts.into[k]!, window.ends.into[k]!];
      rest.take({ cards, from, fromInto, to, toInto }, one, rest.left());
    }
  }
}

/** The cards of one job, and from when to when it has them. */
interface Held {
  readonly cards: number;
  readonly from: number;
  readonly fromInto: number;
  readonly to: number;
  readonly toInto: number;
}

const heldBy = (columns: Columns, i: number): Held => ({
  cards: columns.cards[i]!,
  from: columns.from[i]!,
  fromInto: columns.fromInto[i]!,
  to: columns.to[i]!,
  toInto: columns.toInto[i]!,
});

const range = (begin: number, end: number) =>
  Array.from({ length: end - begin }, (_, i) => begin + i);

/** How many jobs more find room. */
function freeFor({ capacity, cellHours }: Compiled, held: Held, use: Float64Array): number {
  let jobs = Infinity;
  for (let cell = held.from; cell <= lastCell(held); cell++) {
    const taken = held.cards * hoursIn(cellHours, held, cell);
    if (taken > 0) jobs = Math.min(jobs, (capacity[cell]! - use[cell]!) / taken);
    if (jobs <= 0) return 0;
  }
  return jobs;
}

function hold(
  { cellHours }: Compiled,
  held: Held,
  { jobs, use }: { jobs: number; use: Float64Array },
): void {
  for (let cell = held.from; cell <= lastCell(held); cell++) {
    use[cell]! += jobs * held.cards * hoursIn(cellHours, held, cell);
  }
}

/** The last cell that is touched. */
const lastCell = ({ to, toInto }: Held) => (toInto > 0 ? to : to - 1);

/** How long a cell that is touched is held. */
function hoursIn(cellHours: Float64Array, held: Held, cell: number): number {
  const until = cell === held.to ? held.toInto : cellHours[cell]!;
  return cell === held.from ? until - held.fromInto : until;
}

/** What one job of the group costs when it starts after the last hour; infinite: it must not. */
function costAfter({ groups, options, cost, hours }: Compiled, group: number): number {
  const { first, end } = groups[group]!;
  let least = Infinity;
  for (const { window, first: at } of options.slice(first, end)) {
    const last = window.startsMs.length - 1;
    if (window.starts.hour[last] === hours) least = Math.min(least, cost[at + last]!);
  }
  return least;
}
