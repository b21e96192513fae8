import { hash } from "node:crypto";
import type { PriceSchedule, PriceScheduleDraft } from "@wadi/core/capacity";
import { priceSchedule } from "@wadi/protocol";
import { z } from "zod";

/** A price schedule as charges keep it: JSON, named by the first 16 bytes of its SHA-256. */
export interface StoredPrices {
  readonly id: string;
  readonly text: string;
}

const known = new WeakMap<PriceSchedule, StoredPrices>();

/** Quick for a schedule seen before, the very same value. */
export function storedPrices(schedule: PriceSchedule): StoredPrices {
  const before = known.get(schedule);
  if (before) return before;
  const text = JSON.stringify(z.encode(priceSchedule, draftOf(schedule)));
  const stored = { id: hash("sha256", text, "hex").slice(0, 32), text };
  known.set(schedule, stored);
  return stored;
}

/** The schedule as it was; without any period for what `storedPrices` did not make. */
export function readPrices(json: unknown): PriceScheduleDraft {
  const read = priceSchedule.safeParse(json);
  return read.success ? read.data : noPrices;
}

/** What no charge was made by: whoever recomputes one finds it wrong. */
export const noPrices: PriceScheduleDraft = { timeZone: "UTC", periods: [], specialDates: [] };

const draftOf = ({ timeZone, periods, specialDates }: PriceSchedule) => ({
  timeZone,
  periods: periods.map(({ from, to, rules }) => ({
    from,
    to,
    rules: rules.map((rule) => ({ ...rule, days: [...rule.days] })),
  })),
  specialDates: [...specialDates],
});
