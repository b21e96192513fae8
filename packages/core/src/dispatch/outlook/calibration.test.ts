import { expect, test } from "vitest";

import { openCalibration } from "./calibration.ts";

const minute = 60_000;

test("what is told before anything was seen is the wait itself, and half as long again", () => {
  const told = openCalibration().stretch(10 * minute);
  expect(told).toEqual({ p50Ms: 10 * minute, p90Ms: 15 * minute });
});

test("waits that were always twice as long are told twice as long from then on", () => {
  const calibration = openCalibration();
  for (let i = 0; i < 24; i += 1) {
    calibration.learn({ toldMs: 30 * minute, realMs: 60 * minute });
  }
  const { p50Ms, p90Ms } = calibration.stretch(20 * minute);
  expect([p50Ms, p90Ms]).toEqual([40 * minute, 40 * minute]);
  // Of long waits nothing was learnt.
  expect(calibration.stretch(600 * minute).p50Ms).toBe(600 * minute);
});

test("nine in ten of the waits end by what is told for the P90", () => {
  const calibration = openCalibration();
  const real = (i: number) => (5 + ((i * 7) % 40)) * minute;
  for (let i = 0; i < 400; i += 1) calibration.learn({ toldMs: 20 * minute, realMs: real(i) });
  const { p50Ms, p90Ms } = calibration.stretch(20 * minute);
  const within = (ms: number) => {
    const all = Array.from({ length: 400 }, (_, i) => real(i));
    return all.filter((one) => one <= ms).length / all.length;
  };
  expect(within(p50Ms)).toBeCloseTo(0.5, 1);
  expect(within(p90Ms)).toBeGreaterThanOrEqual(0.9);
});

test("a start at once is told as a minute at most, however often it was wrong", () => {
  const calibration = openCalibration();
  for (let i = 0; i < 24; i += 1) calibration.learn({ toldMs: 0, realMs: 3 * minute });
  expect(calibration.stretch(0).p50Ms).toBe(3 * minute);
});
