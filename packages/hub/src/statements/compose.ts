import { formatYuan, noMoney, total, type JobId, type MicroYuan } from "@wadi/core/units";
import type { JournalLine } from "@wadi/core/ledger";
import type { Statement } from "@wadi/protocol";

import type { Sql } from "../db/index.ts";
import type { StoredCharge } from "../metering/index.ts";
import type { Asked } from "./period.ts";

/** The names of jobs; those that are not there are left out. */
export type JobNames = (sql: Sql, jobs: readonly JobId[]) => Promise<ReadonlyMap<JobId, string>>;

/** What every statement is asked for with. */
export interface Asking {
  readonly asked: Asked;
  readonly jobNames: JobNames;
}

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
export function compose(draft: Draft): Statement {
  const ordered = draft.lines.toSorted((a, b) => Temporal.Instant.compare(a.knownAt, b.knownAt));
  const lines = ordered.map(({ line }) => line);
  const sum = total([draft.opening, ...lines.map(({ amount }) => amount)]);
  if (sum !== draft.closing) {
    const says = `${formatYuan(sum)} by its lines, ${formatYuan(draft.closing)} by the ledger`;
    throw new Error(`the statement of ${draft.of} ${draft.id} closes at ${says}; run the audit`);
  }
  return { ...draft, lines, notes: notesOn(lines) };
}

function notesOn(lines: readonly StatementLine[]): string[] {
  const pools = lines.filter(({ emulated }) => emulated).map(({ pool }) => pool ?? "");
  const emulated = [...new Set(pools)].sort();
  return emulated.map(
    (pool) => `The cards of the pool ${pool} are emulated: slots, no real cards.`,
  );
}

/** The names of the jobs that were charged. */
export const namesFor = (sql: Sql, charges: readonly StoredCharge[], jobNames: JobNames) =>
  jobNames(sql, [...new Set(charges.map(({ job }) => job))]);

/** One part of all charges. */
export const sumOf = (
  charges: readonly StoredCharge[],
  part: "charge" | "voucher" | "cash" | "platformFee" | "toProvider",
): MicroYuan => total(charges.map(({ charge }) => charge[part]));

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

/** A line for a run's charge. */
export function lineOfCharge(
  { charge, ...of }: StoredCharge,
  show: { text: string; amount: MicroYuan; names: ReadonlyMap<JobId, string> },
): Draft["lines"][number] {
  const line = {
    at: of.endedAt,
    text: of.charged ? show.text : `${show.text}; not charged: the centre's loss`,
    job: of.job,
    jobName: show.names.get(of.job) ?? null,
    run: of.run,
    pool: of.pool,
    emulated: of.emulated,
    cardSeconds: charge.usage.cardSeconds,
    work: charge.usage.work,
    charge: charge.charge,
    voucher: charge.voucher,
    cash: charge.cash,
    fee: charge.platformFee,
    amount: show.amount,
  };
  return { knownAt: of.chargedAt, line };
}

const emptyLine = {
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
