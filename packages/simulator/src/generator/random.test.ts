import { expect, test } from "vitest";
import { factorWithin, pareto, picker, zipfWeights } from "./chance.ts";
import { random, xoshiro128 } from "./random.ts";

test("the generator is xoshiro128** 1.1: its first words from the state 1, 2, 3, 4", () => {
  const next = xoshiro128(Uint32Array.from([1, 2, 3, 4]));
  // By hand: rotl(2 × 5, 7) × 9; then the state is 7, 0, 1026, 12288; then 12295, 1029, …
  expect([next(), next(), next()]).toStrictEqual([11_520, 0, 5_927_040]);
});

const first = (seed: number, count = 5) => {
  const chance = random(seed);
  return Array.from({ length: count }, () => chance.uniform());
};

test("a seed gives the same numbers, another seed others", () => {
  expect(first(7)).toStrictEqual(first(7));
  expect(first(7)).not.toStrictEqual(first(8));
  expect(first(7)).not.toStrictEqual(first(7 + 2 ** 32));
  expect(() => random(0.5)).toThrow("seed 0.5");
});

test("what is drawn from one source changes no other", () => {
  const alone = random(1).fork("b").uniform();
  const parent = random(1);
  parent.fork("a").uniform();
  parent.uniform();
  expect(parent.fork("b").uniform()).toBe(alone);
  expect(random(1).fork("a").uniform()).not.toBe(alone);
});

test("uniform, normal and below are what they say, over 100,000 draws", () => {
  const chance = random(42);
  const many = <T>(draw: () => T) => Array.from({ length: 100_000 }, draw);
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const uniform = many(chance.uniform);
  expect(uniform.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(mean(uniform)).toBeCloseTo(0.5, 2);
  const normal = many(chance.normal);
  expect(Math.abs(mean(normal))).toBeLessThan(0.015);
  expect(mean(normal.map((value) => value ** 2))).toBeCloseTo(1, 1);
  const counts = [0, 0, 0];
  for (const value of many(() => chance.below(3))) counts[value]! += 1;
  expect(Math.min(...counts)).toBeGreaterThan(32_500);
});

test("weights, factors and tails keep their bounds", () => {
  const chance = random(1);
  const pick = picker(["a", "b", "c"], zipfWeights(3, 1));
  const counts = { a: 0, b: 0, c: 0 };
  for (let i = 0; i < 11_000; i += 1) counts[pick(chance) as "a" | "b" | "c"] += 1;
  expect(counts.a / counts.b).toBeCloseTo(2, 0);
  expect(counts.a / counts.c).toBeCloseTo(3, 0);
  for (let i = 0; i < 1000; i += 1) {
    expect(Math.abs(Math.log(factorWithin(chance, 2)))).toBeLessThanOrEqual(Math.log(2));
    expect(pareto(chance, { least: 1.5, shape: 1.3 })).toBeGreaterThanOrEqual(1.5);
  }
});
