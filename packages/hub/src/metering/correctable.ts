import { priceSchedule } from "@wadi/core/capacity";
import type { Reading, Terms } from "@wadi/core/metering";

import type { Sql } from "../db/index.ts";
import { pricesOf, type StoredCharge } from "./charge-store.ts";
import { correctionsOf, laterReadingsOf, type StoredCorrection } from "./later-store.ts";
import { noPrices } from "./prices.ts";
import { readingsOf } from "./reading-store.ts";

/** A charge with its corrections so far and all that a further one is made from. */
export interface Correctable {
  readonly charge: StoredCharge;
  readonly corrections: readonly StoredCorrection[];
  /** Null where the prices it was charged by cannot be read any more. */
  readonly terms: Terms | null;
  /** Those that a correction of the charge counts; 0: those that the charge itself does. */
  readonly readingsUpTo: (correction: number) => readonly Reading[];
}

/** Of the charges, in their order. */
export async function correctable(
  sql: Sql,
  charges: readonly StoredCharge[],
): Promise<Correctable[]> {
  if (charges.length === 0) return [];
  const runs = charges.map(({ run }) => run);
  const [readings, later, corrections] = await Promise.all([
    readingsOf(sql, runs),
    laterReadingsOf(sql, runs),
    correctionsOf(sql, runs),
  ]);
  const prices = await pricesOf(
    sql,
    charges.map((one) => one.prices),
  );
  return charges.map((charge): Correctable => {
    const { run, peak, feeRate, charged, share, cardShare } = charge;
    const schedule = priceSchedule(prices.get(charge.prices) ?? noPrices);
    return {
      charge,
      corrections: corrections.get(run) ?? [],
      terms:
        schedule.kind === "ok"
          ? { peak, feeRate, charged, share, cardShare, prices: schedule.value }
          : null,
      readingsUpTo: (last) => {
        const since = (later.get(run) ?? []).filter(
          ({ correction }) => correction > 0 && correction <= last,
        );
        return [...(readings.get(run) ?? []), ...since];
      },
    };
  });
}
