import {
  holdKey,
  refAsWritten,
  type Account,
  type AccountKind,
  type AccountPath,
  type AccountRef,
  type Book,
  type Hold,
  type HoldKey,
} from "@wadi/core/ledger";
import { microYuan, type HoldId, type MicroYuan, type ProgrammeId } from "@wadi/core/units";

import { fragment, type Sql } from "../db/index.ts";

/** The journal's last line. */
export interface Head {
  readonly seq: bigint;
  readonly hash: string;
  readonly knownAt: Temporal.Instant;
  /** What happened before is in a closed period. */
  readonly closedUntil: Temporal.Instant;
}

/** The head, locked until the transaction ends: whoever else posts waits. */
export async function lockHead(sql: Sql): Promise<Head> {
  const [head] = await sql<Head>`
    select ${headColumns} from journal_head for update`;
  return head!;
}

/** The head as it is, locked by nobody. */
export async function readHead(sql: Sql): Promise<Head> {
  const [head] = await sql<Head>`
    select ${headColumns} from journal_head`;
  return head!;
}

const headColumns = fragment`seq, encode(hash, 'hex') as hash, known_at as "knownAt",
  closed_until as "closedUntil"`;

export async function saveHead(
  sql: Sql,
  { seq, hash, knownAt }: Omit<Head, "closedUntil">,
): Promise<void> {
  await sql`
    update journal_head set seq = ${seq}, hash = decode(${hash}, 'hex'), known_at = ${knownAt}`;
}

/** An account and its number in this database. */
export interface StoredAccount extends Account {
  readonly id: bigint;
}

/** Those of the accounts that were ever used. */
export async function findAccounts(
  sql: Sql,
  paths: Iterable<AccountPath>,
): Promise<StoredAccount[]> {
  const rows = await sql<AccountRow>`
    select id, path, book, debits, credits from accounts where path = any(${[...paths]}::text[])`;
  return rows.map(toAccount);
}

/** Accounts by path, after the one given. */
export async function listAccounts(
  sql: Sql,
  { after, limit }: { after: string; limit: number },
): Promise<StoredAccount[]> {
  const rows = await sql<AccountRow>`
    select id, path, book, debits, credits from accounts
    where path > ${after} order by path limit ${limit}`;
  return rows.map(toAccount);
}

/** The accounts of a book that are of one of these kinds, by path. */
export async function accountsIn(
  sql: Sql,
  book: Book,
  kinds: readonly AccountKind[],
): Promise<StoredAccount[]> {
  const rows = await sql<AccountRow>`
    select id, path, book, debits, credits from accounts
    where book = ${book} and split_part(path, '/', 1) = any(${kinds}::text[]) order by path`;
  return rows.map(toAccount);
}

/** What stands on the accounts of vouchers, all tenants together, by kind of account. */
export async function sumVouchers(
  sql: Sql,
  programmes: readonly ProgrammeId[],
): Promise<{ kind: AccountKind; programme: ProgrammeId; balance: MicroYuan }[]> {
  const rows = await sql<{ kind: AccountKind; programme: ProgrammeId; balance: string }>`
    select split_part(path, '/', 1) as kind, split_part(path, '/', 3) as programme,
      sum(credits - debits) as balance
    from accounts where split_part(path, '/', 3) = any(${programmes}::text[]) group by 1, 2`;
  return rows.map((row) => ({ ...row, balance: microYuan(BigInt(row.balance)) }));
}

/** Vouchers of these programmes that have something left to use. */
export async function findUnused(
  sql: Sql,
  programmes: readonly ProgrammeId[],
): Promise<StoredAccount[]> {
  const rows = await sql<AccountRow>`
    select id, path, book, debits, credits from accounts
    where path like 'issued/%' and split_part(path, '/', 3) = any(${programmes}::text[])
      and credits > debits
    order by path`;
  return rows.map(toAccount);
}

/** Opens accounts that were never used, with nothing on them. The caller has the head locked. */
export async function openAccounts(
  sql: Sql,
  refs: readonly AccountRef[],
): Promise<StoredAccount[]> {
  const rows = await sql<AccountRow>`
    insert into accounts (path, book, debits, credits)
    select path, book, 0, 0 from unnest(
      ${refs.map(({ path }) => path)}::text[],
      ${refs.map(({ book }) => book)}::text[]) as one (path, book)
    returning id, path, book, debits, credits`;
  return rows.map(toAccount);
}

export async function saveTotals(sql: Sql, accounts: readonly StoredAccount[]): Promise<void> {
  await sql`
    update accounts set debits = now.debits, credits = now.credits
    from unnest(
      ${accounts.map(({ id }) => id)}::bigint[],
      ${accounts.map(({ debits }) => debits)}::bigint[],
      ${accounts.map(({ credits }) => credits)}::bigint[]) as now (id, debits, credits)
    where accounts.id = now.id`;
}

/** Of these holds, those that were placed, on all their accounts. */
export async function findHolds(sql: Sql, ids: Iterable<HoldId>): Promise<Map<HoldKey, Hold>> {
  const rows = await sql<HoldRow>`
    select holds.id, path as account, placed, remaining
    from holds join accounts on accounts.id = account
    where holds.id = any(${[...ids]}::uuid[])`;
  const holds = rows.map(toHold);
  return new Map(holds.map((hold) => [holdKey(hold), hold]));
}

export async function saveHolds(
  sql: Sql,
  holds: readonly (Omit<Hold, "account"> & { readonly account: bigint })[],
): Promise<void> {
  if (holds.length === 0) return;
  await sql`
    insert into holds (id, account, placed, remaining)
    select * from unnest(
      ${holds.map(({ id }) => id)}::uuid[],
      ${holds.map(({ account }) => account)}::bigint[],
      ${holds.map(({ placed }) => placed)}::bigint[],
      ${holds.map(({ remaining }) => remaining)}::bigint[])
    on conflict (id, account)
      do update set placed = excluded.placed, remaining = excluded.remaining`;
}

/** Holds with something left, by id and account, after one of them. */
export async function listOpenHolds(
  sql: Sql,
  { after, limit }: { after: HoldKey | null; limit: number },
): Promise<[HoldKey, Hold][]> {
  const [id, account] = after?.split("@") ?? [noHold, ""];
  const rows = await sql<HoldRow>`
    select holds.id, path as account, placed, remaining
    from holds join accounts on accounts.id = account
    where remaining > 0 and (holds.id > ${id!}::uuid or (holds.id = ${id!}::uuid
      and path > ${account!}))
    order by holds.id, path limit ${limit}`;
  return rows.map(toHold).map((hold) => [holdKey(hold), hold]);
}

const noHold = "00000000-0000-0000-0000-000000000000";

interface AccountRow {
  readonly id: bigint;
  readonly path: string;
  readonly book: string;
  readonly debits: bigint;
  readonly credits: bigint;
}

const toAccount = ({ id, path, book, debits, credits }: AccountRow): StoredAccount => ({
  id,
  ...refAsWritten({ path, book }),
  debits: microYuan(debits),
  credits: microYuan(credits),
});

interface HoldRow {
  readonly id: string;
  readonly account: string;
  readonly placed: bigint;
  readonly remaining: bigint;
}

const toHold = (row: HoldRow): Hold => ({
  id: row.id as HoldId,
  account: row.account as AccountPath,
  placed: microYuan(row.placed),
  remaining: microYuan(row.remaining),
});

/** What the holds on each account have left, and whatever was ever placed on it. */
export async function sumHolds(
  sql: Sql,
): Promise<{ account: AccountPath; placed: MicroYuan; remaining: MicroYuan }[]> {
  const rows = await sql<{ account: string; placed: string; remaining: string }>`
    select path as account, sum(placed) as placed, sum(remaining) as remaining
    from holds join accounts on accounts.id = account group by path`;
  return rows.map(({ account, placed, remaining }) => ({
    account: account as AccountPath,
    placed: microYuan(BigInt(placed)),
    remaining: microYuan(BigInt(remaining)),
  }));
}
