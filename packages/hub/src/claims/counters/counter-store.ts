import type { Counters, Touched } from "@wadi/core/vouchers";

import type { Sql } from "../../db/index.ts";

/** What is added to a counter, or given back to it. */
export type Taken = Pick<Touched, "key" | "by">;

/**
 * Locks counters for the rest of the transaction, in the order of their keys, and reads them. A
 * counter that nobody wrote yet is made, so that it can be locked. All claims that could meet on a
 * cap, a budget or a contract wait for one another here, and for nobody else.
 */
export async function lockCounters(sql: Sql, keys: readonly string[]): Promise<Counters> {
  const sorted = [...new Set(keys)].toSorted();
  if (sorted.length === 0) return () => 0n;
  const opening = sql`
    insert into counters (key, used) select key, 0 from unnest(${sorted}::text[]) as given (key)
    order by key collate "C" on conflict do nothing`;
  const locking = sql<{ key: string; used: bigint }>`
    select key, used from counters where key = any(${sorted}::text[])
    order by key collate "C" for update`;
  const [, rows] = await Promise.all([opening, locking]);
  const used = new Map(rows.map((row) => [row.key, row.used]));
  return (key) => {
    const value = used.get(key);
    if (value === undefined) throw new Error(`the counter ${key} was not locked`);
    return value;
  };
}

/** Reads counters as they stand, for an answer that takes nothing. */
export async function readCounters(sql: Sql, keys: readonly string[]): Promise<Counters> {
  const rows = await sql<{ key: string; used: bigint }>`
    select key, used from counters where key = any(${keys}::text[])`;
  const used = new Map(rows.map((row) => [row.key, row.used]));
  return (key) => used.get(key) ?? 0n;
}

/** Adds what decisions took, or gave back; the counters are locked. */
export async function addToCounters(sql: Sql, touched: readonly Taken[]): Promise<void> {
  const changed = sumUp(touched);
  if (changed.length === 0) return;
  await sql`
    update counters set used = used + given.by from unnest(
      ${changed.map(({ key }) => key)}::text[],
      ${changed.map(({ by }) => by)}::bigint[]) as given (key, by)
    where counters.key = given.key`;
}

/** By key, each once; what comes to nothing is left out. */
export function sumUp(taken: readonly Taken[]): Taken[] {
  const sums = new Map<string, bigint>();
  for (const { key, by } of taken) sums.set(key, (sums.get(key) ?? 0n) + by);
  return [...sums].flatMap(([key, by]) => (by === 0n ? [] : [{ key, by }]));
}

/** The same given back. */
export const givenBack = (taken: readonly Taken[]): Taken[] =>
  taken.map(({ key, by }) => ({ key, by: -by }));
