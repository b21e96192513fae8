import { formatYuan } from "@wadi/core/units";
import { uuidv7 } from "uuidv7";
import { describe, expect, test } from "vitest";

import { breachesIn } from "../../ledger/index.ts";
import { auditClaims } from "../board/audit-claims.ts";
import { worldForFile } from "../claims-world.testing.ts";

/* Applications that come at once are decided in one transaction, each as if it had come alone. */

const of = worldForFile();

async function expectHeld(): Promise<void> {
  expect(await breachesIn(of.db.sql)).toEqual([]);
  const checks = await of.db.transaction(auditClaims, { isolation: "repeatable read" });
  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
}

const codeOf = (result: PromiseSettledResult<{ state: string }>) =>
  result.status === "fulfilled" ? result.value.state : (result.reason as { code: string }).code;

describe("applications that come at once", () => {
  test("are granted in their order, each after what the ones before it took", async () => {
    const programme = await of.world.open({ budget: { amount: "1000.00" }, caps: [] });
    const claims = await Promise.all(["t0", "t1", "t2"].map((tenant) => apply(programme, tenant)));
    expect(claims.map(({ granted }) => formatYuan(granted))).toEqual(["650.00", "350.00", "0.00"]);
    expect(claims.map(({ state }) => state)).toEqual(["issued", "issued", "refused"]);
    await expectHeld();
  });

  test("leave a refused one's key unused, and its neighbours as they are", async () => {
    const programme = await of.world.open();
    const once = uuidv7();
    const results = await Promise.allSettled([
      apply(programme, "t0"),
      of.world.apply(programme, { once, more: { approvals: [approval] } }),
      apply("no-such-programme", "t1"),
      apply(programme, "nobody"),
      apply(programme, "t2"),
    ]);
    expect(results.map(codeOf)).toEqual([
      "issued",
      "invalid-request",
      "not-found",
      "invalid-request",
      "issued",
    ]);
    expect((await of.world.apply(programme, { once })).state).toBe("issued");
    await expectHeld();
  });

  test("are one claim where they are the same request, also in one batch", async () => {
    const programme = await of.world.open();
    const same = { once: uuidv7(), contract: uuidv7() };
    const claims = await Promise.all([1, 2, 3, 4].map(() => of.world.apply(programme, same)));
    expect(new Set(claims.map(({ id }) => id)).size).toBe(1);
    expect((await of.world.apply(programme, same)).id).toBe(claims[0]!.id);
    await expectHeld();
  });

  test("of a fund that is short: who has room is granted, the others are told", async () => {
    const programme = await of.world.open({ caps: [] });
    await of.db
      .sql`update accounts set debits = credits - 1300000000 where path = 'available/city'`;
    const tenants = ["t0", "t1", "t2", "t3", "t4"];
    const results = await Promise.allSettled(tenants.map((tenant) => apply(programme, tenant)));
    expect(results.map(codeOf)).toEqual([
      "issued",
      "issued",
      ...["insufficient-funds", "insufficient-funds", "insufficient-funds"],
    ]);
    const checks = await of.db.transaction(auditClaims, { isolation: "repeatable read" });
    expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
  });
});

const approval = { cap: "annual", limit: "1.00", approvedBy: ["a", "b"] };

const apply = (programme: string, tenant: string) => of.world.apply(programme, { tenant });
