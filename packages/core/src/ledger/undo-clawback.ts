import { downToFen, least, minus, noMoney, plus, type MicroYuan } from "../units/index.ts";
import { accounts, voucherOf, type AccountRef } from "./account.ts";
import type { JournalLine } from "./chain.ts";
import type { Move } from "./transfer.ts";

/** What a clawback of a bill posted, of one payer, by the last part of its facts. */
export const clawbackParts = [
  "asked",
  "amount-paid",
  "amount-owed",
  "interest-paid",
  "interest-owed",
] as const;
export type ClawbackPart = (typeof clawbackParts)[number];
export type ClawbackLines = Readonly<Partial<Record<ClawbackPart, JournalLine>>>;

/** A move of an undoing and its name among them. */
export interface UndoingMove extends Omit<Move, "hold"> {
  readonly part: string;
}

/**
 * The facts of everything that belongs to a clawback, by part, from that of the line that asked
 * back; undefined where the line is of no claim.
 */
export function clawbackFacts(fact: string): Record<ClawbackPart, string> | undefined {
  const [, stem] = /^(claim\/[^/]+\/claw-back\/\d+\/[^/]+)\/asked$/.exec(fact) ?? [];
  if (stem === undefined) return undefined;
  return Object.fromEntries(clawbackParts.map((part) => [part, `${stem}/${part}`])) as Record<
    ClawbackPart,
    string
  >;
}

/**
 * Undoes a clawback that was wrong: what was asked back counts as used again, and the tenant gets
 * back what it had paid, with the interest. What it still owes of it is owed no more; where it has
 * paid that meanwhile, it gets that back too. The interest that the fund had earned leaves it as
 * money returned.
 *
 * @param owed  what the tenant owes altogether now; not below zero
 */
export function undoClawback(
  lines: ClawbackLines & { readonly asked: JournalLine },
  owed: MicroYuan,
): UndoingMove[] {
  const { asked } = lines;
  const of = voucherOf(asked.from);
  const amountOf = (part: ClawbackPart) => lines[part]?.amount ?? noMoney;
  const [due, back] = [accounts.due(of.fund), accounts.fundRefund(of.fund)];
  const [available, prepaid] = [accounts.available(of.fund), accounts.prepaid(of.tenant)];
  const receivable = accounts.receivable(of.tenant);
  const interest = plus(amountOf("interest-paid"), amountOf("interest-owed"));
  const unowed = downToFen(least(amountOf("amount-owed"), owed));
  const interestUnowed = downToFen(least(amountOf("interest-owed"), minus(owed, unowed)));
  const move = (part: string, kind: Move["kind"], way: Way, amount: MicroYuan) => {
    return { part, kind, ...way, amount };
  };
  return [
    move("used", "claw-back-undone", { from: available, to: asked.from }, asked.amount),
    move("owed", "owe-back-undone", { from: due, to: receivable }, unowed),
    move("paid", "pay-back-undone", { from: due, to: prepaid }, minus(asked.amount, unowed)),
    move("refund", "fund-refund", { from: due, to: back }, interest),
    move("interest-owed", "interest-unowed", { from: back, to: receivable }, interestUnowed),
    move(
      ...(["interest-paid", "interest-back", { from: back, to: prepaid }] as const),
      minus(interest, interestUnowed),
    ),
    move("earned", "return", { from: available, to: accounts.returned(of.fund) }, interest),
  ].filter(({ amount }) => amount > noMoney);
}

interface Way {
  readonly from: AccountRef;
  readonly to: AccountRef;
}
