import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { UsageLine } from "../metering/index.ts";
import { asId, microYuan, rate as share } from "../units/index.ts";
import {
  differences,
  plainAgreement,
  preview,
  rate,
  ratePacts,
  type Agreement,
  type RatedLine,
} from "./index.ts";
import {
  aList,
  anItem,
  aPackage,
  aVersion,
  everyDay,
  held,
  june,
  listOf,
  money,
} from "./price-list.testing.ts";

const day = Temporal.PlainDate.from("2026-06-15");
const steps = [
  { upTo: 7_500_000n, price: money("5.999999") },
  { upTo: 40_000_000n, price: money("3.333333") },
  { upTo: null, price: money("0.000007") },
];
const items = [
  anItem({
    id: asId("night"),
    times: [{ days: everyDay, fromHour: 22, toHour: 24 }],
    grain: "minute",
    pricing: { kind: "flat", price: money("1.234567") },
  }),
  anItem({ grain: "minute", pricing: { kind: "graduated", steps } }),
  anItem({
    id: asId("tokens"),
    measure: "tokens-out",
    basis: "used",
    per: "million-tokens",
    pricing: { kind: "volume", steps: [{ upTo: 1n, price: money("7") }, steps[2]!] },
  }),
];
const list = aList({
  rounding: { to: "fen", direction: "down" },
  versions: [
    aVersion({ to: day, items, packages: [aPackage({ carryMonths: 2 })] }),
    aVersion({ from: day, items }),
  ],
});
const agreement: Agreement = {
  ...plainAgreement(list.id),
  discounts: [{ items: null, off: share(123_457) }],
  packages: [{ package: asId("hundred"), count: 1, from: june, to: null }],
  commitment: { amount: money("900"), items: null },
};

const anyLine: fc.Arbitrary<UsageLine> = fc
  .record({
    minute: fc.integer({ min: -2000, max: 45_000 }),
    seconds: fc.integer({ min: 0, max: 200_000 }),
    cards: fc.integer({ min: 1, max: 64 }),
    use: fc.integer({ min: 0, max: 5 }),
    isTokens: fc.boolean(),
  })
  .map(({ minute, seconds, cards, use, isTokens }): UsageLine => {
    const line = held("06-01T00:00", { hours: 0, use: `run/${use}`, width: cards });
    const from = line.from.add({ minutes: minute });
    const time = { from, to: from.add({ seconds }) };
    if (!isTokens) return { ...line, ...time, quantity: BigInt(seconds * cards) };
    return { ...line, ...time, measure: "tokens-out", basis: "used", width: 1, quantity: 7919n };
  });
const anyUsage = fc.array(anyLine, { maxLength: 25 });

const bytesOf = (value: unknown) =>
  JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? `${one}` : one));
const rated = (usage: readonly UsageLine[]) => rate({ list, agreement, usage, month: june });

test("rating again, in any order, gives the same bill byte for byte", () => {
  fc.assert(
    fc.property(anyUsage, fc.infiniteStream(fc.nat()), (usage, chance) => {
      const shuffled = usage
        .map((line) => ({ line, at: chance.next().value! }))
        .sort((a, b) => a.at - b.at)
        .map(({ line }) => line);
      expect(bytesOf(rated(shuffled))).toBe(bytesOf(rated(usage)));
    }),
    { numRuns: 300 },
  );
});

test("Lago #4642: however many fractions, the lines sum to the total and none drifts", () => {
  fc.assert(
    fc.property(anyUsage, (usage) => {
      const { lines, total } = rated(usage);
      expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(total);
      expect(total).toBeGreaterThanOrEqual(0n); // Lago: totals below zero after discounts
      expect(total % 10_000n).toBe(0n);
    }),
    { numRuns: 300 },
  );
  // A third of a fen, 30,000 times: rounded line by line it would be nothing, or 300.00.
  const many = Array.from({ length: 30_000 }, (_, i) =>
    held("06-02T08:00", { hours: 1 / 3600, use: `run/${i}` }),
  );
  const cheap = listOf(anItem({ pricing: { kind: "flat", price: money("12") } }));
  expect(rate({ list: cheap, usage: many, month: june }).total).toBe(money("100"));
});

const anyAgreement: fc.Arbitrary<Agreement> = fc
  .record({
    off: fc.integer({ min: 0, max: 1_000_000 }),
    amounts: fc.array(fc.bigInt({ min: 0n, max: 10_000_000_000n }), { minLength: 3, maxLength: 3 }),
    isCapped: fc.boolean(),
    price: fc.bigInt({ min: 0n, max: 10_000_000n }),
  })
  .map(({ off, amounts, isCapped, price }): Agreement => {
    const [commitment, minimum, cap] = amounts.map((amount) => microYuan(amount));
    return {
      ...agreement,
      prices: [{ item: asId("hour"), price: microYuan(price) }],
      discounts: [{ items: null, off: share(off) }],
      commitment: { amount: commitment!, items: [asId("tokens")] },
      minimum: minimum!,
      cap: isCapped ? cap! : null,
    };
  });

test("Lago #4642: whatever is agreed and however it is rounded, no total falls below zero", () => {
  const roundings = fc.record({
    to: fc.constantFrom("fen" as const, "micro-yuan" as const),
    direction: fc.constantFrom("up" as const, "down" as const),
  });
  fc.assert(
    fc.property(anyUsage, anyAgreement, roundings, (usage, agreed, rounding) => {
      const order = { list: { ...list, rounding }, agreement: agreed, usage, month: june };
      const { lines, total } = rate(order);
      expect(total).toBeGreaterThanOrEqual(0n);
      expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(total);
    }),
    { numRuns: 300 },
  );
});

test("what two agreements of a month bill is each use once, whatever the day they meet on", () => {
  fc.assert(
    fc.property(anyUsage, fc.integer({ min: 2, max: 30 }), (usage, date) => {
      const flat = listOf(
        anItem(),
        anItem({ id: asId("t"), measure: "tokens-out", basis: "used", per: "token" }),
      );
      const [first, meet, end] = [1, date, 31].map((days) =>
        june.toPlainDate({ day: 1 }).add({ days: days - 1 }),
      );
      const plain = { list: flat, agreement: plainAgreement(flat.id) };
      const pacts = [
        { ...plain, from: first!, until: meet! },
        { ...plain, from: meet!, until: end! },
      ];
      const parts = ratePacts({ usage, month: june, pacts, carried: [] }).rated;
      const quantity = (lines: readonly RatedLine[]) =>
        lines.reduce((sum, line) => sum + line.quantity, 0n);
      const whole = rate({ list: flat, usage, month: june });
      expect(parts.reduce((sum, { lines }) => sum + quantity(lines), 0n)).toBe(
        quantity(whole.lines),
      );
    }),
  );
});

test("two readings one after the other cost what one over both does", () => {
  fc.assert(
    fc.property(
      anyLine.filter(({ measure, to, from }) => measure === "card-seconds" && !to.equals(from)),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (line, part) => {
        const seconds = line.to.since(line.from).total("seconds");
        const middle = line.from.add({ seconds: Math.floor(seconds * part) });
        const first = BigInt(Math.floor(seconds * part) * line.width);
        const halves = [
          { ...line, to: middle, quantity: first },
          { ...line, ref: `${line.ref}b`, from: middle, quantity: line.quantity - first },
        ];
        expect(rated(halves).total).toBe(rated([line]).total);
      },
    ),
  );
});

test("a correction is the lines that differ, and sums to the difference; none when none", () => {
  fc.assert(
    fc.property(anyUsage, anyUsage, (usage, late) => {
      const [before, after] = [rated(usage), rated([...usage, ...late])];
      const { lines, total } = differences(before, after);
      expect(total).toBe(after.total - before.total);
      expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(total);
      expect(differences(after, rated([...usage, ...late])).lines).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test("nothing metered is lost: what months bill together is all of it", () => {
  fc.assert(
    fc.property(anyUsage, (usage) => {
      const months = ["2026-05", "2026-06", "2026-07", "2026-08"];
      const plain = listOf(
        anItem(),
        anItem({ id: asId("t"), measure: "tokens-out", basis: "used", per: "token" }),
      );
      const billed = months.flatMap((text) => {
        const month = Temporal.PlainYearMonth.from(text);
        return rate({ list: plain, usage, month }).lines.map(({ quantity }) => quantity);
      });
      const all = usage.reduce((sum, { quantity }) => sum + quantity, 0n);
      expect(billed.reduce((sum, quantity) => sum + quantity, 0n)).toBe(all);
    }),
  );
});

test("a preview prices the same usage by several lists, beside the first", () => {
  const usage = [held("06-02T08:00", { hours: 10 })];
  const cheap = listOf(anItem({ pricing: { kind: "flat", price: money("5") } }));
  const [first, second] = preview({ usage, month: june }, [
    { list: listOf(anItem()) },
    { list: cheap },
  ]);
  expect([first!.more, second!.more]).toEqual([0n, money("-10")]);
  expect(second!.lines).toMatchObject([{ item: "hour", amount: money("-10") }]);
});
