/** Chance that comes from a seed alone: the same seed gives the same numbers, on every machine. */
export interface Random {
  /** From 0 up to but not at 1; one of 2^53 values. */
  readonly uniform: () => number;
  /** Whole, from 0 up to but not at `count`; `count` at most 2^32. */
  readonly below: (count: number) => number;
  /** Standard normal: mean 0, deviation 1. */
  readonly normal: () => number;
  /**
   * A source of its own, by name. What is drawn from one does not change what another gives, so
   * that a model may ask for more of one thing and leave all else as it was.
   */
  readonly fork: (name: string) => Random;
}

/** @param seed  any whole number; all of its bits count up to 2^53 */
export function random(seed: number): Random {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed ${seed} is not a whole number`);
  return from(mixOf([seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0]));
}

/**
 * The generator is xoshiro128** 1.1 by David Blackman and Sebastiano Vigna (2018; in the public
 * domain, https://prng.di.unimi.it/xoshiro128starstar.c). It needs 32-bit arithmetic only.
 */
export function xoshiro128(state: Uint32Array): () => number {
  const s = Uint32Array.from(state);
  return () => {
    const result = Math.imul(rotated(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const shifted = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = rotated(s[3]!, 11);
    return result;
  };
}

function from(mix: number): Random {
  const next = xoshiro128(stateOf(mix));
  const uniform = () => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992;
  let spare: number | null = null;

  return {
    uniform,
    below: (count) => Math.floor(uniform() * count),
    /** Box and Muller (1958): two of them at a time. */
    normal: () => {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    fork: (name) => from(mixOf([mix, ...Array.from(name, (letter) => letter.codePointAt(0)!)])),
  };
}

const rotated = (word: number, by: number) => (word << by) | (word >>> (32 - by));

/** 32 bits in which every bit of every part counts. */
const mixOf = (parts: readonly number[]): number =>
  parts.reduce((mix, part) => finished((mix ^ part) + golden), 0x5eed);

/** Words of a counter that are mixed well: never all zero, and unlike for seeds that are alike. */
const stateOf = (mix: number): Uint32Array =>
  Uint32Array.from([1, 2, 3, 4], (step) => finished(mix + step * golden));

/** 2^32 divided by the golden ratio. */
const golden = 0x9e3779b9;

/** The finaliser of MurmurHash3 (Austin Appleby; in the public domain): a permutation of words. */
function finished(word: number): number {
  let mixed = word | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
