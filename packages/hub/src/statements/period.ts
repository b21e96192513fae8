import { Refused } from "../refused.ts";
import type { Sql } from "../db/index.ts";
import { readHead, readJournal, seqBefore, type Stretch } from "../ledger/index.ts";

/** What is asked for: from the start of the books, up to now, where nothing is said. */
export interface Asked {
  readonly from: Temporal.Instant | undefined;
  readonly until: Temporal.Instant | undefined;
}

/** A time, without its `until`, and the part of the journal that the hub came to know in it. */
export interface Period {
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
  readonly stretch: Stretch;
}

/**
 * A statement is about what the hub came to know in its period: the next one goes on where it
 * ended, and one of the past never changes, however late a centre reports.
 * @throws Refused `invalid-request` when it ends before it starts
 */
export async function periodOf(
  sql: Sql,
  { from, until }: Asked,
  now: Temporal.Instant,
): Promise<Period> {
  const head = await readHead(sql);
  const [first] = from ? [] : await readJournal(sql, { after: 0n, limit: 1 });
  const justAfter = head.knownAt.add({ microseconds: 1 });
  const end = until ?? (Temporal.Instant.compare(now, justAfter) < 0 ? justAfter : now);
  const begin = from ?? (first && isBefore(first.knownAt, end) ? first.knownAt : end);
  if (isBefore(end, begin)) throw backwards(begin, end);
  const after = await seqBefore(sql, begin);
  return { from: begin, until: end, stretch: { after, through: await seqBefore(sql, end) } };
}

const isBefore = (a: Temporal.Instant, b: Temporal.Instant) => Temporal.Instant.compare(a, b) < 0;

function backwards(from: Temporal.Instant, until: Temporal.Instant): Refused {
  const detail = `is ${from}, after until, which is ${until}; give an earlier one`;
  const field = { pointer: "/from", in: "query", detail } as const;
  return new Refused("invalid-request", {}, `/from ${detail}`, [field]);
}

/** Lines that one statement can have: more would not fit the hub's memory, nor anybody's screen. */
export const linesMax = 100_000;

/** @throws Refused `invalid-request` when there are more than `linesMax` */
export function refuseTooMany(lines: readonly unknown[]): void {
  if (lines.length <= linesMax) return;
  const detail = `leaves more than ${linesMax} lines; ask for a shorter time or for detail=days`;
  const field = { pointer: "/from", in: "query", detail } as const;
  throw new Refused("invalid-request", {}, `/from ${detail}`, [field]);
}
