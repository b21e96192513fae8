/** A stream of numbers from 0 (included) to 1 (excluded), the same for the same seed. */
export type Prng = () => number;

/**
 * The stream number `stream` of `seed` (mulberry32). Every training step opens a stream of its own,
 * so that a resumed run needs no state but the number of the step.
 */
export function createPrng({ seed, stream }: { seed: number; stream: number }): Prng {
  let state = mix(mix(seed) ^ Math.imul(stream + 1, 0x9e3779b1));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** A whole number from 0 to `bound - 1`. */
export function below(bound: number, next: Prng): number {
  return Math.floor(next() * bound);
}

/** A draw from the normal distribution with mean 0 and deviation 1 (Box and Muller). */
export function normal(next: Prng): number {
  const radius = Math.sqrt(-2 * Math.log(1 - next()));
  return radius * Math.cos(2 * Math.PI * next());
}

/** Murmur3's final mix: neighbouring numbers come out far apart. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
