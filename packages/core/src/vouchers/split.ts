import {
  divide,
  downToFen,
  greatest,
  least,
  microYuan,
  minus,
  noMoney,
  oneFen,
  plus,
  shareOf,
  type MicroYuan,
  type ProgrammeId,
  type Rate,
} from "../units/index.ts";
import type { Voucher } from "./programme.ts";

/** What is set aside for one job: cash, and a part of a voucher. */
export interface Share {
  readonly cash: MicroYuan;
  /** In whole fen. */
  readonly voucher: MicroYuan;
  readonly programme: ProgrammeId | null;
  /** The programme's rate when the share was set aside; null without a programme. */
  readonly voucherRate: Rate | null;
}

/** Who pays how much of a charge. `charge` is both together. */
export interface Split {
  readonly charge: MicroYuan;
  readonly voucher: MicroYuan;
  readonly cash: MicroYuan;
  /** What of the price the share cannot pay: it is not charged. */
  readonly overHold: MicroYuan;
}

/**
 * What to set aside so that any charge up to `most` can be paid. The voucher pays its rate rounded
 * down to the fen, so the cash part does not grow evenly with the charge: a charge a little below
 * `most` can need more cash than `most` itself. One fen of cash more covers that.
 */
export function sharesFor(
  most: MicroYuan,
  voucher: Pick<Voucher, "rate" | "available"> | null,
): { cash: MicroYuan; voucher: MicroYuan } {
  const part = voucher === null ? noMoney : voucherPartOf(most, voucher.rate, voucher.available);
  if (part === 0n) return { cash: most, voucher: noMoney };
  return { cash: plus(minus(most, part), oneFen), voucher: part };
}

/** The most that a share made by `sharesFor`, or what is left of one, is for. */
export const mostOf = ({ cash, voucher, programme }: Omit<Share, "voucherRate">): MicroYuan => {
  const slack = programme === null ? noMoney : oneFen;
  return greatest(minus(plus(cash, voucher), slack), noMoney);
};

/**
 * Splits what usage costs between voucher and cash. Whatever the share is:
 * the voucher pays its rate of the charge rounded down to the fen, at most its part of the share;
 * cash pays the rest, at most its part; what neither covers is not charged. With a share from
 * `sharesFor(most, …)` every price up to `most` is charged in full, and never more than `most`.
 */
export function split(price: MicroYuan, share: Share): Split {
  const asked = least(price, least(mostOf(share), reach(share)));
  const rate = share.voucherRate ?? noRate;
  const voucher = voucherPartOf(asked, rate, share.voucher);
  const cash = least(minus(asked, voucher), share.cash);
  const charge = plus(voucher, cash);
  return { charge, voucher, cash, overHold: minus(price, charge) };
}

/** What a share has left after a charge was paid out of it. */
export const restOf = (
  share: Share,
  { cash, voucher }: Pick<Split, "cash" | "voucher">,
): Share => ({
  ...share,
  cash: minus(share.cash, cash),
  voucher: minus(share.voucher, voucher),
});

/**
 * The largest charge that the share's cash can pay its part of: cash plus the most that a voucher
 * may pay beside so much cash. With voucher ≤ rate × (cash + voucher) that is rate × cash ÷
 * (1 − rate).
 */
function reach({ cash, voucher, voucherRate }: Share): MicroYuan {
  if (voucherRate === null || voucher === 0n) return cash;
  const rest = whole - voucherRate;
  if (rest <= 0n) return plus(cash, voucher);
  const beside = downToFen(microYuan(divide(cash * voucherRate, rest, "down")));
  return plus(cash, least(voucher, beside));
}

const whole = 1_000_000n;
const noRate = 0n as Rate;

/** The rate of a charge in whole fen, at most what there is. */
function voucherPartOf(charge: MicroYuan, rate: Rate, available: MicroYuan): MicroYuan {
  return least(downToFen(shareOf(charge, rate, "down")), downToFen(available));
}
