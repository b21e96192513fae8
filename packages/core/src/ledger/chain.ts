import { divide } from "../units/index.ts";
import { refAsWritten } from "./account.ts";
import type { Transfer, TransferId, TransferKind } from "./transfer.ts";

/**
 * SHA-256 of a text's UTF-8, as 64 lower-case hex digits. Given by the caller: this package brings
 * nothing from outside the language.
 */
export type Sha256 = (text: string) => string;

/** A transfer with its place in the journal. */
export interface JournalLine extends Transfer {
  /** 1, 2, 3 … without a gap. */
  readonly seq: bigint;
  readonly id: TransferId;
  /** When the hub took it in; never earlier than the line before. */
  readonly knownAt: Temporal.Instant;
  /** SHA-256 over the hash before and this line, 64 hex digits. */
  readonly hash: string;
}

/** A line as it travels: names of kinds and accounts as text, not yet checked. */
export interface WrittenLine extends Omit<JournalLine, "kind" | "from" | "to"> {
  readonly kind: string;
  readonly book: string;
  readonly from: string;
  readonly to: string;
}

/** The line for the verifier, which finds what is wrong with it. */
export const asWritten = ({ kind, book, from, to, ...rest }: WrittenLine): JournalLine => ({
  ...rest,
  kind: kind as TransferKind,
  from: refAsWritten({ path: from, book }),
  to: refAsWritten({ path: to, book }),
});

/** What a line is hashed over: all of it but its id, which its fact gives, and the hash itself. */
export type HashedLine = Omit<JournalLine, "id" | "hash">;

/**
 * One line as text, the same for ever: 14 fields in fixed order, each as `<bytes>:<text>,` with its
 * length in bytes of UTF-8, so that no two lines give one text. Numbers are decimal, times are
 * microseconds since 1970 (finer digits cut), what is absent is empty:
 * version "1", seq, kind, book, from, to, amount, hold, fact, note, job, run, happened, known.
 */
export function canonicalLine(line: HashedLine): string {
  const { from, to } = line;
  let text = field("1");
  text += field(String(line.seq)) + field(line.kind);
  text += field(from.book) + field(from.path) + field(to.path) + field(String(line.amount));
  text += field(line.hold ?? "") + field(line.fact) + field(line.note);
  text += field(line.job ?? "") + field(line.run ?? "");
  text += field(String(microseconds(line.happenedAt)));
  return text + field(String(microseconds(line.knownAt)));
}

/** The hash of a line: SHA-256 over the hash before, as hex digits, and the canonical text. */
export const hashLine = (previous: string, line: HashedLine, sha256: Sha256): string =>
  sha256(previous + canonicalLine(line));

/** What stands for the hash before the first line. */
export const firstHash = (sha256: Sha256): string => sha256("wadi journal 1");

/** The id of a transfer: the first 16 bytes of the SHA-256 of its fact, written as a UUID. */
export function transferIdOf(fact: string, sha256: Sha256): TransferId {
  const hex = sha256(fact);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return `${parts.join("-")}-${hex.slice(20, 32)}` as TransferId;
}

/** Since 1970; what is finer is cut, so that a stored time is never later than what happened. */
export const microseconds = (at: Temporal.Instant): bigint =>
  divide(at.epochNanoseconds, 1000n, "down");

const field = (text: string) => `${utf8Length(text)}:${text},`;

/** In bytes; half a surrogate pair counts as U+FFFD, which is what encoders make of it. */
function utf8Length(text: string): number {
  if (!beyondAscii.test(text)) return text.length;
  let length = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return length;
}

const beyondAscii = /[^\0-\x7f]/;
