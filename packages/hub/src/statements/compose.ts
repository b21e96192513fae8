import { formatYuan, minus, noMoney, total, type MicroYuan } from "@wadi/core/units";
import type { AccountPath, JournalLine } from "@wadi/core/ledger";
import type { Statement } from "@wadi/protocol";

import type { ChargeLine } from "./charge-lines.ts";
import type { Words } from "./words.ts";

type StatementLine = Statement["lines"][number];

/** What a statement is made of, but for its lines' order and its notes. */
export interface Draft extends Omit<Statement, "lines" | "notes"> {
  /** In any order, each with when the hub knew of it. */
  readonly lines: readonly { readonly knownAt: Temporal.Instant; readonly line: StatementLine }[];
}

/**
 * Orders the lines as the hub knew of them and notes what a reader must know.
 * @throws Error when opening and lines do not give the closing balance: the books are broken then
 */
export function compose(draft: Draft, words: Words): Statement {
  const ordered = draft.lines.toSorted((a, b) => Temporal.Instant.compare(a.knownAt, b.knownAt));
  const lines = ordered.map(({ line }) => line);
  const sum = total([draft.opening, ...lines.map(({ amount }) => amount)]);
  if (sum !== draft.closing) {
    const says = `${formatYuan(sum)} by its lines, ${formatYuan(draft.closing)} by the ledger`;
    throw new Error(`the statement of ${draft.of} ${draft.id} closes at ${says}; run the audit`);
  }
  return { ...draft, lines, notes: notesOn(lines, words) };
}

function notesOn(lines: readonly StatementLine[], words: Words): string[] {
  const pools = lines.filter(({ emulated }) => emulated).map(({ pool }) => pool ?? "");
  return [...new Set(pools)].sort().map(words.emulatedPool);
}

/** One part of all charges. */
export const sumOf = (
  charges: readonly ChargeLine[],
  part: "charge" | "voucher" | "cash" | "platformFee" | "toProvider",
): MicroYuan => total(charges.map((charge) => charge[part]));

/** A line for something that people did. `amount` is what it changes in the balance. */
export function lineByHand(
  { happenedAt, knownAt, note }: JournalLine,
  { text, amount }: { text: string; amount: MicroYuan },
): Draft["lines"][number] {
  const line = {
    ...emptyLine,
    at: happenedAt,
    text: note === "" ? text : `${text}: ${note}`,
    amount,
  };
  return { knownAt, line };
}

/** A line for a run's charge, or for those of a day. */
export function lineOfCharge(
  of: ChargeLine,
  show: { text: string; amount: MicroYuan; words: Words },
): Draft["lines"][number] {
  const { at, knownAt, job, jobName, run, pool, emulated, cardSeconds, work } = of;
  const { charge, voucher, cash, platformFee: fee } = of;
  const counted = run === null ? show.words.runs(show.text, of.runs) : show.text;
  const text = of.charged ? counted : show.words.notCharged(counted);
  const line = {
    ...{ at, text, job, jobName, run, pool, emulated, cardSeconds, work },
    ...{ charge, voucher, cash, fee, amount: show.amount },
  };
  return { knownAt, line };
}

/** What a line changes in what stands on some accounts together: nothing for moves among them. */
export function changeIn(
  own: (path: AccountPath) => boolean,
  { from, to, amount }: Pick<JournalLine, "from" | "to" | "amount">,
): MicroYuan {
  const [out, into] = [own(from.path), own(to.path)];
  if (out === into) return noMoney;
  return into ? amount : minus(noMoney, amount);
}

/** What lines of these kinds change, together. */
export const sumOfKinds = (
  lines: readonly { readonly line: JournalLine; readonly change: MicroYuan }[],
  kinds: readonly JournalLine["kind"][],
): MicroYuan =>
  total(lines.filter(({ line }) => kinds.includes(line.kind)).map(({ change }) => change));

/** For a line that people caused: what its kind is called, as far as this language has a word. */
export const wordFor = (words: Words, { kind }: Pick<JournalLine, "kind">): string =>
  words.byHand[kind] ?? kind;

/** A line with nothing but what it is for and what it changes. */
export const emptyLine = {
  job: null,
  jobName: null,
  run: null,
  pool: null,
  emulated: false,
  cardSeconds: null,
  work: null,
  charge: null,
  voucher: null,
  cash: null,
  fee: null,
  amount: noMoney,
};
