import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytes,
  deciTflops,
  durationOf,
  formatPHours,
  pHour,
  workOf,
  workUnits,
} from "../units/index.ts";
import { usageOf, type Reading } from "./index.ts";

const start = Temporal.Instant.from("2026-03-01T08:00:00Z");
const at = (seconds: number) => start.add({ microseconds: Math.round(seconds * 1e6) });

const aReading = (number: number, from: number, to: number, cards = 4): Reading => ({
  number,
  from: at(from),
  to: at(to),
  cards,
  cpuTime: durationOf(number * 1000),
  peakMemoryBytes: bytes(number),
  final: false,
});

test("V6: 64 cards of 320 TFLOPS for 720 hours are 14,745.6 P·h", () => {
  const { cardSeconds } = usageOf([aReading(1, 0, 720 * 3600, 64)]);
  const work = workOf(cardSeconds, deciTflops(3200));
  expect(work).toBe(workUnits(530_841_600_000n));
  expect(work * 10n).toBe(147_456n * pHour);
  expect(formatPHours(work)).toBe("14745.600");
});

describe("readings of one run", () => {
  test("add up, and begun seconds count whole once for the run, not per reading", () => {
    const usage = usageOf([aReading(1, 0, 0.4), aReading(2, 0.4, 0.8), aReading(3, 0.8, 1.2)]);
    expect(usage.cardSeconds).toBe(8n);
    expect(usage.held).toBe(1200);
    expect(usage.spans).toEqual([{ start: at(0), end: at(2), cards: 4 }]);
  });

  test("count a moment once, though two of them cover it", () => {
    const usage = usageOf([aReading(1, 0, 10), aReading(2, 5, 15), aReading(3, 2, 3)]);
    expect(usage.cardSeconds).toBe(60n);
    expect(usage.gaps).toEqual([]);
  });

  test("leave times nobody reported out, and name them", () => {
    const usage = usageOf([aReading(1, 0, 10), aReading(4, 30, 40)]);
    expect(usage.cardSeconds).toBe(80n);
    expect(usage.held).toBe(20_000);
    expect(usage.gaps).toEqual([{ from: at(10), to: at(30) }]);
  });

  test("with other numbers of cards are rounded up for each number", () => {
    const usage = usageOf([aReading(1, 0, 1.5, 4), aReading(2, 1.5, 3, 2)]);
    expect(usage.cardSeconds).toBe(4n * 2n + 2n * 2n);
    expect(usage.gaps).toEqual([]);
  });

  test("give the largest processor time and memory, which are counted from the start", () => {
    const usage = usageOf([aReading(2, 10, 20), aReading(1, 0, 10)]);
    expect(usage).toMatchObject({ cpuTime: 2000, peakMemoryBytes: 2n });
  });

  test("of which there are none, are no usage", () => {
    expect(usageOf([])).toEqual({
      cardSeconds: 0n,
      held: 0,
      cpuTime: 0,
      peakMemoryBytes: 0n,
      spans: [],
      gaps: [],
    });
  });
});

const anyReadings = fc
  .array(fc.tuple(fc.nat(500), fc.nat(100)), { maxLength: 12 })
  .map((spans) => spans.map(([from, length], i) => aReading(i + 1, from, from + length, 1)));

test("each second counts once: usage is the number of seconds that any reading covers", () => {
  fc.assert(
    fc.property(anyReadings, (readings) => {
      const covered = new Set<number>();
      for (const { from, to } of readings) {
        for (let t = from; Temporal.Instant.compare(t, to) < 0; t = t.add({ seconds: 1 })) {
          covered.add(t.epochMilliseconds);
        }
      }
      expect(usageOf(readings).cardSeconds).toBe(BigInt(covered.size));
    }),
  );
});

test("neither the order of readings nor sending them again changes anything", () => {
  fc.assert(
    fc.property(anyReadings, fc.infiniteStream(fc.nat()), (readings, chance) => {
      const again = [...readings, ...readings]
        .map((reading) => ({ reading, place: chance.next().value ?? 0 }))
        .sort((a, b) => a.place - b.place)
        .map(({ reading }) => reading);
      expect(usageOf(again)).toEqual(usageOf(readings));
    }),
  );
});
