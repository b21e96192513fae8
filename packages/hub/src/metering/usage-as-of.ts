import type { Charge, Reading } from "@wadi/core/metering";
import type { TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { chargesWithin, type StoredCharge } from "./charge-store.ts";
import { correctable } from "./correctable.ts";
import { standing } from "./correct-charges.ts";
import { metersOfTenant, type KeptReading, type StoredMeter } from "./meter-store.ts";
import { meterReadingsAsOf, type ReadingsAsOf } from "./usage-as-of-store.ts";

/** A run that was charged: how it stood at an instant, and the readings that counted then. */
export interface RunAsOf {
  readonly stored: StoredCharge;
  readonly charge: Charge;
  readonly readings: readonly Reading[];
}

export interface MeterAsOf {
  readonly meter: StoredMeter;
  readonly readings: readonly KeptReading[];
}

/** What a tenant used in a time as the hub knew of it at an instant: `usageOfTenant` of then. */
export async function usageAsOf(
  sql: Sql,
  of: ReadingsAsOf & { readonly tenant: TenantId },
): Promise<{ runs: RunAsOf[]; meters: MeterAsOf[] }> {
  const isKnown = (at: Temporal.Instant) => Temporal.Instant.compare(at, of.at) <= 0;
  const charges = (await chargesWithin(sql, of)).filter(
    ({ charged, chargedAt }) => charged && isKnown(chargedAt),
  );
  const runs = (await correctable(sql, charges)).map(({ charge, corrections, readingsUpTo }) => {
    const last = corrections.findLast(({ correctedAt }) => isKnown(correctedAt));
    const readings = readingsUpTo(last?.correction ?? 0);
    return { stored: charge, charge: standing(charge.charge, last), readings };
  });
  const meters = await metersOfTenant(sql, of.tenant);
  const ids = meters.map(({ id }) => id);
  const readings = await meterReadingsAsOf(sql, ids, of);
  return {
    runs,
    meters: meters.flatMap((meter) => {
      const own = readings.get(meter.id);
      return own ? [{ meter, readings: own }] : [];
    }),
  };
}
