import {
  refAsWritten,
  transferKindOf,
  transferKinds,
  usualFact,
  type AccountPath,
  type JournalLine,
  type TransferId,
  type TransferKind,
} from "@wadi/core/ledger";
import { microYuan, type HoldId, type JobId, type MicroYuan, type RunId } from "@wadi/core/units";

import { fragment, type Sql } from "../db/index.ts";

/** Adds lines at the journal's end. `numbers` has the number of each account they name. */
export async function insertTransfers(
  sql: Sql,
  lines: readonly JournalLine[],
  numbers: ReadonlyMap<AccountPath, bigint>,
): Promise<void> {
  await sql`
    insert into transfers (seq, amount, debit, credit, happened_at, known_at, kind, id, hold, job,
      run, hash, fact, note)
    select seq, amount, debit, credit, happened_at, ${lines[0]!.knownAt}, kind, id, hold, job, run,
      hash, fact, note
    from unnest(
      ${lines.map(({ seq }) => seq)}::bigint[],
      ${lines.map(({ amount }) => amount)}::bigint[],
      ${lines.map(({ from }) => numbers.get(from.path)!)}::bigint[],
      ${lines.map(({ to }) => numbers.get(to.path)!)}::bigint[],
      ${lines.map(({ happenedAt }) => happenedAt)}::timestamptz[],
      ${lines.map(({ kind }) => transferKinds[kind].number)}::smallint[],
      ${lines.map(({ id }) => id)}::uuid[],
      ${lines.map(({ hold }) => hold)}::uuid[],
      ${lines.map(({ job }) => job)}::uuid[],
      ${lines.map(({ run }) => run)}::uuid[],
      ${lines.map(({ hash }) => `\\x${hash}`)}::bytea[],
      ${lines.map((line) => (line.fact === usualFact(line) ? null : line.fact))}::text[],
      ${lines.map(({ note }) => note || null)}::text[]
    ) as one (seq, amount, debit, credit, happened_at, kind, id, hold, job, run, hash, fact, note)`;
}

/** Those of the transfers that were posted. */
export async function findTransfers(
  sql: Sql,
  ids: readonly TransferId[],
): Promise<Map<TransferId, JournalLine>> {
  const rows = await sql<LineRow>`
    select ${lineColumns} from ${lineTables} where t.id = any(${ids}::uuid[])`;
  return new Map(rows.map((row) => [row.id as TransferId, toLine(row)]));
}

/** The journal in order, from the line after `after` on. */
export async function readJournal(
  sql: Sql,
  { after, limit }: { after: bigint; limit: number },
): Promise<JournalLine[]> {
  const rows = await sql<LineRow>`
    select ${lineColumns} from ${lineTables} where t.seq > ${after} order by t.seq limit ${limit}`;
  return rows.map(toLine);
}

/** The hashes of a stretch, in the journal's order. */
export async function hashesIn(sql: Sql, { after, through }: Stretch): Promise<string[]> {
  const rows = await sql<{ hash: string }>`
    select encode(hash, 'hex') as hash from transfers
    where seq > ${after} and seq <= ${through} order by seq`;
  return rows.map(({ hash }) => hash);
}

/** The hashes of some lines, by seq. */
export async function hashesAt(sql: Sql, seqs: readonly bigint[]): Promise<Map<bigint, string>> {
  const rows = await sql<{ seq: bigint; hash: string }>`
    select seq, encode(hash, 'hex') as hash from transfers where seq = any(${seqs}::bigint[])`;
  return new Map(rows.map(({ seq, hash }) => [seq, hash]));
}

/** The lines of a stretch that changed one of the accounts, in order. */
export async function linesOn(
  sql: Sql,
  paths: readonly AccountPath[],
  { after, through }: Stretch,
): Promise<JournalLine[]> {
  const rows = await sql<LineRow>`
    with mine as (select id from accounts where path = any(${paths}::text[]))
    select ${lineColumns} from ${lineTables}
    where t.seq > ${after} and t.seq <= ${through}
      and (t.debit in (select id from mine) or t.credit in (select id from mine))
    order by t.seq`;
  return rows.map(toLine);
}

/** How many ids stand in the journal more than once. It has an index against that: none. */
export async function countRepeatedIds(sql: Sql): Promise<bigint> {
  const [found] = await sql<{ count: bigint }>`
    select count(*) as count
    from (select from transfers group by id having count(*) > 1) as repeated`;
  return found!.count;
}

/** A part of the journal: after one line, up to and with another. */
export interface Stretch {
  readonly after: bigint;
  readonly through: bigint;
}

/**
 * The lines of a stretch that people caused and not runs: money paid in and out, appropriations,
 * grants, expiries, adjustments, disputes, clawbacks, bills redeemed under claims; those that
 * changed one of the accounts, in order.
 */
export async function readByHand(
  sql: Sql,
  paths: readonly AccountPath[],
  { after, through }: Stretch,
): Promise<JournalLine[]> {
  const rows = await sql<LineRow>`
    select ${lineColumns} from ${lineTables}
    where (t.kind in (1, 2, 8, 9, 13) or t.kind >= 14 or (t.kind in (7, 12) and t.job is null))
      and t.seq > ${after} and t.seq <= ${through}
      and (d.path = any(${paths}::text[]) or c.path = any(${paths}::text[]))
    order by t.seq`;
  return rows.map(toLine);
}

/** What the accounts stood at together, once a line of the journal was posted. */
export async function balanceAt(
  sql: Sql,
  paths: readonly AccountPath[],
  seq: bigint,
): Promise<MicroYuan> {
  const [found] = await sql<{ balance: string }>`
    with mine as (select id from accounts where path = any(${paths}::text[]))
    select coalesce((select sum(amount) from transfers
        where credit in (select id from mine) and seq <= ${seq}), 0)
      - coalesce((select sum(amount) from transfers
        where debit in (select id from mine) and seq <= ${seq}), 0) as balance`;
  return microYuan(BigInt(found!.balance));
}

/** How many lines the hub knew before an instant: the seq of the last of them. */
export async function seqBefore(sql: Sql, at: Temporal.Instant): Promise<bigint> {
  const [found] = await sql<{ seq: bigint }>`
    with recursive search (lo, hi) as (
      select 0::bigint, seq from journal_head
      union all
      select case when known_at < ${at} then seq else lo end,
        case when known_at < ${at} then hi else seq - 1 end
      from search join transfers on seq = (lo + hi + 1) / 2
      where lo < hi)
    select lo as seq from search where lo = hi`;
  return found!.seq;
}

const lineTables = fragment`transfers t
  join accounts d on d.id = t.debit join accounts c on c.id = t.credit`;
const lineColumns = fragment`t.seq, t.id, t.kind, d.book, d.path as "from", c.path as "to",
  c.book as "toBook", t.amount, t.hold, t.job, t.run, t.fact, t.note,
  t.happened_at as "happenedAt", t.known_at as "knownAt", encode(t.hash, 'hex') as hash`;

interface LineRow {
  readonly seq: bigint;
  readonly id: string;
  readonly kind: number;
  readonly book: string;
  readonly from: string;
  readonly to: string;
  readonly toBook: string;
  readonly amount: bigint;
  readonly hold: string | null;
  readonly job: string | null;
  readonly run: string | null;
  readonly fact: string | null;
  readonly note: string | null;
  readonly happenedAt: Temporal.Instant;
  readonly knownAt: Temporal.Instant;
  readonly hash: string;
}

function toLine(row: LineRow): JournalLine {
  const kind = transferKindOf(row.kind) ?? (`kind-${row.kind}` as TransferKind); // for the audit
  const what = { kind, hold: row.hold as HoldId | null, run: row.run as RunId | null };
  return {
    ...what,
    seq: row.seq,
    id: row.id as TransferId,
    from: refAsWritten({ path: row.from, book: row.book }),
    to: refAsWritten({ path: row.to, book: row.toBook }),
    amount: microYuan(row.amount),
    job: row.job as JobId | null,
    fact: row.fact ?? usualFact(what),
    note: row.note ?? "",
    happenedAt: row.happenedAt,
    knownAt: row.knownAt,
    hash: row.hash,
  };
}
