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
    bannedUntil: rule.banMonths > 0 ? of.backOn.add({ months: rule.banMonths }) : null,
  };
}
