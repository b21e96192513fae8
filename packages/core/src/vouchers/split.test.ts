import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  asId,
  downToFen,
  least,
  microYuan,
  oneFen,
  rate,
  shareOf,
  yuan,
  type MicroYuan,
  type ProgrammeId,
  type Rate,
} from "../units/index.ts";
import { mostOf, restOf, sharesFor, split, type Share } from "./index.ts";

const programme: ProgrammeId = asId("ai");
const anyMoney = fc.bigInt({ min: 0n, max: 20_000_000_000n }).map(microYuan);
const littleMoney = fc.bigInt({ min: 0n, max: 100_000n }).map(microYuan);
const anyAmount = fc.oneof(anyMoney, littleMoney);
const anyRate = fc.bigInt({ min: 0n, max: 1_000_000n }).map(rate);

const shareFor = (most: MicroYuan, voucher: { rate: Rate; available: MicroYuan }): Share => {
  const parts = sharesFor(most, voucher);
  const used = parts.voucher > 0n;
  return {
    ...parts,
    programme: used ? programme : null,
    voucherRate: used ? voucher.rate : null,
  };
};

describe("a share for a job", () => {
  test.each([
    // most      rate  available     cash     voucher
    ["10.00", "0.3", "100.00", "7.01", "3.00"],
    ["10.00", "0.3", "1.00", "9.01", "1.00"],
    ["10.00", "0.3", "0.00", "10.00", "0.00"],
    ["0.03", "0.3", "100.00", "0.03", "0.00"], // a third of 3 fen is no whole fen
    ["10.00", "1", "100.00", "0.01", "10.00"],
  ])("of at most %s at rate %s with %s on the voucher: %s cash, %s voucher", (...row) => {
    const [most, share, available, cash, voucher] = row.map(money) as [
      MicroYuan,
      MicroYuan,
      MicroYuan,
      MicroYuan,
      MicroYuan,
    ];
    expect(sharesFor(most, { rate: rate(share), available })).toEqual({ cash, voucher });
  });

  test("covers every charge up to its most, to the last micro-yuan", () => {
    fc.assert(
      fc.property(anyAmount, anyRate, anyAmount, anyAmount, (most, r, available, price) => {
        const asked = least(price, most);
        const { charge, overHold } = split(asked, shareFor(most, { rate: r, available }));
        expect({ charge, overHold }).toEqual({ charge: asked, overHold: 0n });
      }),
      { numRuns: 5000 },
    );
  });

  test("needs its fen of slack: without it some charge below the most is not covered", () => {
    const tight: Share = { cash: yuan(7), voucher: yuan(3), programme, voucherRate: rate(300_000) };
    // 30 % of 9.99 is 2.997: the voucher pays 2.99 and 7.00 are left, but of 9.995 it pays no more.
    expect(split(microYuan(9_995_000), tight).charge).toBeLessThan(9_995_000n);
    expect(split(microYuan(9_995_000), { ...tight, cash: money("7.01") }).charge).toBe(9_995_000n);
  });

  test("is never charged more than its most, however much was used", () => {
    fc.assert(
      fc.property(anyAmount, anyRate, anyAmount, anyAmount, (most, r, available, price) => {
        const share = shareFor(most, { rate: r, available });
        expect(split(price, share).charge).toBe(least(price, most));
        expect(mostOf(share)).toBe(most);
      }),
    );
  });
});

describe("whatever the share", () => {
  const anyShare = fc.record({
    cash: anyAmount,
    voucher: anyAmount.map(downToFen),
    programme: fc.constant(programme),
    voucherRate: anyRate,
  });

  test("the parts add up and nobody pays more than was set aside", () => {
    fc.assert(
      fc.property(anyAmount, anyShare, (price, share) => {
        const { charge, voucher, cash, overHold } = split(price, share);
        expect(voucher + cash).toBe(charge);
        expect(charge + overHold).toBe(price);
        expect(voucher).toBeLessThanOrEqual(share.voucher);
        expect(cash).toBeLessThanOrEqual(share.cash);
        for (const part of [charge, voucher, cash, overHold]) expect(part >= 0n).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("the voucher pays exactly its rate of the charge in whole fen, while it lasts", () => {
    fc.assert(
      fc.property(anyAmount, anyShare, (price, share) => {
        const { charge, voucher } = split(price, share);
        const ceiling = downToFen(shareOf(charge, share.voucherRate, "down"));
        expect(voucher).toBe(least(ceiling, share.voucher));
      }),
      { numRuns: 2000 },
    );
  });

  test("a job's runs together are never charged more than its most", () => {
    fc.assert(
      fc.property(
        anyAmount,
        anyRate,
        anyAmount,
        fc.array(anyAmount, { maxLength: 6 }),
        (most, r, available, prices) => {
          let share = shareFor(most, { rate: r, available });
          let charged = 0n;
          for (const price of prices) {
            const part = split(price, share);
            charged += part.charge;
            share = restOf(share, part);
          }
          expect(charged).toBeLessThanOrEqual(most);
        },
      ),
    );
  });
});

test("one-cent drift: a thousand charges below a fen never add up to a negative rest", () => {
  const share: Share = { cash: yuan(1), voucher: yuan(1), programme, voucherRate: rate(500_000) };
  let left = share;
  let paid = 0n;
  for (let i = 0; i < 1000; i += 1) {
    const part = split(microYuan(3_333), left);
    left = restOf(left, part);
    paid += part.cash + part.voucher;
    expect(left.cash).toBeGreaterThanOrEqual(0n);
  }
  expect(paid + left.cash + left.voucher).toBe(share.cash + share.voucher);
  expect(left.voucher % oneFen).toBe(0n);
});

function money(text: string): MicroYuan {
  const [whole = "0", decimals = ""] = text.split(".");
  return microYuan(BigInt(whole + decimals.padEnd(6, "0")));
}
