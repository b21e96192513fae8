import { describe, expect, test } from "vitest";
import { asId, noMoney, rate, yuan, type MicroYuan } from "../units/index.ts";
import { judgeGrant, roomFor, voucherToUse, type Programme, type Voucher } from "./index.ts";

const now = Temporal.Instant.from("2026-03-01T00:00:00Z");
const day = (n: number) => now.add({ hours: 24 * n });

const aVoucher = (change: Partial<Voucher>): Voucher => ({
  programme: asId("ai"),
  fund: asId("city"),
  rate: rate(300_000),
  available: yuan(10),
  expiresAt: day(30),
  ...change,
});

describe("of several vouchers", () => {
  const later = aVoucher({ programme: asId("a-later"), expiresAt: day(60) });
  const sooner = aVoucher({ programme: asId("z-sooner"), expiresAt: day(20) });

  test("the one that expires first is used", () => {
    expect(voucherToUse([later, sooner], now)?.programme).toBe("z-sooner");
  });
  test("between equals the smallest id is used, in whatever order they come", () => {
    const twin = { ...sooner, programme: asId<Voucher["programme"]>("b-sooner") };
    expect(voucherToUse([sooner, twin], now)?.programme).toBe("b-sooner");
    expect(voucherToUse([twin, sooner], now)?.programme).toBe("b-sooner");
  });
  test("empty and expired ones are passed over, to the very instant", () => {
    const empty = { ...sooner, available: noMoney };
    expect(voucherToUse([empty, later], now)?.programme).toBe("a-later");
    expect(voucherToUse([sooner], day(20).subtract({ nanoseconds: 1 }))).toBe(sooner);
    expect(voucherToUse([sooner], day(20))).toBeUndefined();
  });
});

describe("a grant", () => {
  const programme: Programme = {
    id: asId("ai"),
    fund: asId("city"),
    version: 1,
    name: "AI for all",
    rate: rate(300_000),
    capPerTenant: yuan(100),
    expiresAt: day(30),
  };
  const grant = (change: { amount?: MicroYuan; granted?: MicroYuan; available?: MicroYuan }) => ({
    amount: yuan(40),
    granted: yuan(60),
    available: yuan(1000),
    now,
    ...change,
  });

  test("up to the cap is given", () => {
    expect(judgeGrant(programme, grant({}))).toBeNull();
  });
  test("above the cap is refused, whatever was used of the earlier ones", () => {
    expect(judgeGrant(programme, grant({ amount: yuan(41) }))).toEqual({
      code: "exceeds-cap",
      room: yuan(40),
    });
  });
  test("above what the fund has is refused", () => {
    expect(judgeGrant(programme, grant({ available: yuan(39) }))).toEqual({
      code: "insufficient-funds",
      available: yuan(39),
    });
  });
  test("of an expired programme is refused first of all", () => {
    const late = { ...grant({ amount: yuan(500) }), now: day(30) };
    expect(judgeGrant(programme, late)).toEqual({
      code: "programme-expired",
      expiresAt: day(30),
    });
  });
  test("has no room below zero when a new version lowered the cap", () => {
    expect(roomFor({ capPerTenant: yuan(50) }, yuan(60))).toBe(0n);
  });
});
