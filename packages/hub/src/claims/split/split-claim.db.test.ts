import { accounts } from "@wadi/core/ledger";
import { asId, parseYuan, type MicroYuan, type ProgrammeId } from "@wadi/core/units";
import type { ClaimId } from "@wadi/protocol";
import { afterEach, describe, expect, test } from "vitest";

import type { Db, Sql } from "../../db/index.ts";
import { breachesIn, postTransfers } from "../../ledger/index.ts";
import { testDb } from "../../testing/index.ts";
import { vouchersOf } from "../../vouchers/index.ts";
import { auditClaims } from "../board/audit-claims.ts";
import { applicant, billed, claimsWorld, operator } from "../claims-world.testing.ts";
import { eventsOf } from "../claim/event-store.ts";
import { putSubAccount, splitClaim } from "./split-claim.ts";
import { partsOf } from "./sub-account-store.ts";

const db = await testDb();
const world = await claimsWorld(db);
const { hub, clock } = world;
await db.sql`insert into providers (id, name, created_at) values ('hill', 'Hill', ${clock.now()})`;
for (const account of ["t1", "t2", "t3"]) {
  await putSubAccount(hub, { account: asId(account), parent: asId("t0"), by: operator });
}

const lifecycle = {
  ...{ mode: "advance-deduct", validity: { months: 1 }, transfer: { subAccounts: 2 } },
};
const control = { clawback: { interestPerYear: "0 %", banMonths: 0 } };
const open = (differs: object = {}) => world.open({ lifecycle, control, caps: [], ...differs });
const apply = (programme: string, amount = "200.00") =>
  world.apply(programme, { amount, more: { supplier: "hill" } });

const yuan = (text: string) => parseYuan(text) as MicroYuan;
const split = (id: ClaimId, parts: Record<string, string>, more: Partial<Saying> = {}) => {
  const { tenant = "t0", through = hub } = more;
  const given = Object.entries(parts).map(([account, amount]) => {
    return { account: asId<never>(account), amount: yuan(amount) };
  });
  return splitClaim(through, { id, parts: given, by: applicant(tenant) });
};
interface Saying {
  readonly tenant: string;
  readonly through: Pick<typeof hub, "db" | "clock">;
}

/** What is left of vouchers of a programme, by tenant: what is free, then what was used. */
const stands = async (programme: ProgrammeId, ...tenants: string[]) => {
  const rows = await db.sql<{ path: string; balance: bigint }>`
    select path, credits - debits as balance from accounts where path like ${`%/${programme}`}`;
  const found = new Map(rows.map(({ path, balance }) => [path, Number(balance) / 1_000_000]));
  return tenants.map((tenant) => [
    found.get(`issued/${tenant}/${programme}`) ?? 0,
    found.get(`redeemed/${tenant}/${programme}`) ?? 0,
  ]);
};

/** As a job of the tenant uses so much of its voucher. */
async function use(programme: ProgrammeId, { tenant, amount }: { tenant: string; amount: string }) {
  const [of, hold] = [
    { programme, tenant: asId<never>(tenant), fund: asId<never>("city") },
    crypto.randomUUID(),
  ];
  const [issued, reserved, redeemed] = [
    accounts.issued(of),
    accounts.reserved(of),
    accounts.redeemed(of),
  ];
  const pay = { from: accounts.due(of.fund), to: accounts.payable(asId("hill")) };
  const base = {
    ...{ job: null, run: null, note: "", happenedAt: clock.now(), amount: yuan(amount) },
    hold: asId<never>(hold),
  };
  const { outcomes } = await db.transaction((sql) =>
    postTransfers(
      sql,
      [
        [
          { ...base, kind: "reserve", from: issued, to: reserved, fact: `reserve/${hold}` },
          { ...base, kind: "redeem", from: reserved, to: redeemed, fact: `redeem/${hold}` },
          { ...base, ...pay, hold: null, kind: "subsidy", fact: `subsidy/${hold}` },
        ],
      ],
      clock.now(),
    ),
  );
  expect(outcomes.map(({ kind }) => kind)).toEqual(["posted"]);
}

const wrongIn = (sent: Promise<unknown>) =>
  sent.then(
    () => "taken",
    (error: unknown) => `${(error as { code?: string }).code} ${(error as Error).message}`,
  );

afterEach(async () => {
  const breaches = await breachesIn(db.sql);
  const checks = await db.transaction(auditClaims, { isolation: "repeatable read" });
  const problems = [...breaches, ...checks.flatMap((one) => one.problems)];
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
});

describe("a voucher that is split", () => {
  test("is used by jobs of the sub-accounts, and the claim knows it", async () => {
    const programme = await open();
    const claim = await apply(programme);
    await split(claim.id, { t1: "60", t2: "10" });
    expect(await stands(programme, "t0", "t1", "t2")).toEqual([
      [30, 0],
      [60, 0],
      [10, 0],
    ]);
    const vouchers = await vouchersOf(db.sql, [asId("t1")], clock.now());
    expect(vouchers.get(asId("t1"))).toMatchObject({ programme, available: yuan("60") });
    await use(programme, { tenant: "t1", amount: "45" });
    const { claim: after, redemption } = await world.redeem(claim.id, {
      lines: billed("20.00"),
    });
    expect([redemption.redeemed, after.redeemed]).toEqual([yuan("10"), yuan("55")]);
    // The bill came out of what the tenant kept.
    expect(await stands(programme, "t0", "t1", "t2")).toEqual([
      [20, 10],
      [15, 45],
      [10, 0],
    ]);
  });

  test("pays a bill out of its parts where the tenant kept too little", async () => {
    const programme = await open();
    const claim = await apply(programme);
    await split(claim.id, { t1: "60", t2: "30" });
    const { redemption } = await world.redeem(claim.id, { lines: billed("150.00") });
    expect(redemption.redeemed).toBe(yuan("75"));
    expect(await stands(programme, "t0", "t1", "t2")).toEqual([
      [0, 75],
      [0, 0],
      [25, 0],
    ]);
    const last = await world.redeem(claim.id, { id: "b2", lines: billed("10.00"), last: true });
    expect([last.claim.state, last.claim.released]).toEqual(["settled", yuan("20")]);
    expect(await stands(programme, "t0", "t1", "t2")).toEqual([
      [0, 80],
      [0, 0],
      [0, 0],
    ]);
  });

  test("gives back what nobody used when it is withdrawn or runs out", async () => {
    const programme = await open();
    const [first, second] = [await apply(programme), await apply(programme)];
    await split(first.id, { t1: "60" });
    await split(second.id, { t1: "40", t2: "20" });
    await use(programme, { tenant: "t1", amount: "50" });
    expect((await world.withdraw(second.id)).released).toBe(yuan("100"));
    // Of t1's parts the older one was used first: 10 are left of it.
    expect(await stands(programme, "t0", "t1", "t2")).toEqual([
      [40, 0],
      [10, 50],
      [0, 0],
    ]);
    clock.turn({ hours: 24 * 40 });
    await world.sweep();
    expect(await stands(programme, "t0", "t1", "t2")).toEqual([
      [0, 0],
      [0, 50],
      [0, 0],
    ]);
    const [row] = await db.sql<{ state: string; redeemed: bigint; released: bigint }>`
      select state, redeemed, released from claims where id = ${first.id}`;
    expect(row).toEqual({ state: "expired", redeemed: yuan("50"), released: yuan("50") });
  });

  test("is clawed back from its tenant, what sub-accounts used included", async () => {
    const programme = await open();
    const claim = await apply(programme);
    await split(claim.id, { t1: "60" });
    await use(programme, { tenant: "t1", amount: "50" });
    await use(programme, { tenant: "t0", amount: "15" });
    await world.redeem(claim.id, { lines: billed("20.00") });
    expect((await world.move(claim.id, "claw-back")).state).toBe("clawed-back");
    expect(await stands(programme, "t0", "t1")).toEqual([
      [0, 0],
      [0, 0],
    ]);
    const [owed] = await db.sql<{ balance: bigint }>`
      select credits - debits as balance from accounts where path = 'receivable/t0'`;
    expect(owed!.balance).toBe(-75_000_000n);
  });

  test("is split once however often it is sent, not at all by a hub that breaks off", async () => {
    const programme = await open();
    const { id } = await apply(programme);
    const transaction: Db["transaction"] = (work) =>
      db.transaction(async (sql: Sql) => {
        await work(sql);
        throw new Error("broken off");
      });
    const through = { ...hub, db: { ...hub.db, transaction } };
    await expect(split(id, { t1: "60" }, { through })).rejects.toThrow("broken off");
    expect(await partsOf(db.sql, id)).toEqual([]);
    await Promise.all(Array.from({ length: 8 }, () => split(id, { t1: "60" })));
    await split(id, { t1: "60", t2: "1" });
    expect(await stands(programme, "t0", "t1", "t2")).toEqual([
      [39, 0],
      [60, 0],
      [1, 0],
    ]);
    const events = await eventsOf(db.sql, id);
    expect(events.filter(({ action }) => action === "split")).toHaveLength(2);
  });
});

/** Random and repeatable. */
function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test.each([1, 2, 3, 4, 5, 6])(
  "whatever happens to split vouchers (seed %d), what is open stands on them, to the fen",
  async (seed) => {
    const programme = await open();
    const next = chance(seed);
    const claims = [await apply(programme), await apply(programme), await apply(programme)];
    const one = <T>(of: readonly T[]): T => of[next(of.length)]!;
    const expectOpen = async () => {
      const [row] = await db.sql<{ open: bigint; stands: bigint; used: bigint }>`
        select (select sum(credits - debits)::bigint from accounts
            where path in (select 'issued/' || id || '/' || ${programme} from tenants)) as stands,
          (select sum(granted - redeemed - released)::bigint from claims
            where programme = ${programme}) as open,
          (select coalesce(sum(credits), 0)::bigint from accounts
            where path in (select 'redeemed/' || id || '/' || ${programme} from tenants))
            - (select sum(redeemed)::bigint from claims where programme = ${programme}) as used`;
      expect(row!.stands).toBe(row!.open - row!.used); // what jobs used is noted late
    };
    for (let step = 0; step < 40; step += 1) {
      const { id } = one(claims);
      const amount = `${1 + next(40)}`;
      const kind = one(["use", "use", "split", "split", "bill", "bill", "last", "end"]);
      if (kind === "use") {
        const tenant = one(["t0", "t1", "t2"]);
        const [[free]] = (await stands(programme, tenant)) as [[number, number]];
        if (free >= Number(amount)) await use(programme, { tenant, amount });
      }
      const sent = {
        use: () => Promise.resolve(),
        split: () => split(id, { [one(["t1", "t2"])]: amount }),
        bill: () => world.redeem(id, { id: `b${step}`, lines: billed(amount) }),
        last: () => world.redeem(id, { id: `b${step}`, lines: billed(amount), last: true }),
        end: () => (next(2) === 0 ? world.withdraw(id) : world.move(id, "claw-back")),
      }[kind as "use"];
      // Endings are rare: else nothing would be left to split.
      if ((kind === "last" || kind === "end") && step < 25) continue;
      const answer = await wrongIn(sent());
      // What was used, billed or ended always finds its money.
      const known = kind === "split" ? /^(insuff|wrong-state|invalid)/ : /^wrong-state/;
      expect(answer === "taken" || known.test(answer), answer).toBe(true);
      await expectOpen();
    }
    clock.turn({ hours: 24 * 40 });
    await world.sweep();
    expect(
      await stands(programme, "t0", "t1", "t2").then((all) => all.map(([free]) => free)),
    ).toEqual([0, 0, 0]);
  },
);

describe("a split is refused", () => {
  test("beyond the face, beyond what is left, or among too many", async () => {
    const programme = await open();
    const { id } = await apply(programme);
    expect(await wrongIn(split(id, { t1: "60", t2: "41" }))).toContain(
      "/parts come to 101.00; the claim was granted 100.00",
    );
    expect(await wrongIn(split(id, { t1: "1", t2: "1", t3: "1" }))).toContain("/parts would be 3");
    expect(await wrongIn(split(id, { t1: "0" }))).toContain("/parts/0/amount must be above");
    await use(programme, { tenant: "t0", amount: "70" });
    expect(await wrongIn(split(id, { t1: "31" }))).toMatch(/^insufficient-funds 31.00 are to be/);
    await split(id, { t1: "5" });
    expect(await wrongIn(split(id, { t1: "6" }))).toContain('"t1" was given 5.00 already');
  });

  test("to whom it does not belong, and of what is not issued or may not be split", async () => {
    const programme = await open();
    const { id } = await apply(programme);
    expect(await wrongIn(split(id, { t5: "1" }))).toContain(
      '/parts/0/tenant "t5" is no sub-account of t0; the operator makes it one',
    );
    expect(await wrongIn(split(id, { t1: "1" }, { tenant: "t1" }))).toMatch(/^not-found/);
    await world.withdraw(id);
    expect(await wrongIn(split(id, { t1: "1" }))).toMatch(/^wrong-state .* is withdrawn/);
    const whole = await open({ lifecycle: { ...lifecycle, transfer: "none" } });
    expect(await wrongIn(split((await apply(whole)).id, { t1: "1" }))).toContain("are not split");
    const bills = await open({ lifecycle: { ...lifecycle, mode: "claim-then-redeem" } });
    expect(await wrongIn(split((await apply(bills)).id, { t1: "1" }))).toContain("pay no jobs");
  });

  test("to a sub-account with such a voucher of its own, which it cannot apply for", async () => {
    const programme = await open();
    const more = { more: { supplier: "hill" } };
    expect(await wrongIn(world.apply(programme, { ...more, tenant: "t1" }))).toContain(
      '"t1" is a sub-account of t0, which applies and gives it a part',
    );
    await world.apply(programme, { ...more, tenant: "t7" });
    await putSubAccount(hub, { account: asId("t7"), parent: asId("t0"), by: operator });
    const { id } = await apply(programme);
    expect(await wrongIn(split(id, { t7: "1" }))).toContain("has a voucher of");
  });
});

test("a sub-account is one tenant's for good, and has none itself", async () => {
  const put = (account: string, parent: string) =>
    putSubAccount(hub, { account: asId(account), parent: asId(parent), by: operator });
  expect(await put("t1", "t0")).toEqual({ account: "t1", parent: "t0" });
  expect(await wrongIn(put("t1", "t4"))).toContain("t1 is a sub-account of t0");
  expect(await wrongIn(put("t4", "t1"))).toContain("t1 is a sub-account itself, of t0");
  expect(await wrongIn(put("t0", "t4"))).toContain("t0 has a sub-account itself, t1");
  expect(await wrongIn(put("t4", "t4"))).toMatch(/^wrong-state/);
  expect(await wrongIn(put("nobody", "t0"))).toMatch(/^not-found/);
});
