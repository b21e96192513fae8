import type { ClaimId } from "@wadi/protocol";
import { expect, test } from "vitest";

import { connectDb } from "../db/index.ts";
import { createTestDatabase } from "../testing/index.ts";
import { billed, claimsWorld, officers, type World } from "./claims-world.testing.ts";
import { breaking, chance, expectLaws, standing, watch } from "./laws.testing.ts";
import { contractNumber } from "./claim/contract-number.ts";
import type { StoredClaim } from "./claim/store.ts";

/*
 * Every command of a claim's life sent 1 to 10 times, claims and repeats in any order and at once,
 * each time perhaps broken off before one of its statements, by an abort or by the connection's
 * end: balances, counters and claims come out the same. At every instant the books hold and the
 * counters are what was decided.
 */

const words = { en: "x", zh: "x" };
const ceiling = { code: "ceiling", text: words, rate: "100 %", amount: "75.01" };

/** One command of the life of claim `name`; `id` once it was applied for. */
type Command = (world: World, claim: { name: string; id: ClaimId }) => Promise<unknown>;

/** A bill of so many yuan, and as many whole card-hours. */
const redeem =
  (id: string, amount: string, last = false): Command =>
  (world, { id: claim }) => {
    const quantities = { "card-hours": amount.replace(/\..*/, "") };
    const lines = billed(amount).map((line) => ({ ...line, quantities }));
    return world.redeem(claim, { id, lines, last });
  };
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

/** Half of the money, and half of the card-hours beside it. */
const parts = [
  { code: "use", text: words, rates: [{ rate: "50 %" }] },
  {
    ...{ code: "hours", text: words },
    inKind: {
      ...{ unit: "card-hours", share: "50 %" },
      quotas: [{ code: "pool", per: "programme", amount: 10_000 }],
    },
  },
];

const rules = {
  ...{ parts, combine: [] },
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

async function play(seed: number, { isCalm, reserves }: { isCalm: boolean; reserves: string }) {
  const { url, drop } = await createTestDatabase();
  const db = connectDb(url);
  try {
    const world = await claimsWorld(db);
    const lifecycle = { ...rules.lifecycle, reserves };
    const programme = await world.open({ ...rules, lifecycle });
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

const asked = {
  lines: [
    {
      id: "compute",
      facts: { "line.class": "compute", "line.place": "131003" },
      ...{ amounts: { contract: "1300.00" }, quantities: { "card-hours": 1300 } },
    },
  ],
};

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
    world.apply(of.programme, { contract: name, once: `once ${name}`, more: asked });
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

test.each([
  [1, "grant"],
  [2, "application"],
])(
  "seed %d, budget taken up by the %s: repeats, another order and crashes at writes change nothing",
  async (seed, reserves) => {
    const calm = await play(seed, { isCalm: true, reserves });
    expect(calm.claims.map(({ state }) => state).toSorted()).toEqual(
      [
        ...["clawed-back", "expired", "incomplete", "refused", "settled"],
        ...["withdrawn", "withdrawn"],
      ].flatMap((state) => [state, state]),
    );
    const settled = contractNumber("settled 1");
    const moves = ["draw 450", "grant 650", "release 200"].map((move) => `${settled} ${move}`);
    expect(calm.units.filter((text) => text.startsWith(settled))).toEqual(moves);
    expect(await play(seed, { isCalm: false, reserves })).toEqual(calm);
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
