import { meterKey, type OddMeterReason } from "@wadi/core/metering";
import type { TenantId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import { tenantOf } from "../tenants/index.ts";
import { findMeters, insertMeters } from "./meter-store.ts";
import type { Series, UnknownRuns } from "./series.ts";

/** More names than this are forgotten and asked for again. */
const namesMax = 200_000;

/** What is known of tenants and meters by their names. Neither is ever removed or renamed. */
export interface MeterNames {
  /** Series whose tenant or run there is not, by index, with why. */
  unknownSeries(
    signer: string,
    series: readonly Series[],
    unknownRuns: UnknownRuns,
  ): Promise<Map<number, OddMeterReason>>;
  /** The ids of the meters by their keys; those that are new are made. */
  idsOf(signer: string, series: readonly Series[]): Promise<Map<string, number>>;
}

export function rememberedNames({ db, clock }: Hub): MeterNames {
  const tenants = new Set<TenantId>();
  const meters = new Map<string, number>();

  const learn = async (signer: string, series: readonly Series[]) => {
    if (meters.size > namesMax) meters.clear();
    for (const one of await findMeters(db.sql, signer, series)) {
      meters.set(`${signer}\n${meterKey(one)}`, one.id);
    }
  };

  return {
    unknownSeries: async (signer, series, unknownRuns) => {
      const asked = new Set(series.map(({ tenant }) => tenant));
      for (const id of asked.difference(tenants)) {
        if (await tenantOf(db.sql, id)) tenants.add(id);
      }
      const strangers = await unknownRuns(signer, series);
      const unknown = new Map<number, OddMeterReason>();
      for (const [i, { tenant }] of series.entries()) {
        if (!tenants.has(tenant)) unknown.set(i, "unknown-tenant");
        else if (strangers.has(i)) unknown.set(i, "unknown-run");
      }
      return unknown;
    },

    idsOf: async (signer, series) => {
      const keys = series.map((one) => ({ one, key: meterKey(one) }));
      const unknown = () => keys.filter(({ key }) => !meters.has(`${signer}\n${key}`));
      const asked = unknown().map(({ one }) => one);
      if (asked.length > 0) await learn(signer, asked);
      const fresh = unknown().map(({ one }) => one);
      if (fresh.length > 0) {
        await insertMeters(db.sql, signer, { meters: fresh, madeAt: clock.now() });
        await learn(signer, fresh);
      }
      return new Map(keys.map(({ key }) => [key, meters.get(`${signer}\n${key}`)!]));
    },
  };
}
