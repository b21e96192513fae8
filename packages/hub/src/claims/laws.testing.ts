import { formatYuan } from "@wadi/core/units";
import { expect } from "vitest";

import type { Db, Sql } from "../db/index.ts";
import { breachesIn } from "../ledger/index.ts";
import { auditClaims } from "./board/audit-claims.ts";
import type { StoredClaim } from "./claim/store.ts";

/* What the laws of claims are tried with: chance, broken transactions, what must hold always. */

/** Random and repeatable: the same seed gives the same history. */
export function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A transaction that ends just before one of its statements, or before its commit. */
export function breaking(db: Db, { last, how }: { last: number; how: number }): Db["transaction"] {
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
export function watch(db: Db): () => Promise<number> {
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

export async function expectLaws(sql: Sql): Promise<void> {
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
export async function standing(db: Db, programme: string) {
  const plain = (text: string) => text.replaceAll(programme, "P");
  const rows = await db.sql<{ path: string; balance: bigint }>`
    select path, credits - debits as balance from accounts where credits <> debits`;
  const counters = await db.sql<{ key: string; used: bigint }>`
    select key, used from counters where used <> 0`;
  const claims = await db.sql<Pick<StoredClaim, "contract" | "state" | "stage" | "granted">>`
    select contract, state, stage, granted, redeemed, released, last_day::text as last,
      progress::text as progress
    from claims order by contract`;
  const units = await db.sql<{ contract: string; kind: string; sum: bigint }>`
    select contract, kind, sum(quantity)::bigint as sum
    from in_kind_moves join claims on claims.id = in_kind_moves.claim group by 1, 2`;
  return {
    units: units.map(({ contract, kind, sum }) => `${contract} ${kind} ${sum}`).toSorted(),
    balances: rows.map(({ path, balance }) => `${plain(path)} ${balance}`).toSorted(),
    counters: counters.map(({ key, used }) => `${plain(key)} ${used}`).toSorted(),
    claims: claims.map((claim) => ({ ...claim, granted: formatYuan(claim.granted) })),
  };
}
