import type { ChargeEvidence } from "@wadi/core/metering";
import { asId, type RunId } from "@wadi/core/units";
import type { chargeEvidence } from "@wadi/protocol";
import type { z } from "zod";

import type { Sql } from "../db/index.ts";
import { listCharges, pricesOf, type StoredCharge } from "./charge-store.ts";
import { noPrices } from "./prices.ts";
import { countReadings, readingsOf } from "./reading-store.ts";

/** A charge and all that it was made from. */
export interface ProvableCharge extends StoredCharge {
  readonly evidence: ChargeEvidence;
}

/** A page of charges ends early where its readings together are more than this. */
const readingsMax = 20_000;

/** Before the first run. */
export const noRun = asId<RunId>("00000000-0000-0000-0000-000000000000");

/**
 * Charges by run, with their evidence, after a run. Fewer than `limit` may come though there are
 * more: `isLast` tells.
 */
export async function provableCharges(
  sql: Sql,
  { after, limit }: { after: RunId; limit: number },
): Promise<{ charges: ProvableCharge[]; isLast: boolean }> {
  const charges = await listCharges(sql, { after, limit: limit + 1 });
  const counts = await countReadings(
    sql,
    charges.map(({ run }) => run),
  );
  let readingsSoFar = 0;
  const page = charges.filter(({ run }, i) => {
    readingsSoFar += counts.get(run) ?? 0;
    return i === 0 || (i < limit && readingsSoFar <= readingsMax);
  });
  return { charges: await withEvidence(sql, page), isLast: page.length === charges.length };
}

/** The charges with all that they were made from, in their order. */
export async function withEvidence(
  sql: Sql,
  charges: readonly StoredCharge[],
): Promise<ProvableCharge[]> {
  const [readings, prices] = await Promise.all([
    readingsOf(
      sql,
      charges.map(({ run }) => run),
    ),
    pricesOf(
      sql,
      charges.map((one) => one.prices),
    ),
  ]);
  return charges.map((one): ProvableCharge => {
    const { peak, feeRate, charged, share, cardShare } = one;
    const terms = {
      peak,
      feeRate,
      charged,
      share,
      cardShare,
      prices: prices.get(one.prices) ?? noPrices,
    };
    return { ...one, evidence: { ...terms, readings: readings.get(one.run) ?? [] } };
  });
}

export function viewOfEvidence({
  charge,
  chargedAt,
  evidence,
  ...one
}: ProvableCharge): z.output<typeof chargeEvidence> {
  const { share, prices } = evidence;
  return {
    run: one.run,
    job: one.job,
    tenant: one.tenant,
    provider: one.provider,
    pool: one.pool,
    model: one.model,
    emulated: one.emulated,
    charged: one.charged,
    charge: { ...charge, chargedAt },
    peak: evidence.peak,
    prices: {
      ...prices,
      periods: prices.periods.map((period) => ({
        ...period,
        rules: period.rules.map((rule) => ({ ...rule, days: [...rule.days] })),
      })),
      specialDates: [...prices.specialDates],
    },
    readings: evidence.readings.map(({ number, from, to, cards, cpuTime, ...reading }) => {
      const { peakMemoryBytes, busyTime, final, revision } = reading;
      const corrects = revision === undefined ? {} : { revision };
      const busy = busyTime === undefined ? {} : { busyTime };
      return { number, ...corrects, from, to, cards, cpuTime, peakMemoryBytes, ...busy, final };
    }),
    feeRate: evidence.feeRate,
    share: { cash: share.cash, voucher: share.voucher },
    programme: share.programme,
    voucherRate: share.voucherRate,
    cardShare: one.cardShare,
  };
}
