import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatYuan, microYuan, parseYuan, yuan, type MicroYuan } from "../units/index.ts";
import { cardModel, cardModels } from "./card-models.ts";
import { cardHourPrice, pMonthPrice } from "./p-month.ts";

const a100 = cardModel("a100-80g")!;
const rated = cardModels.filter(({ peak }) => peak.kind === "known");

test("a card-hour of an A100 at 6.00 yuan is listed at about 13,846 a P·month", () => {
  expect(pMonthPrice(a100, yuan(6))).toStrictEqual({
    kind: "price",
    perPMonth: parseYuan("13846.153846"),
  });
});

test.each([
  // per P·month   per card-hour of 312 TFLOPS = × 0.312 ÷ 720
  [2_000n, "0.866667"],
  [3_000n, "1.30"],
  [800n, "0.346667"],
  [0n, "0.00"],
])("%d yuan a P·month are %s yuan a card-hour, rounded up", (perPMonth, expected) => {
  const price = cardHourPrice(a100, yuan(perPMonth));
  expect(price.kind === "price" && formatYuan(price.perCardHour)).toBe(expected);
});

test("a positive price stays positive, however small", () => {
  expect(cardHourPrice(a100, microYuan(1))).toStrictEqual({ kind: "price", perCardHour: 1n });
});

test("a price by P refuses a card whose peak is unknown, and says why", () => {
  const mlu590 = cardModel("mlu590")!;
  for (const refused of [cardHourPrice(mlu590, yuan(800)), pMonthPrice(mlu590, yuan(6))]) {
    expect(refused).toMatchObject({ kind: "unknown-peak" });
    expect(refused).toHaveProperty("reason", expect.stringContaining("mlu590"));
  }
});

test("a card-hour price comes back whole from its P·month price, on every card", () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 12n }).map((steps) => microYuan(steps));
  fc.assert(
    fc.property(fc.constantFrom(...rated), amount, (model, perCardHour) => {
      const listed = pMonthPrice(model, perCardHour);
      if (listed.kind !== "price") throw new Error(listed.reason);
      expect(cardHourPrice(model, listed.perPMonth)).toStrictEqual({ kind: "price", perCardHour });
    }),
  );
});

test("rounding adds less than a micro-yuan", () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 15n }).map((steps) => microYuan(steps));
  fc.assert(
    fc.property(amount, (perPMonth: MicroYuan) => {
      const price = cardHourPrice(a100, perPMonth);
      if (price.kind !== "price") throw new Error(price.reason);
      const over = price.perCardHour * 7_200_000n - perPMonth * 3_120n;
      expect(over >= 0n && over < 7_200_000n).toBe(true);
    }),
  );
});
