import { openCalibration, type Calibration, type Outlook, type Plan } from "@wadi/core/dispatch";
import type { JobId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { shapeHash } from "./spec-document.ts";
import { curveOf, isMuchTheSame } from "./start-curve.ts";
import {
  dropAllGroupStarts,
  dropBookings,
  dropGroupStarts,
  readBookings,
  saveBookings,
  saveGroupStarts,
  type BookedStart,
  type GroupStarts,
} from "./start-store.ts";

/** What a leader has said of starts, and how right it was. */
export interface SaidStarts {
  /** Null: not known, as for a leader that has just begun. */
  readonly bookings: ReadonlyMap<JobId, BookedStart> | null;
  readonly groups: ReadonlyMap<string, GroupStarts> | null;
  readonly calibration: Calibration;
}

export const nothingSaid = (): SaidStarts => ({
  bookings: null,
  groups: null,
  calibration: openCalibration(),
});

/** A booked start that moves by less is left as it was said. */
const sameWithinMs = 5000;

/**
 * Keeps when jobs that wait are expected to start, for whoever asks: what has changed since it was
 * said last is written, and what holds no more is taken away.
 *
 * @param outlook  null: not looked at this time, so that what was said of it still holds
 * @returns what has been said now; it holds once the transaction is committed
 */
export async function sayStarts(
  sql: Sql,
  { plan, outlook }: { plan: Plan; outlook: Outlook | null },
  before: SaidStarts,
): Promise<SaidStarts> {
  return {
    ...before,
    bookings: await sayBookings(sql, plan, before.bookings),
    groups: outlook ? await sayOutlook(sql, { plan, outlook }, before) : before.groups,
  };
}

async function sayBookings(
  sql: Sql,
  plan: Plan,
  before: SaidStarts["bookings"],
): Promise<ReadonlyMap<JobId, BookedStart>> {
  const known = before ?? new Map((await readBookings(sql)).map((one) => [one.job, one]));
  const now = new Map<JobId, BookedStart>();
  const news: BookedStart[] = [];
  for (const { job, pool, startMs } of plan.bookings) {
    const told = known.get(job);
    const movedMs = told ? Math.abs(told.startAt.epochMilliseconds - startMs) : Infinity;
    const isSame = told?.pool === pool && movedMs < sameWithinMs;
    const one = isSame
      ? told
      : { job, pool, startAt: Temporal.Instant.fromEpochMilliseconds(Math.ceil(startMs)) };
    now.set(job, one);
    if (!isSame) news.push(one);
  }
  await dropBookings(
    sql,
    [...known.keys()].filter((job) => !now.has(job)),
  );
  await saveBookings(sql, news);
  return now;
}

async function sayOutlook(
  sql: Sql,
  { plan, outlook }: { plan: Plan; outlook: Outlook },
  { groups: before, calibration }: SaidStarts,
): Promise<ReadonlyMap<string, GroupStarts>> {
  if (!before) await dropAllGroupStarts(sql);
  const known = before ?? new Map<string, GroupStarts>();
  const nowMs = outlook.atMs;
  const now = new Map<string, GroupStarts>();
  const news: GroupStarts[] = [];
  const stretch = (waitMs: number) => calibration.stretch(waitMs);
  const placed = placedOf(plan);
  for (const { tenant, shape, array, startsMs } of outlook.groups) {
    // What this round places is in the queue no more: the others' places are counted anew.
    const left = startsMs.slice(placed.get(`${shape.key} ${tenant}`) ?? 0);
    if (left.length === 0) continue;
    const hash = shapeHash(shape, array);
    const name = `${hash} ${tenant}`;
    const told = known.get(name);
    const curve = curveOf(left, { nowMs, stretch });
    const isSame = told !== undefined && isMuchTheSame(told.curve, curve, nowMs);
    const one = isSame ? told : { shape: hash, tenant, curve };
    now.set(name, one);
    if (!isSame) news.push(one);
  }
  await dropGroupStarts(
    sql,
    [...known].filter(([name]) => !now.has(name)).map(([, one]) => one),
  );
  await saveGroupStarts(sql, news, Temporal.Instant.fromEpochMilliseconds(plan.atMs));
  return now;
}

function placedOf({ placements }: Plan): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { shape, tenant } of placements) {
    const name = `${shape.key} ${tenant}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
