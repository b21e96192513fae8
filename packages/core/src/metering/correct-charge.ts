import {
  least,
  minus,
  noMoney,
  plus,
  shareOf,
  type CardSeconds,
  type MicroYuan,
} from "../units/index.ts";
import { chargeFor, type Charge, type Terms } from "./charge.ts";
import { usageOf, type Reading } from "./usage.ts";

/** How a charge changes by readings that came after it; amounts may be negative. */
export interface ChargeCorrection {
  readonly cardSeconds: CardSeconds;
  readonly price: MicroYuan;
  readonly voucher: MicroYuan;
  readonly cash: MicroYuan;
  /** Voucher and cash together. */
  readonly charge: MicroYuan;
  readonly platformFee: MicroYuan;
  readonly toProvider: MicroYuan;
}

/**
 * The charge made anew with all readings there are, by the terms that it was made by, and how it
 * differs: what a counter-entry moves. A correction never takes more than was set aside for the job
 * then. A voucher's part only ever falls: what was not used of it went back when the job ended, so
 * cash pays what is added.
 *
 * @param before  the charge with all its corrections so far
 */
export function correctCharge(
  before: Charge,
  { readings, terms }: { readings: readonly Reading[]; terms: Terms },
): { readonly after: Charge; readonly correction: ChargeCorrection } {
  const anew = chargeFor(usageOf(readings), terms);
  const voucher = least(anew.voucher, before.voucher);
  const cash = least(minus(anew.charge, voucher), terms.share.cash);
  const charge = plus(voucher, cash);
  const platformFee = shareOf(charge, terms.feeRate, "down");
  const after: Charge = {
    ...{ ...anew, voucher, cash, charge, platformFee },
    overHold: terms.charged ? minus(anew.price, charge) : noMoney,
    toProvider: minus(charge, platformFee),
  };
  const change = (pick: (one: Charge) => MicroYuan) => minus(pick(after), pick(before));
  return {
    after,
    correction: {
      cardSeconds: minus(after.usage.cardSeconds, before.usage.cardSeconds),
      price: change((one) => one.price),
      voucher: change((one) => one.voucher),
      cash: change((one) => one.cash),
      charge: change((one) => one.charge),
      platformFee: change((one) => one.platformFee),
      toProvider: change((one) => one.toProvider),
    },
  };
}

/** Whether there is anything to post. */
export const movesMoney = ({ voucher, cash, platformFee }: ChargeCorrection): boolean =>
  voucher !== noMoney || cash !== noMoney || platformFee !== noMoney;
