/** Chance that can be had again: the same seed draws the same. */
export interface Chance {
  /** A whole number from 0 up to, not including, `count`. */
  below(count: number): number;
  /** True in so many of a hundred cases. */
  percent(share: number): boolean;
  pick<V>(values: readonly V[]): V;
  /** Each value with a probability of one half; at least one. */
  some<V>(values: readonly V[]): V[];
}

/** Mulberry32: small, and good enough to try rules with. */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const draw = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count: number) => Math.floor(draw() * count);
  const pick = <V>(values: readonly V[]) => values[below(values.length)]!;
  return {
    below,
    percent: (share) => draw() * 100 < share,
    pick,
    some: (values) => {
      const kept = values.filter(() => draw() < 0.5);
      return kept.length > 0 ? kept : [pick(values)];
    },
  };
}
