import { useOf, valuesOf, type Columns } from "./columns.ts";
import type { Compiled } from "./compile.ts";
import { addUp, scarceOf, type Scarce } from "./price-out.ts";

/**
 * The prices of scarcity and the shares of the columns, moving towards each other's best answer:
 * jobs move to columns that are cheap, prices rise where more is asked for than is free. This is
 * the primal-dual hybrid gradient method with the steps and restarts that PDLP takes (Applegate
 * and others, "Practical Large-Scale Linear Programming using PDHG", 2021), with the shares of each
 * group kept on their simplex. Means over the steps settle long before the steps themselves do.
 */
export interface Ascent {
  columns: Columns;
  readonly scarce: Scarce;
  use: Float64Array;
  /** How far a step goes; it adapts itself. */
  step: number;
  /** Micro-yuan per card-hour: how far prices move where all shares move. */
  readonly weight: number;
  steps: number;
  /** Sums over the steps since the last restart, each as often as it is long. */
  sum: { length: number; share: Float64Array; readonly perCardHour: Float64Array };
  next: Next;
}

/** Where a step would lead, and what it is worked out in. */
interface Next {
  readonly values: Float64Array;
  readonly share: Float64Array;
  use: Float64Array;
  readonly perCardHour: Float64Array;
  readonly change: Float64Array;
}

export function openAscent(
  compiled: Compiled,
  columns: Columns,
  { perCardHour, weight, step }: { perCardHour: Float64Array; weight: number; step: number },
): Ascent {
  const use = new Float64Array(perCardHour.length);
  useOf(compiled, columns, { share: columns.share, use });
  return {
    columns,
    scarce: scarceOf(compiled, perCardHour.slice()),
    use,
    step,
    weight,
    steps: 0,
    sum: {
      length: 0,
      share: new Float64Array(columns.share.length),
      perCardHour: new Float64Array(perCardHour.length),
    },
    next: roomFor(columns, use.length),
  };
}

const roomFor = ({ share }: Columns, cells: number): Next => ({
  values: new Float64Array(share.length),
  share: new Float64Array(share.length),
  use: new Float64Array(cells),
  perCardHour: new Float64Array(cells),
  change: new Float64Array(cells),
});

/** Takes one step; shorter ones are tried until one is short enough. */
export function ascend(compiled: Compiled, ascent: Ascent): void {
  const { columns, scarce, next } = ascent;
  valuesOf(columns, scarce, next.values);
  for (;;) {
    const step = ascent.step;
    moveShares(compiled, ascent);
    useOf(compiled, columns, next, next.change);
    movePrices(compiled, ascent);
    const longest = longestStep(compiled, ascent);
    ascent.steps++;
    const k = ascent.steps + 1;
    ascent.step = Math.min((1 - k ** -0.3) * longest, (1 + k ** -0.6) * step, stepMost);
    if (step <= longest || step < stepLeast) return take(compiled, ascent, step);
  }
}

/** Where nothing moves, steps of any length are as good; one of great length would be the mean. */
const stepMost = 10;
const stepLeast = 1e-9;

/** The mean of the steps since the last restart. */
export function meanOf({ sum, columns, scarce }: Ascent): {
  share: Float64Array;
  perCardHour: Float64Array;
} {
  if (sum.length === 0) {
    return { share: columns.share.slice(), perCardHour: scarce.perCardHour.slice() };
  }
  return {
    share: sum.share.map((value) => value / sum.length),
    perCardHour: sum.perCardHour.map((value) => value / sum.length),
  };
}

/** Goes on from the mean. */
export function restart(compiled: Compiled, ascent: Ascent): void {
  const { columns, scarce } = ascent;
  const mean = meanOf(ascent);
  columns.share.set(mean.share);
  scarce.perCardHour.set(mean.perCardHour);
  addUp(compiled, scarce);
  useOf(compiled, columns, { share: columns.share, use: ascent.use });
  forget(ascent);
}

/** Goes on from where it is, with a mean of what comes from now on. */
export function forget({ sum }: Ascent): void {
  sum.length = 0;
  sum.share.fill(0);
  sum.perCardHour.fill(0);
}

/** Goes on with other columns, from where it is. */
export function exchange(compiled: Compiled, ascent: Ascent, columns: Columns): void {
  const before = ascent.columns.at;
  const share = new Float64Array(columns.at.length);
  let old = 0;
  for (let i = 0; i < share.length; i++) {
    while (old < before.length && before[old]! < columns.at[i]!) old++;
    if (before[old] === columns.at[i]) share[i] = ascent.sum.share[old]!;
  }
  ascent.sum.share = share;
  ascent.columns = columns;
  ascent.next = roomFor(columns, ascent.use.length);
  useOf(compiled, columns, { share: columns.share, use: ascent.use });
}

/**
 * Jobs leave the columns that are dearer than the group's level and join those that are cheaper,
 * each at its own pace; the level is where the shares still add up to 1.
 */
function moveShares(
  { groups }: Compiled,
  { columns, step, weight, next: { values, share } }: Ascent,
): void {
  const speed = step / weight;
  const { first, pace, share: now } = columns;
  for (let group = 0; group < groups.length; group++) {
    const begin = first[group]!;
    const end = first[group + 1]!;
    let least = Infinity;
    for (let i = begin; i < end; i++) least = Math.min(least, values[i]!);
    const level = levelOf(columns, { begin, end, values, least, speed });
    for (let i = begin; i < end; i++) {
      share[i] = Math.max(0, now[i]! - speed * pace[i]! * (values[i]! - least - level));
    }
  }
}

/** Leaves out, until none is left to leave out, columns that would have less than nothing. */
function levelOf(
  { pace, share }: Columns,
  group: { begin: number; end: number; values: Float64Array; least: number; speed: number },
): number {
  const { begin, end, values, least, speed } = group;
  let level = Infinity;
  for (let count = end - begin + 1; ;) {
    let used = 0;
    let sum = 0;
    let paces = 0;
    for (let i = begin; i < end; i++) {
      const moved = share[i]! - speed * pace[i]! * (values[i]! - least);
      if (level < Infinity && moved + speed * pace[i]! * level <= 0) continue;
      used++;
      sum += moved;
      paces += speed * pace[i]!;
    }
    if (used >= count) return level;
    count = used;
    level = (1 - sum) / paces;
  }
}

function movePrices(
  { capacity }: Compiled,
  { scarce, use: before, step, weight, next: { use, perCardHour } }: Ascent,
): void {
  for (let cell = 0; cell < capacity.length; cell++) {
    const free = capacity[cell]!;
    if (free === 0) continue;
    const over = (2 * use[cell]! - before[cell]!) / free - 1;
    perCardHour[cell] = Math.max(0, scarce.perCardHour[cell]! + step * weight * over);
  }
}

/** By how much the step may grow before shares and prices chase each other in circles. */
function longestStep(
  { groups, capacity }: Compiled,
  { columns, scarce, use, weight, next }: Ascent,
): number {
  const { first, pace, share } = columns;
  // Shares count by the card-hours that they move, prices by those that are free.
  let shares = 0;
  for (let group = 0; group < groups.length; group++) {
    let sum = 0;
    for (let i = first[group]!; i < first[group + 1]!; i++) {
      sum += (next.share[i]! - share[i]!) ** 2 / pace[i]!;
    }
    shares += groups[group]!.jobs * sum;
  }
  let prices = 0;
  let together = 0;
  for (let cell = 0; cell < capacity.length; cell++) {
    const moved = next.perCardHour[cell]! - scarce.perCardHour[cell]!;
    prices += capacity[cell]! * moved ** 2;
    together += moved * (next.use[cell]! - use[cell]!);
  }
  const moved = weight * shares + prices / weight;
  return together === 0 ? Infinity : moved / (2 * Math.abs(together));
}

function take(compiled: Compiled, ascent: Ascent, step: number): void {
  const { columns, scarce, sum, next } = ascent;
  [ascent.use, next.use] = [next.use, ascent.use];
  columns.share.set(next.share);
  scarce.perCardHour.set(next.perCardHour);
  addUp(compiled, scarce);
  sum.length += step;
  for (let i = 0; i < next.share.length; i++) sum.share[i]! += next.share[i]! * step;
  for (let cell = 0; cell < next.perCardHour.length; cell++) {
    sum.perCardHour[cell]! += next.perCardHour[cell]! * step;
  }
}
