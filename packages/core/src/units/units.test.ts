import { expect, test } from "vitest";
import fc from "fast-check";
import {
  bytes,
  cardSeconds,
  charge,
  deciTflops,
  divide,
  downToFen,
  durationOf,
  fen,
  formatDecimal,
  formatDuration,
  formatPHours,
  formatYuan,
  heldFor,
  microYuan,
  minus,
  parseDecimal,
  parseDuration,
  parseRate,
  parseYuan,
  pHour,
  plus,
  rate,
  shareOf,
  total,
  upToFen,
  workOf,
  yuan,
} from "./index.ts";

test.each([
  // card-seconds   per card-hour        costs
  [0n, 36_000_000n, 0n],
  [3_600n, 36_000_000n, 36_000_000n],
  [1n, 1n, 1n], // a run is never free
  [1n, 36_000_000n, 10_000n],
])("%d card-seconds at %d per card-hour cost %d", (held, price, expected) => {
  expect(charge(cardSeconds(held), { perCardHour: microYuan(price) })).toBe(expected);
});

test("a division is rounded to the side it is asked for, below zero as well", () => {
  expect([divide(7n, 2n, "down"), divide(7n, 2n, "up")]).toEqual([3n, 4n]);
  expect([divide(-7n, 2n, "down"), divide(-7n, 2n, "up")]).toEqual([-4n, -3n]);
  expect([divide(-6n, 2n, "down"), divide(6n, 2n, "up")]).toEqual([-3n, 3n]);
  expect(() => divide(1n, 0n, "down")).toThrow("denominator 0 is not positive");
});

test("public money is rounded down to the fen: 30 % of 12,345,678.90 is 3,703,703.67", () => {
  const spend = parseYuan("12345678.90")!;
  expect(formatYuan(downToFen(shareOf(spend, rate(300_000n), "down")))).toBe("3703703.67");
  expect(formatYuan(upToFen(microYuan(1n)))).toBe("0.01");
});

test("64 cards of 320 TFLOPS for 720 hours are 14,745.6 P·hours", () => {
  const held = heldFor(64, 720 * 3_600_000);
  const work = workOf(held, deciTflops(3200n));
  expect(work).toBe(530_841_600_000n);
  expect(formatPHours(work)).toBe("14745.600");
  expect(work % pHour).not.toBe(0n);
});

test("a started second is held for whole, once for all cards of a run", () => {
  expect(heldFor(4, 1)).toBe(4n);
  expect(heldFor(4, 1000)).toBe(4n);
  expect(heldFor(4, 1000.5)).toBe(8n);
  expect(heldFor(4, 0)).toBe(0n);
});

test.each(["", "1,000", "1e3", "+1", "0.0000001", ".5", "5.", "0x1", " 1", "１"])(
  "%j is not read as yuan",
  (text) => expect(parseYuan(text)).toBeUndefined(),
);

test("yuan are written exactly, with at least two decimals, and read back", () => {
  expect(formatYuan(yuan(12))).toBe("12.00");
  expect(formatYuan(microYuan(-1n))).toBe("-0.000001");
  expect(parseRate("0.3")).toBe(300_000n);
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (amount) => {
      expect(parseYuan(formatYuan(microYuan(amount)))).toBe(amount);
    }),
  );
});

test("a decimal keeps every digit, whatever its scale", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), fc.nat(9), (steps, scale) => {
      expect(parseDecimal(formatDecimal(steps, { scale, leastDecimals: 0 }), scale)).toBe(steps);
    }),
  );
});

test.each([
  ["90s", 90_000],
  ["2h30m", 9_000_000],
  ["1d", 86_400_000],
  ["250ms", 250],
  ["1m500ms", 60_500],
  ["0s", 0],
])("%s is %d ms", (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each(["", "s", "90", "1h1d", "1.5h", "-1s", "1 h", "1hh", "99999999999999999999d"])(
  "%j is not a duration",
  (text) => expect(parseDuration(text)).toBeUndefined(),
);

test("a duration is written in the grammar it is read in", () => {
  fc.assert(
    fc.property(fc.nat(10 ** 12), (ms) => {
      expect(parseDuration(formatDuration(durationOf(ms)))).toBe(ms);
    }),
  );
});

test("quantities keep their unit, and mixing units does not compile", () => {
  expect(plus(bytes(1), bytes(2))).toBe(3n);
  expect(minus(yuan(1), microYuan(1))).toBe(999_999n);
  expect(total([fen(1), fen(2)])).toBe(3n);
  expect(total([])).toBe(0n);
  // @ts-expect-error money and card-seconds do not add up
  plus(yuan(1), cardSeconds(1));
});
