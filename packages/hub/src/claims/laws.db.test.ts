import { formatYuan } from "@wadi/core/units";
import type { ClaimId } from "@wadi/protocol";
import { expect, test } from "vitest";

import { connectDb, type Db, type Sql } from "../db/index.ts";
import { breachesIn } from "../ledger/index.ts";
import { createTestDatabase } from "../testing/index.ts";
import { auditClaims } from "./audit-claims.ts";
import { billed, claimsWorld, officers, type World } from "./claims-world.testing.ts";
import type { StoredClaim } from "./store.ts";

/*
 * Every command of a claim's life sent 1 to 10 times, claims and repeats in any order and at once,
 * each time perhaps broken off before one of its statements, by an abort or by the connection's
 * end: balances, counters and claims come out the same. At every instant the books hold and the
 * counters are what was decided.
 */

/** Random and repeatable: the same seed gives the same history. */
function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const words = { en: "x", zh: "x" };
const ceiling = { code: "ceiling", text: words, rate: "100 %", amount: "75.01" };

/** One command of the life of claim `name`; `id` once it was applied for. */
type Command = (world: World, claim: { name: string; id: ClaimId }) => Promise<unknown>;

const redeem =
  (id: string, amount: string, last = false): Command =>
  (world, { id: claim }) =>
    world.redeem(claim, { id, lines: billed(amount), last });
const bring: Command = (world, { id }) => world.evidence(id, "contract");
const agree =
  (person: number): Command =>
  (world, { id }) =>
    world.move(id, "agree", officers[person]);
const upToIssue = [bring, agree(0), agree(1)];

/** What happens to claims after they were applied for; each kind ends otherwise. */
const lives: Readonly<Record<string, readonly Command[]>> = {
  settled: [...upToIssue, redeem("b1", "400.01"), redeem("b2", "500.00", true)],
  withdrawn: [...upToIssue, (world, { id }) => world.withdraw(id)],
  "withdrawn early": [bring, agree(0), (world, { id }) => world.withdraw(id)],
  expired: [...upToIssue, redeem("b1", "111.11")],
  "clawed back": [
    ...upToIssue,
    redeem("b1", "333.33"),
    (world, { id }) => world.move(id, "claw-back"),
  ],
  refused: [bring, (world, { id }) => world.move(id, "refuse")],
  incomplete: [],
};

const rules = {
  publicCeiling: { code: "ceiling", text: { en: "all", zh: "合计" }, rate: "60 %" },
  lifecycle: {
    mode: "claim-then-redeem",
    validity: { months: 1 },
    releasedRoomReturns: true,
    releasedBudgetReturns: true,
  },
  control: { clawback: { interestPerYear: "3.65 %", banMonths: 0 } },
  redemption: {
    evidence: [{ kind: "contract", text: { en: "contract", zh: "合同" } }],
    stages: [{ code: "look", text: { en: "look", zh: "审" }, office: "district", persons: 2 }],
  },
};

/** A transaction that ends just before one of its statements, or before its commit. */
function breaking(db: Db, { last, how }: { last: number; how: number }): Db["transaction"] {
  return (work, options) =>
    db.transaction(async (sql) => {
      let count = 0;
      const failing = (async (...given: Parameters<Sql>) => {
        count += 1;
        if (count < last) return sql(...given);
        if (how === 0) throw new Error("aborted");
        await sql`select pg_terminate_backend(pg_backend_pid())`;
        throw new Error("not reached: the connection is gone");
      }) as Sql;
      await work(failing);
      throw new Error("broken off before the commit");
    }, options);
}

/** Looks at the books again and again until told to stop. */
function watch(db: Db): () => Promise<number> {
  const state = { isOver: false };
  const watching = (async () => {
    let looks = 0;
    while (!state.isOver) {
      await db.transaction(expectLaws, { isolation: "repeatable read" });
      looks += 1;
    }
    return looks;
  })();
  return () => {
    state.isOver = true;
    return watching;
  };
}

async function expectLaws(sql: Sql): Promise<void> {
  expect(await breachesIn(sql)).toEqual([]);
  const checks = await auditClaims(sql);
  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
  const kinds = await sql<{ book: string; kind: string; sum: bigint }>`
    select book, split_part(path, '/', 1) as kind, sum(credits - debits)::bigint as sum
    from accounts group by 1, 2`;
  const of = (...names: string[]) =>
    kinds.reduce((sum, row) => (names.includes(row.kind) ? sum + row.sum : sum), 0n);
  expect(kinds.reduce((all, { sum }) => all + sum, 0n)).toBe(0n);
  // Of what was appropriated, all that is neither available nor issued.
  const elsewhere = of("reserved", "redeemed", "expired", "returned", "clawback");
  expect(elsewhere).toBe(-of("appropriation") - of("available") - of("issued"));
}

/** All that two histories must have the same: names instead of ids. */
async function standing(db: Db, programme: string) {
  const plain = (text: string) => text.replaceAll(programme, "P");
  const rows = await db.sql<{ path: string; balance: bigint }>`
    select path, credits - debits as balance from accounts where credits <> debits`;
  const counters = await db.sql<{ key: string; used: bigint }>`
    select key, used from counters where used <> 0`;
  const claims = await db.sql<Pick<StoredClaim, "contract" | "state" | "stage" | "granted">>`
    select contract, state, stage, granted, redeemed, released, last_day::text as last,
      progress::text as progress
    from claims order by contract`;
  return {
    balances: rows.map(({ path, balance }) => `${plain(path)} ${balance}`).toSorted(),
    counters: counters.map(({ key, used }) => `${plain(key)} ${used}`).toSorted(),
    claims: claims.map((claim) => ({ ...claim, granted: formatYuan(claim.granted) })),
  };
}

async function play(seed: number, isCalm: boolean) {
  const { url, drop } = await createTestDatabase();
  const db = connectDb(url);
  try {
    const world = await claimsWorld(db);
    const programme = await world.open(rules);
    const next = chance(seed * 31 + 1);
    const send = async (of: Command, claim: { name: string; id: ClaimId }): Promise<unknown> => {
      if (isCalm) return of(world, claim);
      for (let times = next(10); times > 0; times -= 1) {
        const how = { last: 1 + next(14), how: next(3) === 0 ? 1 : 0 };
        const isBroken = next(2) === 0;
        const through = isBroken ? world.through(breaking(db, how)) : world;
        const sent = of(through, claim).catch((error: unknown) => error);
        if (next(2) === 0) await sent; // else the next one is sent meanwhile
        await (isBroken ? sent : undefined);
      }
      return of(world, claim).catch((error: unknown) => error); // at least once
    };
    const names = Object.keys(lives).flatMap((kind) => [`${kind} 1`, `${kind} 2`]);
    if (!isCalm) names.sort(() => next(3) - 1);
    const stop = watch(db);
    await Promise.all(names.map((name) => live(name, { programme, send, isCalm, next })));
    world.clock.turn({ hours: 24 * 40 });
    for (let times = isCalm ? 0 : 5; times > 0; times -= 1) {
      await world.through(breaking(db, { last: 1 + next(12), how: next(2) })).sweep();
    }
    await Promise.all([world.sweep(), world.sweep()]);
    expect(await stop()).toBeGreaterThan(0);
    await db.transaction(expectLaws, { isolation: "repeatable read" });
    return await standing(db, programme);
  } finally {
    await db.close();
    await drop();
  }
}

async function live(
  name: string,
  of: {
    programme: string;
    send: (command: Command, claim: { name: string; id: ClaimId }) => Promise<unknown>;
    isCalm: boolean;
    next: (below: number) => number;
  },
): Promise<void> {
  const applying: Command = (world) =>
    world.apply(of.programme, { contract: name, once: `once ${name}` });
  const claim = { name, id: "" as ClaimId };
  claim.id = ((await of.send(applying, claim)) as StoredClaim).id;
  const done = [applying];
  for (const command of lives[name.slice(0, -2)]!) {
    await of.send(command, claim);
    done.push(command);
    // What was done before comes once more, late.
    if (!of.isCalm) await of.send(done[of.next(done.length)]!, claim);
  }
}

test.each([1, 2])(
  "seed %d: repeats, another order and crashes at writes change nothing",
  async (seed) => {
    const calm = await play(seed, true);
    expect(calm.claims.map(({ state }) => state).toSorted()).toEqual(
      [
        ...["clawed-back", "expired", "incomplete", "refused", "settled"],
        ...["withdrawn", "withdrawn"],
      ].flatMap((state) => [state, state]),
    );
    expect(await play(seed, false)).toEqual(calm);
  },
  60_000,
);

test.each([
  ["cap", { caps: [capOf("applicant")] }, "yearly"],
  ["cap on redemptions", { caps: [{ ...capOf("applicant"), counts: "redeemed" }] }, "yearly"],
  ["budget", { caps: [], budget: { amount: "100.01" } }, "budget"],
  ["payer's budget", { caps: [], payers: [payerOf("100.01")] }, "payer-budget"],
  ["ceiling", { caps: [], publicCeiling: ceiling }, "ceiling"],
])("a %s is not passed by a fen, however many claim at once", async (_, differs, code) => {
  const { url, drop } = await createTestDatabase();
  const db = connectDb(url);
  try {
    const world = await claimsWorld(db);
    const programme = await world.open({ budget: { amount: "1000万" }, ...differs });
    const claims = await Promise.all(
      // 50 yuan is half of 100; room for two, and one fen.
      Array.from({ length: 60 }, () => {
        return world.apply(programme, { amount: "100.00", contract: "one" });
      }),
    );
    const issued = claims.filter(({ state }) => state === "issued");
    const bills = await Promise.all(
      issued.map(({ id }) => world.redeem(id, { lines: billed("100.00"), last: true })),
    );
    const redeemed = bills.reduce((sum, { redemption }) => sum + redemption.redeemed, 0n);
    expect(redeemed).toBe(code === "ceiling" ? 75_010_000n : 100_010_000n);
    const refused = [...claims.flatMap((one) => one.decision!.refused), ...bills.flatMap(reasons)];
    const codes = new Set(refused.map((one) => one.code));
    codes.delete("above-grant"); // the bill is for more than was left to be granted
    expect(codes).toEqual(new Set([code]));
    await db.transaction(expectLaws, { isolation: "repeatable read" });
  } finally {
    await db.close();
    await drop();
  }
});

const reasons = ({ redemption }: Awaited<ReturnType<World["redeem"]>>) => redemption.refused;

function capOf(per: string) {
  const limit = { amount: "100.01" };
  return { code: "yearly", text: words, per, period: "calendar-year", limit };
}
function payerOf(amount: string) {
  const budget = { amount, period: "calendar-year" };
  return { code: "city", text: words, level: "city", fund: "city", budget };
}
