import type { Compiled } from "./compile.ts";
import type { Found, Scarce } from "./price-out.ts";

/**
 * The few ways to run that matter now, of all options and starts: those that were the cheapest of
 * their option at some prices. Columns of one group follow each other.
 */
export interface Columns {
  /** Of each group, its first; one more at the end. */
  readonly first: Int32Array;
  readonly option: Int32Array;
  /** Where its cost stands. */
  readonly at: Int32Array;
  readonly cost: Float64Array;
  readonly cards: Float64Array;
  readonly from: Int32Array;
  readonly fromInto: Float64Array;
  readonly to: Int32Array;
  readonly toInto: Float64Array;
  /** How readily shares move: less for long jobs, and where few of the group's jobs find room. */
  readonly pace: Float64Array;
  /** Which part of its group runs this way; those of a group add up to 1. */
  readonly share: Float64Array;
}

export interface Way {
  readonly group: number;
  readonly option: number;
  readonly at: number;
  readonly share: number;
}

/** @param ways in the order of their `at`, each once */
export function columnsOf(compiled: Compiled, ways: readonly Way[]): Columns {
  const count = ways.length;
  const columns: Columns = {
    first: new Int32Array(compiled.groups.length + 1).fill(count),
    option: new Int32Array(count),
    at: new Int32Array(count),
    cost: new Float64Array(count),
    cards: new Float64Array(count),
    from: new Int32Array(count),
    fromInto: new Float64Array(count),
    to: new Int32Array(count),
    toInto: new Float64Array(count),
    pace: new Float64Array(count),
    share: new Float64Array(count),
  };
  let next = 0;
  for (let i = 0; i < count; i++) {
    const { group, option, at, share } = ways[i]!;
    for (; next <= group; next++) columns.first[next] = i;
    const { cell, cards, window, first } = compiled.options[option]!;
    columns.option[i] = option;
    columns.at[i] = at;
    columns.cost[i] = compiled.cost[at]!;
    columns.cards[i] = cards;
    columns.from[i] = cell + window.starts.hour[at - first]!;
    columns.fromInto[i] = window.starts.into[at - first]!;
    columns.to[i] = cell + window.ends.hour[at - first]!;
    columns.toInto[i] = window.ends.into[at - first]!;
    columns.share[i] = share;
    columns.pace[i] = paceOf(compiled, columns, { group, i });
  }
  return columns;
}

/**
 * Some jobs move at once when many could: long ones less readily, and those of a group that is
 * large beside the room of the pool less readily there, or they would all come and all go again.
 */
function paceOf(
  { groups, capacity, cellHours }: Compiled,
  { from, to, cards }: Columns,
  { group, i }: { group: number; i: number },
): number {
  const { jobs, cardHours } = groups[group]!;
  let free = 0;
  let hours = 0;
  for (let cell = from[i]!; cell <= to[i]!; cell++) {
    free += capacity[cell]!;
    hours += cellHours[cell]!;
  }
  const room = hours === 0 ? 1 : free / hours / (jobs * cards[i]!);
  return Math.min(1, room) ** 0.75 / cardHours;
}

/**
 * Takes in what was found, and lets go of what nobody uses and costs much more than the best.
 * @param found in the order of their `at`
 */
export function renew(
  compiled: Compiled,
  columns: Columns,
  { found, values, kept }: { found: readonly Found[]; values: Float64Array; kept: Float64Array },
): Columns {
  const { first, at, option, share } = columns;
  const ways: Way[] = [];
  let next = 0;
  const takeUpTo = (end: number) => {
    for (; next < found.length && found[next]!.at < end; next++) {
      ways.push({ ...found[next]!, share: 0 });
    }
  };
  const least = leastValues(columns, values);
  for (let group = 0; group < compiled.groups.length; group++) {
    for (let i = first[group]!; i < first[group + 1]!; i++) {
      takeUpTo(at[i]!);
      if (found[next]?.at === at[i]) next++;
      if (share[i] === 0 && kept[i] === 0 && values[i]! > least[group]! * farFromBest) continue;
      ways.push({ group, option: option[i]!, at: at[i]!, share: share[i]! });
    }
  }
  takeUpTo(Infinity);
  return columnsOf(compiled, ways);
}

/** Such a column is found again when prices have moved so far that it matters. */
const farFromBest = 1.2;

/** What one job costs by each column, scarcity included. */
export function valuesOf(
  columns: Columns,
  { perCardHour, paid }: Scarce,
  into: Float64Array,
): void {
  const { cost, cards, from, fromInto, to, toInto } = columns;
  for (let i = 0; i < cost.length; i++) {
    const held =
      paid[to[i]!]! +
      toInto[i]! * perCardHour[to[i]!]! -
      paid[from[i]!]! -
      fromInto[i]! * perCardHour[from[i]!]!;
    into[i] = cost[i]! + cards[i]! * held;
  }
}

/** The least of each group's. */
export function leastValues(columns: Columns, values: Float64Array): Float64Array {
  const least = new Float64Array(columns.first.length - 1).fill(Infinity);
  for (let group = 0; group < least.length; group++) {
    for (let i = columns.first[group]!; i < columns.first[group + 1]!; i++) {
      if (values[i]! < least[group]!) least[group] = values[i]!;
    }
  }
  return least;
}

/** Card-hours that the columns take of each cell when each has its share of the group's jobs. */
export function useOf(
  { groups, stride, cellHours }: Compiled,
  columns: Columns,
  { share, use }: { share: Float64Array; use: Float64Array },
  change: Float64Array = new Float64Array(use.length),
): void {
  const { first, cards, from, fromInto, to, toInto } = columns;
  // First, in each cell: how much changes in what is held where it begins, and what it holds
  // besides; then both together.
  use.fill(0);
  change.fill(0);
  for (let group = 0; group < groups.length; group++) {
    const { jobs } = groups[group]!;
    for (let i = first[group]!; i < first[group + 1]!; i++) {
      if (share[i] === 0) continue;
      const held = jobs * share[i]! * cards[i]!;
      change[from[i]!]! += held;
      change[to[i]!]! -= held;
      use[from[i]!]! -= held * fromInto[i]!;
      use[to[i]!]! += held * toInto[i]!;
    }
  }
  for (let begin = 0; begin < use.length; begin += stride) {
    let held = 0;
    for (let cell = begin; cell < begin + stride; cell++) {
      held += change[cell]!;
      use[cell]! += held * cellHours[cell]!;
    }
  }
}
