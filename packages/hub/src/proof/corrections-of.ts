import type { RunId, TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import {
  correctionsBetween,
  correctionsOf,
  laterReadingsOf,
  storedCharges,
  withEvidence,
  type ProvableCharge,
  type RunReading,
  type StoredCorrection,
} from "../metering/index.ts";

/** A correction with the charge that it changes, and how that stood before. */
export interface ProvableCorrection {
  readonly correction: StoredCorrection;
  readonly before: StoredCorrection["charge"];
  readonly charge: ProvableCharge;
  /** All that count by then. */
  readonly readings: readonly RunReading[];
}

/** A tenant's corrections known from when up to but not at when, by run and number. */
export async function provableCorrections(
  sql: Sql,
  { tenant, from, until }: { tenant: TenantId; from: Temporal.Instant; until: Temporal.Instant },
): Promise<ProvableCorrection[]> {
  const made = (await correctionsBetween(sql, { from, until })).filter(
    (one) => one.tenant === tenant,
  );
  if (made.length === 0) return [];
  const runs = [...new Set(made.map(({ run }) => run))].sort();
  const stored = await storedCharges(sql, runs);
  const charges = await withEvidence(sql, [...stored.values()]);
  const [all, later] = [await correctionsOf(sql, runs), await laterReadingsOf(sql, runs)];
  const byRun = new Map<RunId, ProvableCharge>(charges.map((charge) => [charge.run, charge]));
  return made.toSorted(byRunAndNumber).map((correction) => {
    const charge = byRun.get(correction.run)!;
    const last = all
      .get(correction.run)
      ?.find((one) => one.correction === correction.correction - 1);
    const since = (later.get(correction.run) ?? []).filter(
      (reading) => reading.correction > 0 && reading.correction <= correction.correction,
    );
    const readings = [...charge.evidence.readings, ...since] as RunReading[];
    return {
      correction,
      charge,
      before: last?.charge ?? charge.charge,
      readings: readings.sort(byNumber),
    };
  });
}

const byRunAndNumber = (a: StoredCorrection, b: StoredCorrection) =>
  a.run === b.run ? a.correction - b.correction : a.run < b.run ? -1 : 1;

const byNumber = (a: RunReading, b: RunReading) =>
  a.number - b.number || (a.revision ?? 0) - (b.revision ?? 0);
