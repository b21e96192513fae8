import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flatPrice } from "../capacity/index.ts";
import {
  asId,
  bytes,
  cardSeconds,
  durationOf,
  rate,
  yuan,
  type CardModelId,
} from "../units/index.ts";
import { sharesFor } from "../vouchers/index.ts";
import {
  basesOfRun,
  chargeFor,
  correctCharge,
  gapsOf,
  plausibility,
  usageLinesOfRun,
  usageOf,
  type Reading,
} from "./index.ts";

const start = Temporal.Instant.from("2026-03-01T08:00:00Z");
const at = (seconds: number) => start.add({ microseconds: Math.round(seconds * 1e6) });
const aReading = (number: number, from: number, to: number, differs = {}): Reading => ({
  ...{ number, from: at(from), to: at(to), cards: 4, final: false },
  cpuTime: durationOf(0),
  peakMemoryBytes: bytes(0),
  ...differs,
});
const model = asId<CardModelId>("a100-80g");

describe("a run's usage as lines", () => {
  test("V6: card-seconds and work are exact, and say that they are of what was allocated", () => {
    const month = [aReading(1, 0, 720 * 3600, { cards: 64 })];
    const lines = usageLinesOfRun({ run: "r", model, spans: usageOf(month).spans });
    expect(lines.map(({ measure, basis, quantity }) => [measure, basis, quantity])).toEqual([
      ["card-seconds", "allocated", 64n * 720n * 3600n],
      ["work", "allocated", 64n * 720n * 3600n * 3120n],
    ]);
    expect(basesOfRun).toMatchObject({ cardSeconds: "allocated", cpuTime: "used" });
  });

  test("together they are the run's card-seconds, whatever the readings", () => {
    const anyGap = fc.record({
      gap: fc.double({ min: 0, max: 3, noNaN: true }),
      length: fc.double({ min: 0, max: 90, noNaN: true }),
      cards: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(anyGap, { maxLength: 12 }), (gaps) => {
        let from = 0;
        const readings = gaps.map(({ gap, length, cards }, i) => {
          const reading = aReading(i + 1, from + gap, from + gap + length, { cards });
          from += gap + length;
          return reading;
        });
        const usage = usageOf(readings);
        const lines = usageLinesOfRun({ run: "r", model, spans: usage.spans });
        const held = lines.filter(({ measure }) => measure === "card-seconds");
        const sum = held.reduce((all, { quantity }) => all + quantity, 0n);
        expect(sum).toBe(usage.cardSeconds);
      }),
    );
  });

  test("of a part of a card are that part", () => {
    const { spans } = usageOf([
      aReading(1, 0, 10, { cards: 1 }),
      aReading(2, 20, 31, { cards: 1 }),
    ]);
    const lines = usageLinesOfRun({ run: "r", model, spans, cardShare: 250 });
    expect(lines.filter(({ measure }) => measure === "card-seconds")).toMatchObject([
      { quantity: 3n },
      { quantity: 3n },
    ]);
  });
});

test("what is missing of a run's readings is found: times, numbers, the last one", () => {
  const gap = (from: number, to: number) => ({ from: at(from), to: at(to) });
  const readings = [aReading(2, 10, 20), aReading(5, 30, 40, { final: true })];
  expect(gapsOf(readings, gap(0, 45))).toEqual({
    times: [
      { ...gap(0, 10), where: "start" },
      { ...gap(20, 30), where: "between" },
      { ...gap(40, 45), where: "end" },
    ],
    numbers: [
      { from: 1, to: 1 },
      { from: 3, to: 4 },
    ],
    isEnded: true,
  });
  expect(gapsOf([], gap(0, 45)).times).toEqual([{ ...gap(0, 45), where: "start" }]);
  const whole = [aReading(1, 0, 30), aReading(2, 30, 45, { final: true })];
  expect(gapsOf(whole, gap(0, 45))).toEqual({ times: [], numbers: [], isEnded: true });
});

test.each([
  [null, "unknown"],
  [0n, "idle"],
  [1999n, "idle"],
  [2000n, "plausible"],
  [100_000n, "plausible"],
  [100_001n, "impossible"],
] as const)("100,000 card-seconds paid and %s used are %s", (used, kind) => {
  const reported = used === null ? null : cardSeconds(used);
  expect(plausibility({ allocated: cardSeconds(100_000), used: reported }).kind).toBe(kind);
});

describe("a correction of a charge", () => {
  const parts = sharesFor(yuan(100), { rate: rate(300_000), available: yuan(50) });
  const share = { ...parts, programme: asId<never>("p"), voucherRate: rate(300_000) };
  const terms = {
    ...{ peak: null, feeRate: rate(20_000), charged: true, share },
    prices: flatPrice(yuan(6)),
  };
  const hours = (count: number) => [aReading(1, 0, count * 3600)];

  test("charge and corrections together are a charge of all readings, within what was held", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 9, noNaN: true }), { minLength: 2, maxLength: 6 }),
        (lengths) => {
          let stands = chargeFor(usageOf(hours(lengths[0]!)), terms);
          for (const length of lengths.slice(1)) {
            const { after, correction } = correctCharge(stands, { readings: hours(length), terms });
            expect(after.charge).toBe(stands.charge + correction.charge);
            expect(correction.charge).toBe(correction.voucher + correction.cash);
            expect(correction.toProvider).toBe(correction.charge - correction.platformFee);
            expect(correction.voucher).toBeLessThanOrEqual(0n);
            expect(after.cash).toBeLessThanOrEqual(share.cash);
            expect(after.voucher % 10_000n).toBe(0n);
            stands = after;
          }
        },
      ),
    );
  });

  test("by the same readings is none", () => {
    const charge = chargeFor(usageOf(hours(3)), terms);
    const { after, correction } = correctCharge(charge, { readings: hours(3), terms });
    expect(after).toEqual(charge);
    expect(Object.values(correction).every((change) => change === 0n)).toBe(true);
  });

  test("that says less gives voucher and cash back in the proportion they would have had", () => {
    const charge = chargeFor(usageOf(hours(3)), terms);
    const { after } = correctCharge(charge, { readings: hours(1), terms });
    expect(after).toEqual(chargeFor(usageOf(hours(1)), terms));
  });
});
