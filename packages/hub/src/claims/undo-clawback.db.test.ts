import { asId, yuan } from "@wadi/core/units";
import { expect, test } from "vitest";

import { askCorrection, breachesIn, decideCorrection } from "../ledger/index.ts";
import { testDb } from "../testing/index.ts";
import { auditClaims } from "./board/audit-claims.ts";
import { billed, claimsWorld, officers } from "./claims-world.testing.ts";
import { bannedUntil } from "./claim/event-store.ts";

test("a ban lasts until the last part of a wrong clawback is undone", async () => {
  const db = await testDb();
  const world = await claimsWorld(db);
  const id = await world.open({
    lifecycle: { mode: "claim-then-redeem", validity: { months: 1 } },
    control: { clawback: { interestPerYear: "3.65 %", banMonths: 6 } },
  });
  const claim = await world.apply(id, { tenant: "t1" });
  for (const [bill, amount] of [
    ["b1", "100.00"],
    ["b2", "60.00"],
  ]) {
    await world.redeem(claim.id, { id: bill, lines: billed(amount!) });
  }
  await world.move(claim.id, "claw-back");
  const of = { programme: id, tenant: asId<never>("t1") };
  const banned = () => bannedUntil(db.sql, of);
  expect(await banned()).not.toBeNull();

  const asked = await db.sql<{ id: never; amount: bigint }>`
    select id, amount from transfers where kind = 44 order by seq`;
  expect(asked.map(({ amount }) => amount)).toEqual([yuan(50), yuan(30)]);
  const [first, second] = officers;
  for (const [place, { id: transfer }] of asked.entries()) {
    expect(await banned()).not.toBeNull();
    const once = { key: `slip-${place}`, fingerprint: Buffer.from([place]) };
    const wish = { transfer, reason: "it was used by the rules", by: first, once };
    const { id: correction } = await askCorrection(world.hub, wish);
    const decision = { id: correction, decision: "approve", by: second } as const;
    const done = await decideCorrection(world.hub, decision);
    expect(done.posted, `part ${place}`).not.toBeNull();
  }
  expect(await banned()).toBeNull();
  const [redeemed] = await db.sql<{ balance: bigint }>`
    select credits - debits as balance from accounts where path = ${`redeemed/t1/${id}`}`;
  expect(redeemed!.balance).toBe(yuan(80));
  expect(await db.transaction((sql) => breachesIn(sql))).toEqual([]);
  const checks = await db.transaction((sql) => auditClaims(sql));
  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
});
