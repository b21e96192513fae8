import * as fc from "fast-check";
import { expect, test } from "vitest";
import { asId, microYuan, rate, type MicroYuan, type RunId } from "../units/index.ts";
import { adjustment, chargedWithin, type RunCharge } from "./index.ts";
import { held, money } from "./price-list.testing.ts";

const aCharge = (charge: string, voucher = "0"): RunCharge => ({
  run: asId<RunId>(`r-${charge}`),
  charge: money(charge),
  voucher: money(voucher),
  voucherRate: voucher === "0" ? null : rate(300_000),
});

test.each([
  ["100", "0", []],
  ["120", "20", []],
  ["50", "-35", ["15"]], // half the bill: of the voucher's 30 % half goes back to the fund
])("100.00 charged, 30.00 of it by voucher, and a bill of %s", (bill, cash, backs) => {
  const made = adjustment(money(bill), [aCharge("100", "30")]);
  expect(made.cash).toBe(money(cash));
  expect(made.backs.map(({ amount }) => amount)).toEqual(backs.map(money));
});

test("what went back to a fund stays there when the bill grows again", () => {
  const charge = aCharge("100", "30");
  const before = new Map([[charge.run, money("15")]]);
  expect(adjustment(money("100"), [charge], before)).toMatchObject({ cash: money("15") });
});

const anyCharge = fc
  .record({ charge: fc.bigInt({ min: 0n, max: 10n ** 12n }), rated: fc.boolean() })
  .map(({ charge, rated }, i = 0): RunCharge => {
    const voucher = rated ? (charge * 3n) / 10n : 0n;
    return {
      run: asId(`r-${i}`),
      charge: microYuan(charge),
      voucher: microYuan(voucher - (voucher % 10_000n)),
      voucherRate: rated ? rate(300_000) : null,
    };
  });

test("tenant and funds together pay the bill, funds their rate of it at most", () => {
  fc.assert(
    fc.property(
      fc.array(anyCharge, { maxLength: 8 }),
      fc.bigInt({ min: 0n, max: 10n ** 13n }),
      (charges, billed) => {
        const bill = billed as MicroYuan;
        const { charged, cash, backs } = adjustment(bill, charges);
        const back = backs.reduce((sum, { amount }) => sum + amount, 0n);
        expect(charged + cash - back).toBe(bill);
        const voucher = charges.reduce((sum, one) => sum + one.voucher, 0n);
        const most = bill < charged ? (bill * 3n) / 10n : voucher;
        expect(voucher - back).toBeLessThanOrEqual(most > voucher ? voucher : most);
        for (const { amount } of backs) expect(amount % 10_000n).toBe(0n);
      },
    ),
  );
});

test("what a run was charged is cut between months without a loss", () => {
  const line = held("06-30T20:00", { hours: 10, cards: 3 });
  const charge = { ...aCharge("100.000001", "30"), voucher: money("30.01") };
  const midnight = Temporal.Instant.from("2026-06-30T16:00:00Z");
  const [start, end] = [line.from.subtract({ hours: 5 }), line.to.add({ hours: 5 })];
  const june = chargedWithin(charge, [line], { from: start, to: midnight });
  const july = chargedWithin(charge, [line], { from: midnight, to: end });
  expect(june.charge).toBe(money("40"));
  expect(june.charge + july.charge).toBe(charge.charge);
  expect(june.voucher).toBe(money("12.00"));
  expect(june.voucher + july.voucher).toBe(charge.voucher);
});
