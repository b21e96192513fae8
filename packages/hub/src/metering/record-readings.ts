import { judgeReading, type OddReason } from "@wadi/core/metering";
import type { RunId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { chargedAmong } from "./charge-store.ts";
import {
  insertOddReadings,
  insertReadings,
  readingsAround,
  type NumberRange,
  type RunReading,
} from "./reading-store.ts";

export interface OddReading {
  readonly reading: RunReading;
  readonly why: OddReason;
}

/**
 * Keeps readings, each once however often it comes, in whatever order. What does not fit those
 * kept (a number used again for something else, an overlap), or comes when the run was charged, is
 * counted nowhere and put aside with the reason.
 *
 * @param isKnown  whether the hub has such a run; default: all of them
 * @returns what was put aside
 */
export async function recordReadings(
  sql: Sql,
  readings: readonly RunReading[],
  isKnown: (run: RunId) => boolean = () => true,
): Promise<OddReading[]> {
  if (readings.length === 0) return [];
  const byRun = Map.groupBy(readings, ({ run }) => run);
  const ranges = [...byRun].map(([run, own]) => rangeOf(run, own));
  const [stored, charged] = await Promise.all([
    readingsAround(sql, ranges),
    chargedAmong(sql, [...byRun.keys()]),
  ]);
  const kept = Map.groupBy(stored, ({ run }) => run);
  const fresh: RunReading[] = [];
  const odd: OddReading[] = [];
  for (const reading of readings) {
    const known = kept.get(reading.run) ?? [];
    const judged = judge(reading, { known, isKnown, charged });
    if (judged.kind === "odd") odd.push({ reading, why: judged.why });
    if (judged.kind === "new") {
      fresh.push(reading);
      kept.set(reading.run, [...known, reading]);
    }
  }
  await Promise.all([insertReadings(sql, fresh), insertOddReadings(sql, odd)]);
  return odd;
}

function judge(
  reading: RunReading,
  among: { known: RunReading[]; isKnown: (run: RunId) => boolean; charged: ReadonlySet<RunId> },
): ReturnType<typeof judgeReading> {
  if (!among.isKnown(reading.run)) return { kind: "odd", why: "unknown-run" };
  const judged = judgeReading(reading, among.known);
  const isLate = judged.kind === "new" && among.charged.has(reading.run);
  return isLate ? { kind: "odd", why: "after-the-charge" } : judged;
}

function rangeOf(run: RunId, readings: readonly RunReading[]): NumberRange {
  const numbers = readings.map(({ number }) => number);
  return { run, least: Math.min(...numbers), most: Math.max(...numbers) };
}
