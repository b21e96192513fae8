import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flatPrice, priceSchedule, weekdays } from "../capacity/index.ts";
import type { PriceSchedule, PriceScheduleDraft } from "../capacity/index.ts";
import {
  asId,
  bytes,
  charge as costAtOnePrice,
  deciTflops,
  durationOf,
  least,
  microYuan,
  noMoney,
  parseYuan,
  rate,
  yuan,
  type MicroYuan,
} from "../units/index.ts";
import { sharesFor } from "../vouchers/index.ts";
import { chargeFor, peakOf, usageOf, verifyCharge } from "./index.ts";
import type { Reading, Terms } from "./index.ts";

const start = Temporal.Instant.from("2026-03-02T00:00:00+08:00"); // a Monday
const aReading = (number: number, from: number, to: number, cards = 8): Reading => ({
  number,
  from: start.add({ milliseconds: Math.round(from * 1000) }),
  to: start.add({ milliseconds: Math.round(to * 1000) }),
  cards,
  cpuTime: durationOf(0),
  peakMemoryBytes: bytes(0),
  final: false,
});
const hour = 3600;
const cashOnly = { voucher: noMoney, programme: null, voucherRate: null };

const terms = (differs: Partial<Terms> = {}): Terms => ({
  peak: deciTflops(3200),
  prices: flatPrice(yuan(6)),
  feeRate: rate(20_000),
  charged: true,
  share: { cash: yuan(1000), ...cashOnly },
  ...differs,
});
const chargeOf = (readings: Reading[], differs: Partial<Terms> = {}) =>
  chargeFor(usageOf(readings), terms(differs));

const nightAndDay = (): PriceSchedule => {
  const rule = (fromHour: number, toHour: number, price: bigint) => ({
    days: weekdays,
    fromHour,
    toHour,
    perCardHour: yuan(price),
  });
  const made = priceSchedule({
    timeZone: "Asia/Shanghai",
    periods: [
      { from: null, to: start.add({ hours: 48 }), rules: [rule(0, 8, 2n), rule(8, 24, 6n)] },
    ],
    specialDates: [{ date: Temporal.PlainDate.from("2026-10-01"), as: "sunday" }],
  });
  if (made.kind === "refused") throw new Error(made.problems[0]?.message);
  return made.value;
};

test("a charge is split: price, voucher in fen, cash, fee, provider", () => {
  const share = {
    ...sharesFor(yuan(100), { rate: rate(300_000), available: yuan(50) }),
    programme: asId<NonNullable<Terms["share"]["programme"]>>("ai"),
    voucherRate: rate(300_000),
  };
  const charge = chargeOf([aReading(1, 0, 1.111 * hour)], { share });
  expect(charge).toMatchObject({
    usage: { cardSeconds: 8n * 4000n, work: 8n * 4000n * 3200n, held: 3_999_600 },
    price: parseYuan("53.333334"), // 32,000 card-seconds at 6 an hour
    overHold: noMoney,
    charge: parseYuan("53.333334"),
    voucher: parseYuan("16.00"), // 30 % is 16.0000002
    cash: parseYuan("37.333334"),
    platformFee: parseYuan("1.066666"),
    toProvider: parseYuan("52.266668"),
  });
});

describe("the price", () => {
  test("follows the clock: two hours of night and one of day", () => {
    const { price } = chargeOf([aReading(1, 6 * hour, 9 * hour, 1)], { prices: nightAndDay() });
    expect(price).toBe(yuan(2 + 2 + 6));
  });

  test("is card-seconds at the price wherever there is only one", () => {
    const anySpans = fc.array(fc.tuple(fc.nat(9_999), fc.nat(99_999)), { maxLength: 8 });
    fc.assert(
      fc.property(anySpans, fc.nat(9_000_000), (spans, perHour) => {
        let at = 0;
        const readings = spans.map(([gap, length], i) => {
          const from = at + gap;
          at = from + length;
          return aReading(i + 1, from / 1000, at / 1000, 3);
        });
        const perCardHour = microYuan(perHour);
        const charge = chargeOf(readings, { prices: flatPrice(perCardHour) });
        const expected = costAtOnePrice(charge.usage.cardSeconds, { perCardHour });
        expect(charge.price).toBe(expected);
      }),
    );
  });

  test("is rounded up once: gaps and readings do not add micro-yuan", () => {
    const prices = flatPrice(microYuan(1));
    const readings = Array.from({ length: 50 }, (_, i) => aReading(i + 1, 2 * i, 2 * i + 1, 1));
    expect(chargeOf(readings, { prices }).price).toBe(1n);
  });

  test("of time that has none is nothing", () => {
    const prices = nightAndDay(); // ends after 48 hours
    const charge = chargeOf([aReading(1, 47 * hour, 50 * hour, 1)], { prices });
    expect(charge.price).toBe(yuan(6));
    expect(charge.usage.cardSeconds).toBe(3n * 3600n);
  });
});

test("what is above the share is not charged, and said to be so", () => {
  const share = { cash: yuan(10), ...cashOnly };
  expect(chargeOf([aReading(1, 0, hour)], { share })).toMatchObject({
    price: yuan(48),
    charge: yuan(10),
    overHold: yuan(38),
    platformFee: parseYuan("0.20"),
  });
});

test("a failed job still charged: a run that is the centre's loss is metered, not charged", () => {
  const lost = chargeOf([aReading(1, 0, hour)], { charged: false });
  expect(lost).toMatchObject({
    usage: { cardSeconds: 8n * 3600n },
    price: yuan(48),
    charge: noMoney,
    cash: noMoney,
    voucher: noMoney,
    platformFee: noMoney,
    toProvider: noMoney,
  });
});

test("no total is ever negative, and the parts are always the whole", () => {
  const anyMoney = fc.bigInt({ min: 0n, max: 10n ** 9n }).map(microYuan);
  fc.assert(
    fc.property(anyMoney, anyMoney, fc.nat(100_000), fc.nat(1_000_000), (cash, per, ms, fee) => {
      const charge = chargeOf([aReading(1, 0, ms / 1000)], {
        prices: flatPrice(per),
        share: { cash, ...cashOnly },
        feeRate: rate(fee),
      });
      const { price, overHold, voucher, platformFee, toProvider } = charge;
      for (const part of [price, overHold, charge.charge, voucher, platformFee, toProvider]) {
        expect(part).toBeGreaterThanOrEqual(0n);
      }
      expect(charge.charge).toBe(least(price, cash));
      expect(charge.charge + overHold).toBe(price);
      expect(platformFee + toProvider).toBe(charge.charge);
      expect(voucher + charge.cash).toBe(charge.charge);
    }),
  );
});

describe("evidence", () => {
  const readings = [aReading(1, 0, 9 * hour), aReading(2, 9 * hour, 9.5 * hour)];
  const evidence = { ...terms(), prices: draftOf(nightAndDay()), readings };
  const charge = chargeOf(readings, { prices: nightAndDay() });

  test("gives the charge again", () => {
    expect(verifyCharge(charge, evidence)).toEqual([]);
  });

  test.each<[string, () => string[]]>([
    ["cash", () => verifyCharge({ ...charge, cash: plusOne(charge.cash) }, evidence)],
    ["price", () => verifyCharge(charge, { ...evidence, readings: readings.slice(1) })],
    ["platformFee", () => verifyCharge(charge, { ...evidence, feeRate: rate(30_000) })],
    [
      "overHold",
      () => verifyCharge(charge, { ...evidence, share: { cash: yuan(1), ...cashOnly } }),
    ],
    ["usage.work", () => verifyCharge(charge, { ...evidence, peak: null })],
    ["charge", () => verifyCharge(charge, { ...evidence, charged: false })],
  ])("that was tampered with shows: %s", (part, verify) => {
    expect(verify().some((sentence) => sentence.startsWith(`${part} is `))).toBe(true);
  });

  test("with prices that leave a gap is a problem, not a crash", () => {
    const prices = { ...evidence.prices, periods: [] };
    expect(verifyCharge(charge, { ...evidence, prices })[0]).toMatch(/^prices\.periods is empty/);
  });
});

test("the nameplate of a model comes from the catalogue, unknown ones have none", () => {
  expect(peakOf(asId("a100-80g"))).toBeTypeOf("bigint");
  expect(peakOf(asId("no-such-card"))).toBeNull();
});

const draftOf = ({ timeZone, periods, specialDates }: PriceSchedule): PriceScheduleDraft => ({
  timeZone,
  periods: periods.map(({ from, to, rules }) => ({ from, to, rules })),
  specialDates,
});
const plusOne = (amount: MicroYuan) => microYuan(amount + 1n);

test.each([
  // thousandths  seconds  card-seconds  price, micro-yuan
  [1000, 3600, 3600n, 6_000_000n],
  [250, 3600, 900n, 1_500_000n],
  [333, 1, 1n, 556n], // 1 s costs 1,667, of which 555.111
])("of a card's %d thousandths, held %d s, are metered %d card-seconds at %d", (...row) => {
  const [cardShare, seconds, cardSeconds, price] = row;
  const readings = [aReading(1, 0, seconds, 1)];
  const charge = chargeOf(readings, { cardShare });
  expect([charge.usage.cardSeconds, charge.price]).toEqual([cardSeconds, price]);
  expect(verifyCharge(charge, { ...terms({ cardShare }), readings })).toEqual([]);
  const whole = verifyCharge(charge, { ...terms(), readings });
  expect(whole.length > 0).toBe(cardShare < 1000);
});
