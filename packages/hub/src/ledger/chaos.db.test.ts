import { createHash } from "node:crypto";
import { accounts, type AccountRef, type Transfer, type TransferKind } from "@wadi/core/ledger";
import { asId, microYuan, oneFen, type HoldId, type JobId } from "@wadi/core/units";
import { expect, test } from "vitest";

import { connectDb, type Db, type Sql } from "../db/index.ts";
import { createTestDatabase } from "../testing/index.ts";
import { auditJournal, placeHolds, postTransfers } from "./index.ts";
import { listAccounts } from "./store.ts";

/*
 * Every command sent 1 to 10 times, in any order, each time perhaps broken off at one of its
 * writes, by an abort or by the connection's end: the balances come to the same root.
 */

const at = Temporal.Instant.from("2026-03-01T00:00:00Z");

/** Random and repeatable: the same seed gives the same history. */
function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Of every balance, by path: two books that stand alike have the same. */
async function rootOf(db: Db): Promise<string> {
  const rows = await listAccounts(db.sql, { after: "", limit: 10_000 });
  const text = rows.map(({ path, debits, credits }) => `${path} ${debits} ${credits}`).join("\n");
  return createHash("sha256").update(text).digest("hex");
}

type Command = (sql: Sql) => Promise<unknown>;

/** Commands that all succeed in whatever order: what they spend is there from the start. */
function commandsOf(seed: number): { opening: Transfer[]; commands: Command[] } {
  const next = chance(seed);
  const [fund, programme] = [asId<never>("city"), asId<never>("ai")];
  const tenants = Array.from({ length: 4 }, (_, i) => asId<never>(`t${i}`));
  const opening = tenants.flatMap((tenant) => {
    const of = { fund, programme, tenant };
    const rich = { amount: microYuan(1_000_000n * oneFen) };
    return [
      one("top-up", accounts.bank(), accounts.prepaid(tenant), `open/${tenant}`, rich),
      one("subsidy", accounts.due(fund), accounts.payable(asId("hill")), `due/${tenant}`, rich),
      one(
        "appropriate",
        accounts.appropriation(fund),
        accounts.available(fund),
        `a/${tenant}`,
        rich,
      ),
      one("grant", accounts.available(fund), accounts.issued(of), `grant/${tenant}`, rich),
      ...(["reserve", "redeem"] as const).map((kind) =>
        kind === "reserve"
          ? one(kind, accounts.issued(of), accounts.reserved(of), `r/${tenant}`, {
              ...rich,
              hold: id(tenant),
            })
          : one(kind, accounts.reserved(of), accounts.redeemed(of), `v/${tenant}`, {
              ...rich,
              hold: id(tenant),
            }),
      ),
    ];
  });
  const commands = Array.from({ length: 24 }, (_, i): Command => {
    const tenant = tenants[next(tenants.length)]!;
    const amount = microYuan(BigInt(1 + next(500)) * oneFen);
    const of = { fund, programme, tenant };
    const group = (): Transfer[] => {
      switch (i % 3) {
        case 0:
          return [one("top-up", accounts.bank(), accounts.prepaid(tenant), `c/${i}`, { amount })];
        case 1:
          return [
            one("claw-back", accounts.redeemed(of), accounts.clawback(of), `c/${i}`, { amount }),
            one("clawed-back", accounts.clawback(of), accounts.available(fund), `d/${i}`, {
              amount,
            }),
            one("pay-back", accounts.prepaid(tenant), accounts.due(fund), `e/${i}`, { amount }),
          ];
        default:
          return [one("withdraw", accounts.prepaid(tenant), accounts.bank(), `c/${i}`, { amount })];
      }
    };
    if (i % 4 === 0) {
      const hold = { id: id(`h${i}`), tenant, job: asId<JobId>(id(`h${i}`)), at };
      return (sql) => placeHolds(sql, [{ ...hold, cash: amount, voucher: null }]);
    }
    const transfers = group();
    return (sql) => postTransfers(sql, [transfers], at);
  });
  return { opening, commands };
}

function one(
  kind: TransferKind,
  from: AccountRef,
  to: AccountRef,
  fact: string,
  { amount, hold = null }: { amount: Transfer["amount"]; hold?: HoldId | null },
): Transfer {
  const rest = { amount, hold, job: null, run: null, note: "", happenedAt: at };
  return { ...rest, kind, from, to, fact };
}

/** A UUID made of a name. */
function id(name: string): HoldId {
  const hex = createHash("sha256").update(name).digest("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return asId(`${parts.join("-")}-${hex.slice(20, 32)}`);
}

/** Runs a command in a transaction that ends just before one of its statements. */
async function broken(db: Db, command: Command, { last, how }: { last: number; how: number }) {
  const run = db.transaction(async (sql) => {
    let count = 0;
    const failing = (async (...given: Parameters<Sql>) => {
      count += 1;
      if (count < last) return sql(...given);
      if (how === 0) throw new Error("aborted");
      await sql`select pg_terminate_backend(pg_backend_pid())`;
      throw new Error("not reached: the connection is gone");
    }) as Sql;
    await command(failing);
    throw new Error("broken off before the commit");
  });
  await expect(run).rejects.toThrow(/aborted|broken off|terminat|closed|connection/i);
}

async function play(seed: number, isCalm: boolean): Promise<string> {
  const { url, drop } = await createTestDatabase();
  const db = connectDb(url);
  try {
    const { opening, commands } = commandsOf(seed);
    await db.transaction((sql) => postTransfers(sql, [opening], at));
    const next = chance(seed * 31 + 1);
    const sent = commands.flatMap((command) =>
      Array.from({ length: isCalm ? 1 : 1 + next(10) }, () => ({ command, place: next(1 << 30) })),
    );
    if (!isCalm) sent.sort((a, b) => a.place - b.place);
    for (const { command, place } of sent) {
      if (!isCalm && place % 2 === 0) {
        await broken(db, command, { last: 1 + (place % 11), how: place % 5 === 0 ? 1 : 0 });
      } else {
        await db.transaction(command);
      }
    }
    for (const command of isCalm ? [] : commands) await db.transaction(command); // at least once
    const { checks } = await db.transaction(auditJournal, { isolation: "repeatable read" });
    expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
    return await rootOf(db);
  } finally {
    await db.close();
    await drop();
  }
}

test.each([1, 2, 3])(
  "seed %d: repeats, another order and crashes at writes leave one root",
  async (seed) => {
    const calm = await play(seed, true);
    expect(await play(seed, false)).toBe(calm);
  },
);
