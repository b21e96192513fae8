import {
  divide,
  downToFen,
  microYuan,
  noMoney,
  shareOf,
  type MicroYuan,
} from "../../units/index.ts";
import type { ClawbackRule } from "../rules/index.ts";

export interface Clawback {
  /** Of what was redeemed. */
  readonly amount: MicroYuan;
  readonly interest: MicroYuan;
  /** The last day of the ban; null: none. */
  readonly bannedUntil: Temporal.PlainDate | null;
}

/**
 * R41: what has to be paid back: the rule's share of what was redeemed, with simple interest for
 * every day from the one on which it was paid to the one on which it is claimed back, 365 to the
 * year. Both are rounded down to the fen.
 *
 * @throws RangeError when it is claimed back before it was paid
 */
export function clawback(
  rule: ClawbackRule,
  of: { redeemed: MicroYuan; paidOn: Temporal.PlainDate; backOn: Temporal.PlainDate },
): Clawback {
  const { days } = of.paidOn.until(of.backOn, { largestUnit: "days" });
  if (days < 0) throw new RangeError(`${of.backOn} is before ${of.paidOn}, when it was paid`);
  const amount = downToFen(shareOf(of.redeemed, rule.share, "down"));
  const yearly = amount * rule.interestPerYear * BigInt(days);
  return {
    amount,
    interest: amount > 0n ? downToFen(microYuan(divide(yearly, 365_000_000n, "down"))) : noMoney,
    bannedUntil: banFrom(rule, of.backOn),
  };
}

/** The last day of the ban of who is clawed back from on a day; null: none. */
export const banFrom = (
  { banMonths }: ClawbackRule,
  backOn: Temporal.PlainDate,
): Temporal.PlainDate | null => (banMonths > 0 ? backOn.add({ months: banMonths }) : null);

/** R41 of R25: what is asked back of units that were drawn, in whole ones; without interest. */
export const clawbackUnits = ({ share }: ClawbackRule, drawn: bigint): bigint =>
  divide(drawn * share, 1_000_000n, "down");
