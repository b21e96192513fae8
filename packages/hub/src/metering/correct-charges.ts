import { describeRefusal } from "@wadi/core/ledger";
import { correctCharge, type Charge, type ChargeCorrection } from "@wadi/core/metering";
import { minus, noMoney, plus, type RunId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { findVouchers, postTransfers } from "../ledger/index.ts";
import { findCharges, type StoredCharge } from "./charge-store.ts";
import { correctionTransfers, type CorrectedParties } from "./correction-transfers.ts";
import { correctable } from "./correctable.ts";
import { insertCorrections, type StoredCorrection } from "./later-store.ts";

/** What a late or corrected reading changed. */
export interface CorrectedCharge {
  readonly run: RunId;
  readonly number: number;
  readonly correction: ChargeCorrection;
}

/**
 * Makes charges anew from all readings there are now, by the terms that they were made by, and
 * posts the difference in the period that is open. The charge itself stays as it is. The caller
 * holds the journal's head, and has kept the readings under the number of this correction.
 */
export async function correctCharges(
  sql: Sql,
  runs: readonly RunId[],
  now: Temporal.Instant,
): Promise<CorrectedCharge[]> {
  const charges = await findCharges(sql, runs);
  const corrected = (await correctable(sql, [...charges.values()])).map((one) => {
    const number = one.corrections.length + 1;
    const stands = standing(one.charge.charge, one.corrections.at(-1));
    const { charge, terms } = one;
    if (!terms) throw new Error(`the prices of run ${charge.run} cannot be read`);
    return {
      charge,
      number,
      ...correctCharge(stands, { readings: one.readingsUpTo(number), terms }),
    };
  });
  await insertCorrections(
    sql,
    corrected.map(({ charge, number, after }) => storedCorrection(charge, { number, after, now })),
  );
  for (const one of corrected) await postCorrection(sql, one, now);
  return corrected.map(({ charge: { run }, number, correction }) => ({ run, number, correction }));
}

/** A charge with its last correction. */
export function standing(charge: Charge, last: StoredCorrection | undefined): Charge {
  if (!last) return charge;
  const { price, voucher, cash, platformFee, usage } = last.charge;
  const sum = plus(voucher, cash);
  return {
    ...{ ...charge, price, voucher, cash, platformFee, charge: sum },
    usage: { ...charge.usage, ...usage },
    overHold: minus(price, sum),
    toProvider: minus(sum, platformFee),
  };
}

interface Corrected {
  readonly charge: StoredCharge;
  readonly number: number;
  readonly correction: ChargeCorrection;
}

/** Each way is tried in turn: who cannot pay at once owes. */
const ways = [
  { tenantPays: true, providerPays: true },
  { tenantPays: false, providerPays: true },
  { tenantPays: true, providerPays: false },
  { tenantPays: false, providerPays: false },
] as const;

async function postCorrection(sql: Sql, one: Corrected, now: Temporal.Instant): Promise<void> {
  const { charge, number, correction } = one;
  const { run, job, tenant, provider, share, endedAt } = charge;
  const voucherOf = await findVouchers(sql, [{ tenant, ...share }]);
  const voucher = correction.voucher < noMoney ? voucherOf({ tenant, ...share }) : null;
  const parties: CorrectedParties = {
    ...{ run, job, tenant, provider, voucher, at: endedAt },
    correction: number,
  };
  for (const way of ways) {
    const group = correctionTransfers(parties, correction, way);
    if (group.length === 0) return;
    const { outcomes } = await postTransfers(sql, [group], now);
    const [outcome] = outcomes;
    if (outcome!.kind === "posted") return;
    if (outcome!.kind !== "refused" || outcome!.reason.code !== "below-floor") {
      const why = outcome!.kind === "refused" ? describeRefusal(outcome!.reason) : "posted before";
      throw new Error(`correcting the charge of run ${run}: ${why}`);
    }
  }
  throw new Error(`correcting the charge of run ${run}: nobody has what is to be moved`);
}

function storedCorrection(
  { run, tenant, provider }: StoredCharge,
  { number, after, now }: { number: number; after: Charge; now: Temporal.Instant },
): StoredCorrection {
  return { run, correction: number, correctedAt: now, tenant, provider, charge: after };
}
