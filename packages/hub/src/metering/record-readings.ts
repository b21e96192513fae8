import { isTooLate, judgeReading, type OddReason } from "@wadi/core/metering";
import type { RunId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { lockHead } from "../ledger/index.ts";
import { chargedAmong } from "./charge-store.ts";
import { correctCharges } from "./correct-charges.ts";
import {
  correctionsOf,
  insertLaterReadings,
  laterReadingsOf,
  type LaterReading,
} from "./later-store.ts";
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
 * Keeps readings, each once however often it comes, in whatever order. One that corrects another
 * takes its place, and that one stays. One that comes when its run was charged corrects the charge.
 * What does not fit those kept (a number used again for something else, an overlap), or would
 * correct a charge more than 35 days after its own end, is counted nowhere and put aside.
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
  const isLater = ({ run, revision = 0 }: RunReading) => revision > 0 || charged.has(run);
  const lateRuns = [...new Set(readings.filter(isLater).map(({ run }) => run))];
  const later = await laterReadingsOf(sql, lateRuns);
  const known: RunReading[] = [...stored, ...[...later.values()].flat()];
  const kept = Map.groupBy(known, ({ run }) => run);

  const fresh: RunReading[] = [];
  const odd: OddReading[] = [];
  for (const reading of readings) {
    const own = kept.get(reading.run) ?? [];
    const judged = judge(reading, own, { isKnown, charged });
    if (judged.kind === "odd") odd.push({ reading, why: judged.why });
    if (judged.kind === "new") {
      fresh.push(reading);
      kept.set(reading.run, [...own, reading]);
    }
  }
  await Promise.all([
    insertReadings(
      sql,
      fresh.filter((one) => !isLater(one)),
    ),
    insertOddReadings(sql, odd),
  ]);
  await keepLater(sql, fresh.filter(isLater), charged);
  return odd;
}

function judge(
  reading: RunReading,
  known: readonly RunReading[],
  among: { isKnown: (run: RunId) => boolean; charged: ReadonlySet<RunId> },
): ReturnType<typeof judgeReading> {
  if (!among.isKnown(reading.run)) return { kind: "odd", why: "unknown-run" };
  const judged = judgeReading(reading, known);
  // Before the charge nothing is late: a centre may have been cut off for as long as it ran.
  const isLate = judged.kind === "new" && among.charged.has(reading.run);
  return isLate && isTooLate(reading, reading.receivedAt)
    ? { kind: "odd", why: "too-late" }
    : judged;
}

/** Keeps what came later than its run's charge, or corrects, and corrects the charges. */
async function keepLater(
  sql: Sql,
  readings: readonly RunReading[],
  charged: ReadonlySet<RunId>,
): Promise<void> {
  if (readings.length === 0) return;
  await lockHead(sql); // corrections of a charge are numbered one after the other
  const runs = [...new Set(readings.map(({ run }) => run))].filter((run) => charged.has(run));
  const before = await correctionsOf(sql, runs);
  const numberOf = (run: RunId) => (charged.has(run) ? (before.get(run)?.length ?? 0) + 1 : 0);
  await insertLaterReadings(
    sql,
    readings.map((one): LaterReading => {
      return { ...one, revision: one.revision ?? 0, correction: numberOf(one.run) };
    }),
  );
  const now = readings[0]!.receivedAt;
  if (runs.length > 0) await correctCharges(sql, runs.sort(), now);
}

function rangeOf(run: RunId, readings: readonly RunReading[]): NumberRange {
  const numbers = readings.map(({ number }) => number);
  return { run, least: Math.min(...numbers), most: Math.max(...numbers) };
}
