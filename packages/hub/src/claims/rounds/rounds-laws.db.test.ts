import type { ProgrammeId } from "@wadi/core/units";
import type { ClaimId } from "@wadi/protocol";
import { expect, test } from "vitest";

import { connectDb, type Db } from "../../db/index.ts";
import { createTestDatabase } from "../../testing/index.ts";
import { claimsWorld, officers, type World } from "../claims-world.testing.ts";
import { breaking, chance, expectLaws, standing, watch } from "../laws.testing.ts";
import {
  approve,
  claimsNow,
  holdRound,
  propose,
  sharing,
  stage,
  windows,
} from "./rounds.testing.ts";
import type { StoredClaim } from "../claim/store.ts";

/*
 * Claims of two windows and their rounds, every command sent 1 to 10 times, in any order and at
 * once, each time perhaps broken off before one of its statements: balances, counters and claims
 * come out the same.
 */

interface Claim {
  readonly name: string;
  id: ClaimId;
}
type Command = (world: World, claim: Claim) => Promise<unknown>;

const bring: Command = (world, { id }) => world.evidence(id, "contract");
const agree =
  (person: number): Command =>
  (world, { id }) =>
    world.move(id, "agree", officers[person]);
const withdraw: Command = (world, { id }) => world.withdraw(id);

const words = { en: "x", zh: "x" };

/** What happens to claims of each kind: while the window is open, under notice, and afterwards. */
const lives: Readonly<Record<string, readonly (readonly Command[])[]>> = {
  through: [[bring, agree(0)], [], []],
  "withdrawn early": [[bring, agree(0), withdraw], [], []],
  "withdrawn under notice": [[bring, agree(0)], [withdraw], []],
  refused: [[bring, (world, { id }) => world.move(id, "refuse")], [], []],
  late: [[], [bring, agree(0)], []],
  never: [[], [], []],
};
const names = Object.keys(lives).flatMap((kind) => [`${kind} 1`, `${kind} 2`, `${kind} 3`]);

const evidence = [{ kind: "contract", text: { en: "contract", zh: "合同" } }];
const redemption = { evidence, stages: [stage], notice: { days: 5 } };
/** Each claim has a rank of its own, so that the order does not depend on who came first. */
const ranks = names.map((_, index) => {
  return { when: { fact: "applicant.staff", atLeast: 100 - index }, rank: index + 1 };
});
/** Half of the money, and card-hours beside it. */
const parts = [
  { code: "use", text: words, rates: [{ rate: "50 %" }] },
  {
    ...{ code: "hours", text: words },
    inKind: {
      ...{ unit: "card-hours", share: "50 %" },
      quotas: [{ code: "pool", per: "programme", amount: 1000 }],
    },
  },
];
const kinds = {
  "equal ratio": {
    ...sharing("1234.56", { redemption: { ...redemption, shortage: "equal-ratio" } }),
    priority: { ranks },
  },
  "a competition": {
    ...sharing("3000.00", { redemption, priority: { ranks }, parts, combine: [] }),
    lifecycle: {
      ...{ mode: "claim-then-redeem", releasedBudgetReturns: true },
      cadence: { kind: "competitive", windows, places: 4 },
    },
  },
};

async function play(kind: keyof typeof kinds, { seed, isCalm }: { seed: number; isCalm: boolean }) {
  const { url, drop } = await createTestDatabase();
  const db = connectDb(url);
  try {
    const world = await claimsWorld(db);
    const programme = await world.open(kinds[kind]);
    const send = sender(world, db, isCalm ? null : chance(seed * 31 + 1));
    const claims = names.map((name): Claim => ({ name, id: "" as ClaimId }));
    if (!isCalm) claims.sort(() => chance(seed)(3) - 1);
    const stop = watch(db);
    for (const claim of claims) {
      claim.id = ((await send((one) => applyAs(one, programme, claim.name))) as StoredClaim).id;
    }
    const phase = (index: number) =>
      Promise.all(
        claims.map(async (claim) => {
          const done: Command[] = [];
          for (const command of lives[claim.name.slice(0, -2)]![index]!) {
            await send((one) => command(one, claim));
            done.push(command);
            // What was done before comes once more, late.
            if (!isCalm) await send((one) => done[0]!(one, claim));
          }
        }),
      );
    await phase(0);
    world.clock.turn({ hours: 24 * 9 });
    await decide(programme, send);
    await phase(1);
    world.clock.turn({ hours: 24 * 31 });
    await send((one) => one.sweep());
    await decide(programme, send);
    world.clock.turn({ hours: 24 * 6 });
    await Promise.all([send((one) => one.sweep()), send((one) => one.sweep())]);
    await world.sweep();
    expect(await stop()).toBeGreaterThan(0);
    await db.transaction(expectLaws, { isolation: "repeatable read" });
    return await standing(db, programme);
  } finally {
    await db.close();
    await drop();
  }
}

type Send = (command: (world: World) => Promise<unknown>) => Promise<unknown>;

/** Proposed and approved, each again and again, by two persons at once. */
async function decide(programme: ProgrammeId, send: Send): Promise<void> {
  const round = (await send((world) => propose(world, programme, { close: true }))) as {
    id: Parameters<typeof approve>[2]["id"];
  };
  await Promise.all(
    [1, 2].map((person) =>
      send((world) => approve(world, programme, { id: round.id, by: officers[person]! })),
    ),
  );
}

function sender(world: World, db: Db, chances: ReturnType<typeof chance> | null): Send {
  const next = chances ?? (() => 0);
  return async (command) => {
    for (let times = next(10); times > 0; times -= 1) {
      const isBroken = next(2) === 0;
      const how = { last: 1 + next(30), how: next(3) === 0 ? 1 : 0 };
      const through = isBroken ? world.through(breaking(db, how)) : world;
      const sent = command(through).catch((error: unknown) => error);
      if (next(2) === 0) await sent; // else the next one is sent meanwhile
      await (isBroken ? sent : undefined);
    }
    return command(world).catch((error: unknown) => error); // at least once
  };
}

const applyAs = (world: World, programme: ProgrammeId, name: string) => {
  const index = names.indexOf(name);
  const facts = { ...basic, "applicant.staff": 100 - index };
  const amount = `${300 + index * 17}.0${index % 10}`;
  const line = {
    ...{ id: "compute", facts: { "line.class": "compute", "line.place": "131003" } },
    ...{ amounts: { contract: amount }, quantities: { "card-hours": 300 + index } },
  };
  const of = { contract: name, once: `once ${name}`, more: { facts, lines: [line] } };
  return world.apply(programme, of);
};

const basic = {
  "applicant.legalForm": "company",
  "applicant.lists": [],
  "applicant.leadsProjects": [],
  "supplier.registeredIn": "131003",
};

const statesOf = ({ claims }: Awaited<ReturnType<typeof standing>>) => {
  const states = claims.map(
    ({ contract, state }) => `${contract.slice(0, -1).toLowerCase()}: ${state}`,
  );
  return [...new Set(states)].toSorted();
};

const ends = [
  ...["late: issued", "never: refused", "refused: refused", "through: issued"],
  ...["withdrawnearly: withdrawn", "withdrawnundernotice: withdrawn"],
];

test.each([
  ["equal ratio", 1, ends],
  // Of those that withdrew under notice only one had been placed.
  ["a competition", 2, [...ends, "withdrawnundernotice: refused"]],
] as const)(
  "rounds by %s: repeats, another order and crashes at writes change nothing",
  async (kind, seed, states) => {
    const calm = await play(kind, { seed, isCalm: true });
    expect(calm.units.length > 0).toBe(kind === "a competition");
    expect(statesOf(calm)).toEqual(states.toSorted());
    expect(await play(kind, { seed, isCalm: false })).toEqual(calm);
  },
  90_000,
);

test("two hubs that approve at once, while others claim for the same contracts", async () => {
  const { url, drop } = await createTestDatabase();
  const db = connectDb(url);
  try {
    const world = await claimsWorld(db);
    const publicCeiling = { code: "ceiling", text: words, rate: "100 %", amount: "75.01" };
    const rolling = await world.open({ caps: [], budget: { amount: "1000万" }, publicCeiling });
    const programme = await world.open(sharing("777.77", { publicCeiling }));
    const claims = await Promise.all(
      Array.from({ length: 30 }, (_, index) => {
        return world.apply(programme, { contract: `c${index % 10}`, amount: "100.00" });
      }),
    );
    world.clock.turn({ hours: 24 * 9 });
    const stop = watch(db);
    const { id } = await propose(world, programme);
    const [others, ...approvals] = await Promise.all([
      Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          world.apply(rolling, { contract: `c${index % 10}`, amount: "100.00" }),
        ),
      ),
      ...[1, 2, 1, 2].map((person) =>
        approve(world, programme, { id, by: officers[person]! }).catch((error: unknown) => error),
      ),
    ]);
    // Whoever was first: the round held, for all four alike, or it changed under them.
    const codes = new Set(approvals.map((one) => (one as { code?: string }).code ?? "approved"));
    expect([...codes]).toHaveLength(1);
    if (!codes.has("approved")) await holdRound(world, programme);
    await expect(stop()).resolves.toBeGreaterThan(0);
    const ids = claims.map((claim) => claim.id);
    const granted = (await claimsNow(world, ids)).reduce((sum, one) => sum + one.granted, 0n);
    expect(granted).toBeLessThanOrEqual(777_770_000n);
    const issued = [...(await claimsNow(world, [...ids, ...others.map((one) => one.id)]))];
    const all = issued.reduce((sum, one) => sum + one.granted, 0n);
    expect(all).toBeLessThanOrEqual(10n * 75_010_000n);
    await db.transaction(expectLaws, { isolation: "repeatable read" });
  } finally {
    await db.close();
    await drop();
  }
}, 30_000);
