import { formatYuan } from "@wadi/core/units";
import { describe, expect, test } from "vitest";

import { breachesIn } from "../../ledger/index.ts";
import { auditClaims } from "../board/audit-claims.ts";
import { worldForFile } from "../claims-world.testing.ts";
import { redeemAtOnce, sweepAtOnce } from "./redeem-at-once.ts";

/* R31: modes that redeem what they grant in the same step, from bills that are there already. */

const of = worldForFile();

const spend = { claimBase: "paid", redeemBase: "paid" };
const receipt = { kind: "receipt", text: { en: "receipt", zh: "回单" }, at: "redeem" };
const sent = { kind: "receipt", sha256: "c".repeat(64) };
const paid = (amount: string, evidence: object[] = [sent]) => ({
  more: {
    evidence,
    lines: [
      {
        id: "compute",
        facts: { "line.class": "compute", "line.place": "131003" },
        amounts: { paid: amount },
      },
    ],
  },
});
const rules = { spend, lifecycle: { mode: "reimburse" }, redemption: { evidence: [receipt] } };

async function expectHeld(): Promise<void> {
  expect(await breachesIn(of.db.sql)).toEqual([]);
  const checks = await of.db.transaction(auditClaims, { isolation: "repeatable read" });
  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
}

describe("a claim of a programme that pays back what was spent", () => {
  test("is asked for the receipt with the claim, since no bill comes later", async () => {
    const programme = await of.world.open(rules);
    const claim = await of.world.apply(programme, paid("1300.00", []));
    expect(claim.decision?.missing.map(({ name }) => name)).toEqual(["receipt"]);
  });

  test("is granted, paid and settled, once however often it is tried", async () => {
    const programme = await of.world.open(rules);
    const claim = await of.world.apply(programme, paid("1300.00"));
    const tries = await Promise.all([1, 2, 3].map(() => redeemAtOnce(of.world.hub, claim)));
    expect(tries.map(({ state, redeemed }) => [state, formatYuan(redeemed)])).toEqual(
      tries.map(() => ["settled", "650.00"]),
    );
    const transfers = await of.db.sql<{ kind: number; amount: bigint }>`
      select kind, amount from transfers where fact like ${`claim/${claim.id}/%/pay-back`}`;
    expect(transfers.map(({ amount }) => amount)).toEqual([650_000_000n]);
    await expectHeld();
  });

  test("that was granted when the hub ended is settled by the next sweep", async () => {
    const programme = await of.world.open(rules);
    const claim = await of.world.apply(programme, paid("200.00"));
    expect(claim.state).toBe("issued");
    expect(await sweepAtOnce(of.world.hub)).toBe(1);
    expect(await sweepAtOnce(of.world.hub)).toBe(0);
    const [row] = await of.db.sql<{
      state: string;
    }>`select state from claims where id = ${claim.id}`;
    expect(row?.state).toBe("settled");
    await expectHeld();
  });

  test("keeps its voucher where the programme redeems later", async () => {
    const programme = await of.world.open();
    const claim = await of.world.apply(programme);
    expect((await redeemAtOnce(of.world.hub, claim)).state).toBe("issued");
    expect(await sweepAtOnce(of.world.hub)).toBe(0);
  });
});
