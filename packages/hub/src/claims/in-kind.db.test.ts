import type { ClaimId } from "@wadi/protocol";
import { asId } from "@wadi/core/units";
import { describe, expect, test } from "vitest";

import { connectDb, type Db } from "../db/index.ts";
import { breachesIn } from "../ledger/index.ts";
import { createTestDatabase, testDb } from "../testing/index.ts";
import { auditClaims } from "./board/audit-claims.ts";
import { claimsWorld, officers } from "./claims-world.testing.ts";
import { holdRound, windows } from "./rounds/rounds.testing.ts";
import { unitsHeld, unitsOfProgramme } from "./units/unit-store.ts";
import { showClaim } from "./board/show-claims.ts";
import { rulesOfClaim } from "./rules/rules-for.ts";
import { readClaim } from "./claim/store.ts";

/* R25: card-hours and tokens in place of money, from the application to the end. */

const db = await testDb();
const world = await claimsWorld(db);

const words = { en: "x", zh: "x" };
const quotas = [
  { code: "firm", per: "applicant", period: "calendar-year", amount: 1500 },
  { code: "pool", per: "programme", amount: 10_000 },
];
const hours = (differs: object = {}) => ({
  ...{ code: "hours", text: words },
  inKind: { unit: "card-hours", share: "50 %", quotas, ...differs },
});
const unitsOnly = {
  parts: [hours()],
  ...{ caps: [], budget: null, combine: [] },
  lifecycle: { mode: "claim-then-redeem", validity: { months: 1 } },
  control: { clawback: { share: "50 %", interestPerYear: "3.65 %", banMonths: 6 } },
};

const asking = (count: number, more: object = {}) => ({
  more: {
    lines: [
      {
        id: "compute",
        facts: { "line.class": "compute", "line.place": "131003" },
        quantities: { "card-hours": count },
        ...more,
      },
    ],
  },
});
const used = (count: number, differs: object = {}) => ({
  lines: [{ line: "compute", amount: "0", quantities: { "card-hours": count } }],
  ...differs,
});
const shown = async (id: ClaimId) => {
  const claim = (await readClaim(db.sql, id))!;
  return showClaim(db.sql, claim, await rulesOfClaim(db.sql, claim));
};
/** Sorted as text. */
const movesOf = async (id: ClaimId) => {
  const rows = await db.sql<{ kind: string; quantity: bigint }>`
    select kind, quantity from in_kind_moves where claim = ${id}`;
  return rows.map(({ kind, quantity }) => `${kind} ${quantity}`).toSorted();
};
const counterOf = async (programme: string, quota: string) => {
  const [row] = await db.sql<{ used: bigint }>`
    select used from counters
    where key like ${`programme/${programme}/in-kind/hours/${quota}/%`}`;
  return row!.used;
};
const expectLaws = async (of: Db = db) => {
  expect(await breachesIn(of.sql)).toEqual([]);
  const checks = await of.transaction(auditClaims, { isolation: "repeatable read" });
  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
};

test("a claim for card-hours alone is granted, drawn by bills and settled", async () => {
  const programme = await world.open(unitsOnly);
  const claim = await world.apply(programme, asking(2401));
  expect([claim.state, claim.granted]).toEqual(["issued", 0n]);
  const issued = await shown(claim.id);
  expect(issued.decision!.inKind).toMatchObject([
    { code: "hours", asked: 2401n, granted: 1200n, refused: [{ code: "above-share" }] },
  ]);
  expect(issued.inKind).toEqual([
    { part: "hours", unit: "card-hours", granted: 1200n, drawn: 0n, released: 0n, open: 1200n },
  ]);
  const held = await unitsHeld(db.sql, asId("t0"));
  expect(held).toMatchObject([{ claim: claim.id, open: 1200n, lastDay: issued.lastDay }]);

  const first = await world.redeem(claim.id, used(801));
  expect(first.redemption).toMatchObject({ outcome: "redeemed", redeemed: 0n });
  expect(first.redemption.inKind).toMatchObject([{ used: 801n, drawn: 400n, released: 0n }]);
  const again = await world.redeem(claim.id, used(801));
  expect(again.redemption.inKind).toEqual(first.redemption.inKind);
  await expect(world.redeem(claim.id, used(802))).rejects.toMatchObject({ code: "key-reused" });
  expect(await shown(claim.id)).toMatchObject({ state: "redeeming", inKind: [{ open: 800n }] });

  await world.redeem(claim.id, used(399, { id: "b2", last: true }));
  expect(await shown(claim.id)).toMatchObject({
    state: "settled",
    inKind: [{ drawn: 600n, released: 600n, open: 0n }],
  });
  expect(await movesOf(claim.id)).toEqual(["draw 200", "draw 400", "grant 1200", "release 600"]);
  expect([await counterOf(programme, "firm"), await counterOf(programme, "pool")]).toEqual([
    600n,
    600n,
  ]);
  expect(await unitsHeld(db.sql, asId("t0"))).toEqual([]);
  expect(await unitsOfProgramme(db.sql, programme)).toEqual([
    { unit: "card-hours", granted: 1200n, drawn: 600n, released: 600n, open: 0n },
  ]);
  await expectLaws();
});

test("money and units of one claim are redeemed by one bill", async () => {
  const rates = { code: "rate", text: words, rates: [{ rate: "10 %" }] };
  const programme = await world.open({ ...unitsOnly, parts: [rates, hours()] });
  const amounts = { contract: "1000.00" };
  const claim = await world.apply(programme, asking(100, { amounts }));
  expect(claim.granted).toBe(100_000_000n);
  const quantities = { "card-hours": 200 };
  const lines = [{ line: "compute", amount: "500.00", quantities }];
  const { redemption } = await world.redeem(claim.id, { lines, last: true });
  expect(redemption).toMatchObject({ redeemed: 50_000_000n, released: 50_000_000n });
  expect(redemption.inKind).toMatchObject([
    { drawn: 50n, released: 0n, refused: [{ code: "above-grant", amount: 50n }] },
  ]);
  await expectLaws();
});

describe("what is not drawn goes back", () => {
  test("when the tenant withdraws, and the quota may be granted again", async () => {
    const programme = await world.open(unitsOnly);
    const claim = await world.apply(programme, asking(3000));
    const other = await world.apply(programme, asking(3000));
    expect(other.state).toBe("refused");
    await world.withdraw(claim.id);
    await world.withdraw(claim.id);
    expect(await movesOf(claim.id)).toEqual(["grant 1500", "release 1500"]);
    expect((await world.apply(programme, asking(3000))).state).toBe("issued");
    await expectLaws();
  });

  test("when its last day is over; a bill of after that draws nothing", async () => {
    const programme = await world.open(unitsOnly);
    const claim = await world.apply(programme, asking(1000));
    await world.redeem(claim.id, used(100));
    world.clock.turn({ hours: 24 * 40 });
    const { redemption } = await world.redeem(claim.id, used(100, { id: "late" }));
    expect(redemption.inKind).toMatchObject([
      { drawn: 0n, refused: [{ code: "expired", amount: 50n }] },
    ]);
    await Promise.all([world.sweep(), world.sweep()]);
    expect(await shown(claim.id)).toMatchObject({ state: "expired", inKind: [{ open: 0n }] });
    expect(await movesOf(claim.id)).toEqual(["draw 50", "expire 450", "grant 500"]);
    expect(await counterOf(programme, "pool")).toBe(50n);
    await expectLaws();
  });

  test("when it is clawed back; what was drawn is asked back, its tenant banned", async () => {
    const programme = await world.open(unitsOnly);
    const unused = await world.apply(programme, asking(10));
    await expect(world.move(unused.id, "claw-back")).rejects.toMatchObject({ code: "wrong-state" });
    const claim = await world.apply(programme, asking(1000));
    await world.redeem(claim.id, used(101));
    await world.move(claim.id, "claw-back", officers[1]);
    expect(await shown(claim.id)).toMatchObject({ state: "clawed-back", inKind: [{ drawn: 50n }] });
    expect(await movesOf(claim.id)).toEqual([
      ...["claw-back 25", "draw 50", "grant 500", "release 450"],
    ]);
    const next = await world.apply(programme, asking(10));
    expect(next.decision!.inKind[0]!.refused.at(-1)!.code).toBe("banned");
    await expectLaws();
  });
});

test("claims of one round take units in their order, until there are no more", async () => {
  const { url, drop } = await createTestDatabase();
  const own = connectDb(url);
  try {
    const there = await claimsWorld(own);
    const pool = [{ code: "pool", per: "programme", amount: 7 }];
    const programme = await there.open({
      ...{ ...unitsOnly, parts: [hours({ quotas: pool })] },
      lifecycle: { mode: "claim-then-redeem", cadence: { kind: "batch", windows } },
    });
    const claims = [];
    for (const tenant of ["t0", "t1", "t2"]) {
      claims.push(await there.apply(programme, { ...asking(10), tenant }));
    }
    there.clock.turn({ hours: 24 * 9 });
    await holdRound(there, programme);
    const now = await own.sql<{ tenant: string; state: string; quantity: bigint | null }>`
      select tenant, state, quantity from claims
      left join in_kind_moves on in_kind_moves.claim = claims.id order by tenant`;
    expect(now.map((one) => `${one.tenant} ${one.state} ${one.quantity}`)).toEqual([
      ...["t0 issued 5", "t1 issued 2", "t2 refused null"],
    ]);
    const [refused] = await own.sql<{ codes: string }>`
      select facts->>'codes' as codes from claim_events where action = 'refuse'`;
    expect(refused!.codes).toBe('["above-share","pool"]');
    await expectLaws(own);
  } finally {
    await own.close();
    await drop();
  }
});

test("a quantity that nothing was granted for is refused by field", async () => {
  const programme = await world.open(unitsOnly);
  const claim = await world.apply(programme, asking(10));
  const lines = [
    { line: "compute", amount: "0", quantities: { "card-hours": 1 } },
    { line: "disk", amount: "0", quantities: { "card-hours": 1 } },
  ];
  await expect(world.redeem(claim.id, { lines })).rejects.toMatchObject({
    code: "invalid-request",
    message: expect.stringContaining("/lines/1/quantities/card-hours") as string,
  });
  const tokens = [{ line: "compute", amount: "0", quantities: { tokens: 1 } }];
  await expect(world.redeem(claim.id, { lines: tokens })).rejects.toThrow("no tokens");
  expect(await movesOf(claim.id)).toEqual(["grant 5"]);
});

test("with one card-hour of room, of many claims at once one gets it", async () => {
  const one = hours({ share: "100 %", quotas: [{ code: "pool", per: "programme", amount: 1 }] });
  const programme = await world.open({ ...unitsOnly, parts: [one] });
  const claims = await Promise.all(
    Array.from({ length: 40 }, (_, i) => {
      return world.apply(programme, { ...asking(5), tenant: `t${i % 10}` });
    }),
  );
  const granted = claims.map(({ decision }) => decision!.inKind[0]!.granted);
  expect(granted.filter((count) => count > 0n)).toEqual([1n]);
  const codes = claims.flatMap(({ decision }) => decision!.inKind[0]!.refused);
  expect(new Set(codes.map(({ code }) => code))).toEqual(new Set(["pool"]));
  expect(claims.filter(({ state }) => state === "issued")).toHaveLength(1);
  const winner = claims.find(({ state }) => state === "issued")!;
  const bills = await Promise.all(
    Array.from({ length: 8 }, (_, i) => world.redeem(winner.id, used(1, { id: `b${i}` }))),
  );
  const drawn = bills.map(({ redemption }) => redemption.inKind[0]!.drawn);
  expect(drawn.filter((count) => count > 0n)).toEqual([1n]);
  await expectLaws();
});

test("the book takes no move twice, none back, and none below zero", async () => {
  const programme = await world.open(unitsOnly);
  const claim = await world.apply(programme, asking(10));
  const write = (fact: string, kind: string, quantity: number) => db.sql`
    insert into in_kind_moves (fact, claim, part, unit, kind, quantity, at)
    values (${fact}, ${claim.id}, 'hours', 'card-hours', ${kind}, ${quantity}, now())`;
  await expect(write(`claim/${claim.id}/grant/hours`, "grant", 1)).rejects.toThrow("pkey");
  await expect(write("more", "draw", 6)).rejects.toThrow("none may be below 0");
  await expect(write("back", "claw-back", 1)).rejects.toThrow("none may be below 0");
  await expect(write("nothing", "draw", 0)).rejects.toThrow("check");
  await expect(db.sql`delete from in_kind_moves`).rejects.toThrow("only ever added to");
  await expectLaws();
});

test("the audit tells of each claim whose book of units is not as it says", async () => {
  const { url, drop } = await createTestDatabase();
  const own = connectDb(url);
  try {
    const there = await claimsWorld(own);
    const programme = await there.open(unitsOnly);
    const forge = async (kind: string, before?: object) => {
      const { id } = await there.apply(programme, asking(10));
      if (before) await there.redeem(id, before);
      await own.sql`
        insert into in_kind_moves (fact, claim, part, unit, kind, quantity, at)
        values (${`forged ${kind}`}, ${id}, 'hours', 'card-hours', ${kind}, 2, now())`;
      return id;
    };
    const drawn = await forge("draw");
    const [more, back] = [await forge("grant"), await forge("release")];
    const asked = await forge("claw-back", used(10));
    const { id: over } = await there.apply(programme, asking(10));
    await own.sql`update claims set state = 'settled' where id = ${over}`;
    // Told of by the claim as well, but by no bill.
    const { id: told } = await there.apply(programme, asking(10));
    await own.sql`update claims set progress =
      (progress::jsonb || '{"drawn": {"hours": "1"}}')::json where id = ${told}`;
    const checks = await own.transaction(auditClaims, { isolation: "repeatable read" });
    expect(checks.flatMap(({ problems }) => problems)).toEqual([
      `claim ${drawn}: hours is not drawn as its bills and the claim say`,
      `claim ${more}: hours is not granted what was decided`,
      `claim ${back}: hours is not given back as the claim says`,
      `claim ${asked}: hours is not asked back as the claim says`,
      `claim ${over}: hours is over, and has something open`,
      `claim ${told}: hours is not drawn as its bills and the claim say`,
    ]);
  } finally {
    await own.close();
    await drop();
  }
});
