import {
  hashLine,
  holdKey,
  inOpenPeriod,
  microseconds,
  post,
  transferIdOf,
  type Account,
  type AccountPath,
  type AccountRef,
  type Books,
  type Hold,
  type HoldKey,
  type JournalLine,
  type PostRefusal,
  type Transfer,
  type TransferId,
} from "@wadi/core/ledger";

import type { Sql } from "../db/index.ts";
import { findTransfers, insertTransfers } from "./line-store.ts";
import { latest } from "./latest.ts";
import { sha256 } from "./sha256.ts";
import {
  findAccounts,
  findHolds,
  lockHead,
  openAccounts,
  saveHead,
  saveHolds,
  saveTotals,
  type Head,
  type StoredAccount,
} from "./store.ts";

/** What became of one group of transfers. */
export type GroupOutcome =
  | { readonly kind: "posted"; readonly lines: readonly JournalLine[] }
  /** All of it was posted before, with this content: nothing was done. */
  | { readonly kind: "repeated"; readonly lines: readonly JournalLine[] }
  | { readonly kind: "refused"; readonly reason: PostRefusal }
  /** A fact was posted before with another content, or another part of the group was not. */
  | { readonly kind: "key-reused"; readonly fact: string };

export interface Posted {
  readonly outcomes: readonly GroupOutcome[];
  /** When the journal knew of them; what else is written down with them has this time. */
  readonly knownAt: Temporal.Instant;
}

/**
 * Posts groups of transfers, each as a whole or not at all, in the order given, each judged after
 * the ones before it. A fact is posted once for ever: the same transfer again changes nothing.
 * From here to the end of the transaction nobody else posts, so call it late and only once or
 * twice. However many transfers, it takes two round trips to the database.
 */
export async function postTransfers(
  sql: Sql,
  groups: readonly (readonly Transfer[])[],
  now: Temporal.Instant,
): Promise<Posted> {
  const journal = await openJournal(sql, groups.flat(), now);
  const outcomes = groups.map((group) => postGroup(journal, group));
  if (journal.lines.length > 0) await save(sql, journal);
  return { outcomes, knownAt: journal.knownAt };
}

/** What is changed in memory, between reading and writing. */
interface Journal {
  readonly head: Head;
  readonly knownAt: Temporal.Instant;
  readonly idOf: ReadonlyMap<string, TransferId>;
  /** By id: posted before, and those of this call so far. */
  readonly posted: Map<TransferId, JournalLine>;
  readonly numbers: Map<AccountPath, bigint>;
  readonly books: { accounts: Map<AccountPath, Account>; holds: Map<HoldKey, Hold> } & Books;
  readonly lines: JournalLine[];
  readonly changed: { accounts: Map<AccountPath, AccountRef>; holds: Set<HoldKey> };
}

async function openJournal(
  sql: Sql,
  transfers: readonly Transfer[],
  now: Temporal.Instant,
): Promise<Journal> {
  const idOf = new Map(transfers.map(({ fact }) => [fact, transferIdOf(fact, sha256)]));
  const paths = new Set(transfers.flatMap(({ from, to }) => [from.path, to.path]));
  const holdIds = new Set(transfers.flatMap(({ hold }) => (hold === null ? [] : [hold])));
  const [head, posted, accounts, holds] = await Promise.all([
    lockHead(sql), // the others run after it, in this order: they see what was posted before
    findTransfers(sql, [...idOf.values()]),
    findAccounts(sql, paths),
    holdIds.size > 0 ? findHolds(sql, holdIds) : new Map<HoldKey, Hold>(),
  ]);
  return {
    head,
    knownAt: latest([inMicroseconds(now), head.knownAt]),
    idOf,
    posted,
    numbers: new Map(accounts.map(({ path, id }) => [path, id])),
    books: { accounts: new Map(accounts.map((account) => [account.path, account])), holds },
    lines: [],
    changed: { accounts: new Map(), holds: new Set() },
  };
}

function postGroup(journal: Journal, group: readonly Transfer[]): GroupOutcome {
  const before = group.map(({ fact }) => journal.posted.get(journal.idOf.get(fact)!));
  const lines = before.filter((line) => line !== undefined);
  if (lines.length > 0) {
    const other = group.find((transfer, i) => !isSame(transfer, before[i]));
    return other ? { kind: "key-reused", fact: other.fact } : { kind: "repeated", lines };
  }

  const { closedUntil } = journal.head;
  const open = inOpenPeriod(group, closedUntil);
  if (!open) return { kind: "refused", reason: { code: "period-closed", until: closedUntil } };
  const posting = post(journal.books, open);
  if (posting.kind === "refused") return posting;
  for (const account of posting.accounts) {
    journal.books.accounts.set(account.path, account);
    journal.changed.accounts.set(account.path, account);
  }
  for (const hold of posting.holds) {
    journal.books.holds.set(holdKey(hold), hold);
    journal.changed.holds.add(holdKey(hold));
  }
  return { kind: "posted", lines: open.map((transfer) => append(journal, transfer)) };
}

/** When it happened is not compared: who asks again may have asked his clock again. */
function isSame(transfer: Transfer, line: JournalLine | undefined): boolean {
  return (
    line !== undefined &&
    line.kind === transfer.kind &&
    line.from.path === transfer.from.path &&
    line.to.path === transfer.to.path &&
    line.amount === transfer.amount &&
    line.hold === transfer.hold &&
    line.job === transfer.job &&
    line.run === transfer.run &&
    line.note === transfer.note
  );
}

function append(journal: Journal, transfer: Transfer): JournalLine {
  const { head, lines, knownAt, posted, idOf } = journal;
  const happenedAt = inMicroseconds(transfer.happenedAt);
  const seq = head.seq + BigInt(lines.length + 1);
  const hashed = { ...transfer, happenedAt, seq, knownAt };
  const hash = hashLine(lines.at(-1)?.hash ?? head.hash, hashed, sha256);
  const line = { ...hashed, id: idOf.get(transfer.fact)!, hash };
  lines.push(line);
  posted.set(line.id, line);
  return line;
}

async function save(sql: Sql, { books, changed, lines, numbers, knownAt }: Journal): Promise<void> {
  const fresh = [...changed.accounts.values()].filter(({ path }) => !numbers.has(path));
  if (fresh.length > 0) {
    for (const { path, id } of await openAccounts(sql, fresh)) numbers.set(path, id);
  }
  const totals = [...changed.accounts.keys()].map((path): StoredAccount => {
    return { ...books.accounts.get(path)!, id: numbers.get(path)! };
  });
  const holds = [...changed.holds].map((key) => {
    const hold = books.holds.get(key)!;
    return { ...hold, account: numbers.get(hold.account)! };
  });
  const { seq, hash } = lines.at(-1)!;
  await Promise.all([
    insertTransfers(sql, lines, numbers),
    saveTotals(sql, totals),
    saveHolds(sql, holds),
    saveHead(sql, { seq, hash, knownAt }),
  ]);
}

const inMicroseconds = (at: Temporal.Instant): Temporal.Instant =>
  Temporal.Instant.fromEpochNanoseconds(microseconds(at) * 1000n);
