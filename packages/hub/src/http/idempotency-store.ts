import type { Sql } from "../db/index.ts";

/** One request under its idempotency key. */
export interface KeyClaim {
  /** Whose key it is, so that two callers' keys never meet: "tenant/acme", "key/<id>". */
  readonly owner: string;
  readonly key: string;
  /** `call.fingerprint`. */
  readonly fingerprint: Uint8Array;
  /** What the request makes: the id of the job, of the transfer. */
  readonly subject: string;
}

export type KeyOutcome =
  /** Never seen: go on and make `subject`. */
  | { readonly kind: "first" }
  /** The same request was done before: answer with what it made. */
  | { readonly kind: "repeat"; readonly subject: string }
  /** Another request had this key: refuse with `key-reused`. */
  | { readonly kind: "reused" };

/**
 * Claims keys for the transaction it is called in, in the claims' order; two claims of one key in
 * one call are judged like two calls. Waits while another transaction holds one of the keys. A
 * claim is kept for ever once the transaction commits.
 */
export async function claimKeys(sql: Sql, claims: readonly KeyClaim[]): Promise<KeyOutcome[]> {
  if (claims.length === 0) return [];
  // `do update` rather than `do nothing`, because only that returns the row that is in the way. The
  // order keeps two batches from waiting for each other.
  const rows = await sql<{ isFirst: boolean; isSame: boolean; subject: string }>`
    with given as (
      select * from unnest(
        ${claims.map(({ owner }) => owner)}::text[],
        ${claims.map(({ key }) => key)}::text[],
        ${claims.map(({ fingerprint }) => fingerprint)}::bytea[],
        ${claims.map(({ subject }) => subject)}::text[])
        with ordinality as given (owner, key, fingerprint, subject, place)),
    chosen as (
      select distinct on (owner, key) * from given order by owner, key, place),
    kept as (
      insert into idempotency_keys as k (owner, key, fingerprint, subject)
      select owner, key, fingerprint, subject from chosen order by owner, key
      on conflict (owner, key) do update set owner = excluded.owner
      returning k.owner, k.key, k.fingerprint, k.subject, xmax = 0 as inserted)
    select kept.inserted and chosen.place = given.place as "isFirst",
      kept.fingerprint = given.fingerprint as "isSame", kept.subject
    from given join kept using (owner, key) join chosen using (owner, key)
    order by given.place`;
  return rows.map(({ isFirst, isSame, subject }): KeyOutcome =>
    isFirst ? { kind: "first" } : isSame ? { kind: "repeat", subject } : { kind: "reused" },
  );
}

/**
 * Gives back keys claimed in this very transaction, for requests that were refused after all: the
 * caller may mend what was wrong and come again with the same key.
 */
export async function releaseKeys(
  sql: Sql,
  claims: readonly Pick<KeyClaim, "owner" | "key">[],
): Promise<void> {
  if (claims.length === 0) return;
  await sql`
    delete from idempotency_keys using unnest(
      ${claims.map(({ owner }) => owner)}::text[],
      ${claims.map(({ key }) => key)}::text[]) as given (owner, key)
    where idempotency_keys.owner = given.owner and idempotency_keys.key = given.key`;
}
