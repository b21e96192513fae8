import type { Random } from "./random.ts";

/** `median × e^(spread × z)`: half of them are below the median. */
export const logNormal = (chance: Random, { median, spread }: { median: number; spread: number }) =>
  median * Math.exp(spread * chance.normal());

/** At least `least`; the smaller `shape`, the heavier its tail. */
export const pareto = (chance: Random, { least, shape }: { least: number; shape: number }) =>
  least / (1 - chance.uniform()) ** (1 / shape);

/** A factor between 1/`most` and `most`, as likely to be k times too small as k times too large. */
export const factorWithin = (chance: Random, most: number) =>
  Math.exp((2 * chance.uniform() - 1) * Math.log(most));

/** Weights that fall with rank: the k-th has 1 / k^`steepness`. */
export const zipfWeights = (count: number, steepness: number): number[] =>
  Array.from({ length: count }, (_, rank) => 1 / (rank + 1) ** steepness);

/** Draws one of the values, each as often as its weight says; log n a draw. */
export function picker<T>(values: readonly T[], weights: readonly number[]) {
  if (values.length === 0) throw new RangeError("nothing to pick from");
  const sums: number[] = [];
  let sum = 0;
  for (const weight of weights) sums.push((sum += weight));
  return (chance: Random): T => values[firstAbove(sums, chance.uniform() * sum)]!;
}

function firstAbove(sums: readonly number[], point: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > point) high = middle;
    else low = middle + 1;
  }
  return low;
}
