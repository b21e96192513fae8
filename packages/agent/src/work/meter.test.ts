import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isDue, newMeter, nextReading, startMeter, type Meter, type Reading } from "./meter.ts";

const begun = startMeter(newMeter, 1_000_000);
const usage = (heldMs: number) => ({ heldMs, cpuMs: heldMs / 2, peakMemoryBytes: heldMs });

test("readings are numbered from 1 and each begins where the one before ended", () => {
  const first = nextReading(begun, usage(30_000), { isFinal: false })!;
  const second = nextReading(first.meter, usage(45_500.4), { isFinal: true })!;
  expect([first.reading, second.reading]).toMatchObject([
    { number: 1, final: false, cpuTime: 15_000 },
    { number: 2, final: true, cpuTime: 22_750 },
  ]);
  expect(first.reading.from.epochMilliseconds).toBe(1_000_000);
  expect(first.reading.to).toEqual(second.reading.from);
  expect(second.reading.to.epochMilliseconds).toBe(1_045_500);
});

test("a run that never began is not metered, and after the final reading there is none", () => {
  expect(nextReading(newMeter, usage(0), { isFinal: true })).toBeUndefined();
  const { meter } = nextReading(begun, usage(1), { isFinal: true })!;
  expect(nextReading(meter, usage(2), { isFinal: true })).toBeUndefined();
  expect(isDue(meter, usage(1e9), 1)).toBe(false);
});

test("busy time is told where it is known, and never goes back", () => {
  const busy = (heldMs: number, busyMs?: number) => ({
    ...usage(heldMs),
    ...(busyMs !== undefined && { busyMs }),
  });
  const told: (number | undefined)[] = [];
  let meter = begun;
  for (const one of [busy(10), busy(20, 15.4), busy(30, 9), busy(40, 30), busy(50)]) {
    const next = nextReading(meter, one, { isFinal: false })!;
    told.push(next.reading.busyTime);
    meter = next.meter;
  }
  expect(told).toEqual([undefined, 15, 15, 30, undefined]);
  expect(nextReading(meter, { ...meter, heldMs: 50 }, { isFinal: true })?.reading).toEqual(
    expect.not.objectContaining({ busyTime: 30 }),
  );
});

test("a start that is told again changes nothing: the first one stays", () => {
  expect(startMeter(begun, 5)).toBe(begun);
});

test("whatever an engine says, time is covered once, without gap, and never shrinks", () => {
  const anyUsage = fc.record({
    heldMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    cpuMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    peakMemoryBytes: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(anyUsage, { minLength: 1, maxLength: 20 }), (usages) => {
      const readings: Reading[] = [];
      let meter: Meter = begun;
      for (const [i, one] of usages.entries()) {
        const next = nextReading(meter, one, { isFinal: i === usages.length - 1 })!;
        readings.push(next.reading);
        meter = next.meter;
      }
      const most = Math.max(...usages.map(({ heldMs }) => Math.round(heldMs)));
      expect(readings.at(-1)!.to.epochMilliseconds).toBe(1_000_000 + most);
      for (const [i, { from, number, cpuTime }] of readings.entries()) {
        expect(number).toBe(i + 1);
        expect(from).toEqual(readings[i - 1]?.to ?? readings[0]!.from);
        expect(cpuTime).toBeGreaterThanOrEqual(readings[i - 1]?.cpuTime ?? 0);
      }
    }),
  );
});
