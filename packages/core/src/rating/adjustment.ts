import type { UsageLine } from "../metering/index.ts";
import {
  divide,
  downToFen,
  greatest,
  microYuan,
  minus,
  noMoney,
  plus,
  shareOf,
  total,
  type MicroYuan,
  type Rate,
  type RunId,
} from "../units/index.ts";

/** What was charged for a run, as it stands; and by which rate its voucher pays. */
export interface RunCharge {
  readonly run: RunId;
  readonly charge: MicroYuan;
  readonly voucher: MicroYuan;
  readonly voucherRate: Rate | null;
}

/** How a month's bill differs from what was charged run by run. */
export interface Adjustment {
  readonly charged: MicroYuan;
  /** The tenant pays so much more; below zero: gets so much back. */
  readonly cash: MicroYuan;
  /** Of vouchers, goes back to their funds: a voucher pays its rate of the bill and no more. */
  readonly backs: readonly { readonly run: RunId; readonly amount: MicroYuan }[];
}

/**
 * The part of a run's charge that is for the time within a span, by its card-seconds there. The
 * parts of spans that follow one another sum to the charge; a voucher's are whole fen.
 *
 * @param lines  the run's card-seconds
 */
export function chargedWithin(
  charge: RunCharge,
  lines: readonly UsageLine[],
  span: { readonly from: Temporal.Instant; readonly to: Temporal.Instant },
): RunCharge {
  const all = lines.reduce((sum, { quantity }) => sum + quantity, 0n);
  const upTo = (amount: MicroYuan, at: Temporal.Instant) => {
    const before = lines.reduce((sum, line) => sum + quantityBefore(line, at), 0n);
    return all === 0n ? noMoney : microYuan(divide(amount * before, all, "down"));
  };
  const within = (amount: MicroYuan, grain: (amount: MicroYuan) => MicroYuan) =>
    minus(grain(upTo(amount, span.to)), grain(upTo(amount, span.from)));
  return {
    ...charge,
    charge: within(charge.charge, (amount) => amount),
    voucher: within(charge.voucher, downToFen),
  };
}

function quantityBefore({ from, to, quantity }: UsageLine, at: Temporal.Instant): bigint {
  if (Temporal.Instant.compare(to, at) <= 0) return quantity;
  const passed = at.epochNanoseconds - from.epochNanoseconds;
  if (passed <= 0n) return 0n;
  return divide(quantity * passed, to.epochNanoseconds - from.epochNanoseconds, "down");
}

/**
 * What brings a tenant from what was charged to what the month's bill says. Where the bill is less,
 * each run's part of it falls alike, and a voucher above its rate of that gives the rest back.
 *
 * @param before  what earlier adjustments of the month gave back of each voucher: it stays given
 */
export function adjustment(
  bill: MicroYuan,
  charges: readonly RunCharge[],
  before: ReadonlyMap<RunId, MicroYuan> = new Map(),
): Adjustment {
  const charged = total(charges.map(({ charge }) => charge));
  const backs = charges.flatMap(({ run, charge, voucher, voucherRate }) => {
    const keeps = bill >= charged ? charge : microYuan(divide(charge * bill, charged, "down"));
    const allowed = downToFen(shareOf(keeps, voucherRate ?? (0n as Rate), "down"));
    const over = bill >= charged ? noMoney : greatest(minus(voucher, allowed), noMoney);
    const amount = greatest(over, before.get(run) ?? noMoney);
    return amount > 0n ? [{ run, amount }] : [];
  });
  const back = total(backs.map(({ amount }) => amount));
  return { charged, cash: plus(minus(bill, charged), back), backs };
}
