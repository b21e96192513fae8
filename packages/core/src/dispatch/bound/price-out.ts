import type { Compiled } from "./compile.ts";

/** What one card-hour costs beyond its price, because others want it too. */
export interface Scarce {
  /** By cell; 0 after the last hour. */
  readonly perCardHour: Float64Array;
  /** By cell: what one card costs from now to where the cell begins. */
  readonly paid: Float64Array;
}

export function scarceOf(
  { stride, cellHours }: Pick<Compiled, "stride" | "cellHours">,
  perCardHour: Float64Array,
): Scarce {
  const paid = new Float64Array(perCardHour.length);
  addUp({ stride, cellHours }, { perCardHour, paid });
  return { perCardHour, paid };
}

/** Works out `paid` anew. */
export function addUp(
  { stride, cellHours }: Pick<Compiled, "stride" | "cellHours">,
  { perCardHour, paid }: Scarce,
): void {
  for (let begin = 0; begin < perCardHour.length; begin += stride) {
    let sum = 0;
    for (let cell = begin; cell < begin + stride; cell++) {
      paid[cell] = sum;
      sum += perCardHour[cell]! * cellHours[cell]!;
    }
  }
}

/** A way to run that costs less than was known: an option of a group, and one of its starts. */
export interface Found {
  readonly group: number;
  readonly option: number;
  /** Where its cost stands. */
  readonly at: number;
  /** What one job costs, scarcity included. */
  readonly value: number;
}

/**
 * What one job of each group costs at least, scarcity included, over all its options and starts;
 * exact in continuous time, see `windowOf`. `bars` says what is known to be possible: what costs
 * that or more is not looked at. The cheapest start of each option below the bar is found.
 */
export function priceOut(
  compiled: Compiled,
  scarce: Scarce,
  bars: Float64Array,
): { least: Float64Array; found: Found[] } {
  const least = bars.slice();
  const found: Found[] = [];
  compiled.groups.forEach(({ first, end }, group) => {
    const bar = bars[group]!;
    for (let option = first; option < end; option++) {
      if (compiled.options[option]!.least >= bar) break;
      const best = bestStart(compiled, scarce, { option, bar });
      if (best === undefined) continue;
      found.push({ group, option, ...best });
      if (best.value < least[group]!) least[group] = best.value;
    }
  });
  return { least, found };
}

function bestStart(
  { options, cost, leastFrom }: Compiled,
  { perCardHour, paid }: Scarce,
  { option, bar }: { option: number; bar: number },
): { at: number; value: number } | undefined {
  const { cell, cards, window, first } = options[option]!;
  const { hour: startHour, into: startInto } = window.starts;
  const { hour: endHour, into: endInto } = window.ends;
  let value = bar;
  let at = -1;
  for (let k = 0; k < startHour.length; k++) {
    if (leastFrom[first + k]! >= value) break;
    const from = cell + startHour[k]!;
    const to = cell + endHour[k]!;
    const held =
      paid[to]! + endInto[k]! * perCardHour[to]! - paid[from]! - startInto[k]! * perCardHour[from]!;
    const whole = cost[first + k]! + cards * held;
    if (whole < value) {
      value = whole;
      at = first + k;
    }
  }
  return at < 0 ? undefined : { at, value };
}

/** Sums and differences of up to a few thousand terms are wrong by less than this part of them. */
const rounding = 2 ** -36;

/**
 * No schedule costs less, whatever the prices of scarcity are, as long as none is below 0. Write
 * λ(p, t) for them (0 after the last hour), and take any schedule that fits into the free cards:
 * its jobs j run in pool p(j) on cards(j) from S(j) for d(j). At each moment the cards that run in
 * a pool are at most those free, and λ ≥ 0, so
 *
 *     Σ_j cost(j) ≥ Σ_j [ cost(j) + cards(j) ∫ λ(p(j), t) dt over j's run ]
 *                   − Σ_p ∫ λ(p, t) free(p, t) dt
 *
 * where λ is flat within an hour, which leaves of `free` its mean in each hour. Each bracket is at
 * least the least over all options and starts of j's group, which `priceOut` gives exactly; jobs
 * that start after the last hour are among them, at λ = 0 and at the least price of that time.
 * So the sum of these leasts, less what is free × λ, is at most the cost of the schedule. What
 * dispatch obeys beside the free cards (hosts, quotas, order) only makes schedules dearer.
 *
 * The sum is in floating point. What it can be wrong by is taken off, and the rest rounded down.
 * Costs are not negative, so neither is the bound.
 */
export function lowerBound(compiled: Compiled, scarce: Scarce, least: Float64Array): number {
  const dearest = largest(scarce.paid);
  let sum = 0;
  let size = 0;
  compiled.groups.forEach(({ jobs, cards, magnitude }, group) => {
    sum += jobs * least[group]!;
    size += jobs * (magnitude + cards * dearest);
  });
  const { perCardHour } = scarce;
  let worth = 0;
  compiled.capacity.forEach((free, cell) => {
    worth += free * perCardHour[cell]!;
  });
  return Math.max(0, Math.floor(sum - worth - rounding * (size + worth)));
}

function largest(list: Float64Array): number {
  let most = 0;
  for (const value of list) most = Math.max(most, value);
  return most;
}
