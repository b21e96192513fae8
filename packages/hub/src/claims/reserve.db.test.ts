import { yuan } from "@wadi/core/units";
import { describe, expect, test } from "vitest";

import { breachesIn } from "../ledger/index.ts";
import { testDb } from "../testing/index.ts";
import { auditClaims } from "./board/audit-claims.ts";
import { claimsWorld, officers } from "./claims-world.testing.ts";
import { stage } from "./rounds/rounds.testing.ts";

const db = await testDb();
const world = await claimsWorld(db);
const { clock } = world;
const words = { en: "x", zh: "x" };
const expectSound = async () => {
  expect(await breachesIn(db.sql)).toEqual([]);
  const checks = await db.transaction(auditClaims, { isolation: "repeatable read" });
  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
};
const counter = async (key: string) => {
  const [row] = await db.sql<{ used: bigint }>`select used from counters where key = ${key}`;
  return row?.used ?? 0n;
};
const taken = (id: string) => counter(`programme/${id}/budget/ever`);

describe("a budget that applications take up", () => {
  const lifecycle = { mode: "claim-then-redeem", reserves: "application" };
  const evidence = [{ kind: "contract", text: words }];
  const open = (differs: object = {}) =>
    world.open({
      ...{ caps: [], budget: { amount: "100.00" }, lifecycle },
      redemption: { stages: [stage] },
      ...differs,
    });

  test("is held from then on, so that a later one is refused before any office looks", async () => {
    const id = await open();
    const first = await world.apply(id, { amount: "200.00" });
    expect([first.state, await taken(id)]).toEqual(["reviewing", yuan(100n)]);
    const second = await world.apply(id, { amount: "200.00" });
    expect([second.state, second.decision!.refused[0]!.code]).toEqual(["refused", "budget"]);
    await expectSound();
    const issued = await world.move(first.id, "agree");
    expect([issued.state, issued.granted, await taken(id)]).toEqual([
      ...["issued", yuan(100n), yuan(100n)],
    ]);
    await expectSound();
  });

  test("comes back with a claim refused, returned or withdrawn, and is taken anew", async () => {
    const id = await open({ redemption: { stages: [stage], evidence } });
    const applied = async () => {
      const { id: claim } = await world.apply(id, { amount: "200.00" });
      expect(await taken(id)).toBe(0n); // incomplete: nothing is asked of it yet
      await world.evidence(claim, "contract");
      expect(await taken(id)).toBe(yuan(100n));
      return claim;
    };
    await world.move(await applied(), "refuse");
    expect(await taken(id)).toBe(0n);
    const withdrawn = await applied();
    await Promise.all([world.withdraw(withdrawn), world.withdraw(withdrawn)]);
    expect(await taken(id)).toBe(0n);
    const returned = await applied();
    await world.move(returned, "return");
    expect(await taken(id)).toBe(0n);
    await world.evidence(returned, "contract", { sha256: "c".repeat(64) });
    expect(await taken(id)).toBe(yuan(100n));
    await expectSound();
  });

  test("stays with the claim under notice, and over an objection", async () => {
    const redemption = { stages: [stage], notice: { days: 5 } };
    const cap = { code: "yearly", text: words, per: "applicant", period: "calendar-year" };
    const caps = [{ ...cap, limit: { amount: "60.00" } }];
    const id = await open({ redemption, caps });
    const { id: claim } = await world.apply(id, { amount: "200.00" });
    await world.move(claim, "agree");
    await world.move(claim, "object", officers[1]);
    await world.move(claim, "agree");
    expect(await taken(id)).toBe(yuan(60n));
    clock.turn({ hours: 24 * 7 });
    await world.sweep();
    const [row] = await db.sql`select state, granted from claims where id = ${claim}`;
    expect(row).toEqual({ state: "issued", granted: yuan(60n) });
    expect(await taken(id)).toBe(yuan(60n));
    await expectSound();
  });

  test("is not passed by a fen, however many apply at once", async () => {
    const id = await open({ budget: { amount: "100.01" } });
    const claims = await Promise.all(
      Array.from({ length: 40 }, () => world.apply(id, { amount: "80.00" })),
    );
    expect(await taken(id)).toBe(100_010_000n);
    const states = claims.map(({ state }) => state);
    expect(states.filter((state) => state === "reviewing")).toHaveLength(3); // 40, 40, 20.01
    await expectSound();
  });
});

describe("what a refused claim had spent", () => {
  const floors = [
    { code: "least", text: words, of: "base", period: "calendar-year", amount: "1000.00" },
  ];
  const spend = { claimBase: "contract", redeemBase: "invoiced", floors };

  test("counts once for a contract, however often it is claimed", async () => {
    const id = await world.open({ spend, caps: [] });
    for (let time = 0; time < 10; time += 1) {
      const one = await world.apply(id, { contract: "same", amount: "300.00", tenant: "t1" });
      expect(one.state).toBe("refused");
    }
    const together = await Promise.all(
      Array.from({ length: 10 }, () =>
        world.apply(id, { contract: "same", amount: "300.00", tenant: "t1" }),
      ),
    );
    expect(new Set(together.map(({ state }) => state))).toEqual(new Set(["refused"]));
    const [spent] = await db.sql<{ used: bigint }>`
      select used from counters where key like ${`programme/${id}/spend/%`}`;
    expect(spent!.used).toBe(yuan(300n));
    await expectSound();
    // Other contracts of the year count beside it: the fourth one is above the floor.
    const rest = [];
    for (const contract of ["b", "c", "d"]) {
      rest.push(await world.apply(id, { contract, amount: "300.00", tenant: "t1" }));
    }
    expect(rest.map(({ state }) => state)).toEqual(["refused", "refused", "issued"]);
    await expectSound();
  });

  test("counts once, too, where offices look at the claim first", async () => {
    const id = await world.open({ spend, caps: [], redemption: { stages: [stage] } });
    for (let time = 0; time < 5; time += 1) {
      await world.apply(id, { contract: "same", amount: "300.00", tenant: "t2" });
    }
    const above = await world.apply(id, { contract: "other", amount: "800.00", tenant: "t2" });
    expect(above.state).toBe("reviewing");
    expect((await world.move(above.id, "agree")).state).toBe("issued");
    const again = await world.apply(id, { contract: "same", amount: "300.00", tenant: "t2" });
    expect((await world.move(again.id, "agree")).state).toBe("issued");
    const [spent] = await db.sql<{ used: bigint }>`
      select used from counters where key like ${`programme/${id}/spend/%`}`;
    expect(spent!.used).toBe(yuan(1100n));
    await expectSound();
  });
});
