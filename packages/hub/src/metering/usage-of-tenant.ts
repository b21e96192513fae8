import {
  attributesKey,
  measures,
  usageLinesOfMeter,
  usageLinesOfRun,
  usageOf,
  type Charge,
  type UsageLine,
} from "@wadi/core/metering";
import type { TenantId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { chargesWithin, type StoredCharge } from "./charge-store.ts";
import { correctable } from "./correctable.ts";
import { standing } from "./correct-charges.ts";
import { meterReadingsBetween, metersOfTenant } from "./meter-store.ts";
import { usedCardSeconds } from "./used-store.ts";

/**
 * What a tenant used in a time: its runs that were charged, and its meters. Readings that reach
 * over an end of the time come whole; whoever rates them cuts them. Late and corrected readings are
 * in it as they stand now.
 */
export async function usageOfTenant(sql: Sql, of: TenantTime): Promise<UsageLine[]> {
  const [runs, meters] = await Promise.all([chargedRunsOf(sql, of), usageOfMeters(sql, of)]);
  return [
    ...within(
      runs.flatMap(({ lines }) => lines),
      of,
    ),
    ...meters,
  ];
}

/**
 * Sums of what a tenant used in a time; of its runs also the card-seconds that were used, where
 * that is known. Those are no usage to be rated: nobody pays for them.
 */
export async function figuresOfTenant(sql: Sql, of: TenantTime) {
  const [runs, meters] = await Promise.all([chargedRunsOf(sql, of), usageOfMeters(sql, of)]);
  const used = await usedCardSeconds(
    sql,
    runs.map(({ stored }) => stored.run),
  );
  const ofRuns = runs.flatMap(({ stored, lines }) => {
    const quantity = used.get(stored.run);
    return quantity === undefined ? lines : [...lines, ...asUsed(lines, quantity)];
  });
  // A meter of a run is in what its run used.
  const known = new Set([...used.keys()].map((run) => `run/${run}`));
  const others = meters.filter(
    ({ use, measure, basis }) =>
      !(known.has(use) && measure === "card-seconds" && basis === "used"),
  );
  return figuresOf([...within(ofRuns, of), ...others]);
}

/** One line of the whole run; none of a run that held nothing. */
function asUsed(lines: readonly UsageLine[], quantity: bigint): UsageLine[] {
  const held = lines.filter(({ measure }) => measure === "card-seconds");
  const [first, last] = [held[0], held.at(-1)];
  if (!first || !last) return [];
  return [{ ...first, ref: `${first.use}/used`, basis: "used", to: last.to, quantity }];
}

const within = (lines: readonly UsageLine[], { from, until }: TenantTime): UsageLine[] =>
  lines.filter(
    (line) =>
      Temporal.Instant.compare(line.from, until) < 0 && Temporal.Instant.compare(from, line.to) < 0,
  );

async function usageOfMeters(sql: Sql, { tenant, from, until }: TenantTime): Promise<UsageLine[]> {
  const meters = await metersOfTenant(sql, tenant);
  const readings = await meterReadingsBetween(
    sql,
    meters.map(({ id }) => id),
    { from, until },
  );
  return meters.flatMap((meter) =>
    usageLinesOfMeter(`${meter.id}`, meter, readings.get(meter.id) ?? []),
  );
}

/** A tenant and a time. */
export interface TenantTime {
  readonly tenant: TenantId;
  readonly from: Temporal.Instant;
  readonly until: Temporal.Instant;
}

/** A run that was charged, as it stands after corrections, with all its usage. */
export interface ChargedUsage {
  readonly stored: StoredCharge;
  readonly charge: Charge;
  readonly lines: readonly UsageLine[];
}

/** A tenant's runs that were charged and held cards within a time, or may have. */
export async function chargedRunsOf(sql: Sql, of: TenantTime): Promise<ChargedUsage[]> {
  const charges = (await chargesWithin(sql, of)).filter(({ charged }) => charged);
  return (await correctable(sql, charges)).map((one) => {
    const { run, model, pool, provider, cardShare } = one.charge;
    const { spans } = usageOf(one.readingsUpTo(Infinity));
    const attributes = { pool, provider };
    return {
      stored: one.charge,
      charge: standing(one.charge.charge, one.corrections.at(-1)),
      lines: usageLinesOfRun({ run, model, spans, cardShare, attributes }),
    };
  });
}

/** Sums by measure, basis and attributes, in that order: a figure never mixes two bases. */
function figuresOf(lines: readonly UsageLine[]) {
  const sums = new Map<string, Omit<UsageLine, "ref" | "use" | "from" | "to" | "width">>();
  for (const { measure, basis, attributes, quantity } of lines) {
    const key = `${measure}\n${basis}\n${attributesKey(attributes)}`;
    const before = sums.get(key)?.quantity ?? 0n;
    sums.set(key, { measure, basis, attributes, quantity: before + quantity });
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { attributes, ...figure }]) => ({
      ...figure,
      attributes: { ...attributes },
      unit: measures[figure.measure].unit,
    }));
}
