import type { JobId } from "@wadi/core/units";
import type { JobSpecJson } from "@wadi/protocol";

import { chanceOf, type Chance } from "../region/chance.ts";
import { centreIds, model } from "../region/layout.ts";
import { faultKinds, longMs, type FaultKind } from "./fault-kinds.ts";

/** What happens to a region in a few seconds: all of it follows from the seed. */
export interface Schedule {
  readonly seed: number;
  readonly faults: readonly PlannedFault[];
  readonly jobs: readonly PlannedJob[];
}

export interface PlannedFault {
  readonly kind: FaultKind;
  readonly atMs: number;
  readonly lastsMs: number;
  /** Which centre, or hub, where the fault is of one. */
  readonly place: number;
}

/** One submission. */
export interface PlannedJob {
  /** Its idempotency key; like no other's in the region. */
  readonly key: string;
  readonly atMs: number;
  readonly ofTenant: "tenant" | "other";
  readonly runMs: number;
  readonly exitCode: number;
  readonly retries: number;
  readonly replicas: number;
  readonly cards: number;
  /** Of an array; 1 for none. */
  readonly count: number;
  readonly rerunWhenLost: boolean;
  /** Place of a centre that it must not run at. */
  readonly avoids: number | null;
  /** Place in `jobs` of one that it waits for. */
  readonly after: { readonly place: number; readonly how: "ok" | "any" } | null;
  /** So long after it was accepted. */
  readonly cancelAfterMs: number | null;
  /** Sent again at the end, under the same key. */
  readonly isRepeated: boolean;
}

export interface ScheduleWish {
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  /** How many submissions at most. */
  readonly jobsMax: number;
}

const lengthMs = 2000;

/**
 * Two out of five are long: a fault that outlasts the leases, and runs that would outlast it. The
 * others are over so soon that what one fault has left is there when the next one comes.
 */
export function makeSchedule({ seed, kinds, jobsMax }: ScheduleWish): Schedule {
  const chance = chanceOf(seed);
  const isLong = chance.happens(0.4);
  const faults = Array.from({ length: chance.between(1, 4) }, () => planShort(chance, kinds));
  if (isLong) faults.push(planLong(chance, kinds));
  const count = chance.between(Math.ceil(jobsMax / 3), jobsMax);
  const jobs = Array.from({ length: count }, (_, place) =>
    planJob(chance, { seed, place, isLong }),
  );
  return { seed, faults: faults.toSorted((a, b) => a.atMs - b.atMs), jobs };
}

function planShort(chance: Chance, kinds: readonly FaultKind[]): PlannedFault {
  const kind = chance.pick(kinds);
  const { shortestMs, longestMs } = faultKinds[kind];
  const most = Math.min(longestMs, shortestMs + 800);
  return {
    kind,
    atMs: chance.between(0, lengthMs),
    lastsMs: chance.between(shortestMs, most),
    place: chance.between(0, 1),
  };
}

/** Begins when some runs have begun, and ends after their lease has. */
function planLong(chance: Chance, kinds: readonly FaultKind[]): PlannedFault {
  const kind = chance.pick(kinds.filter((one) => faultKinds[one].longestMs >= longMs));
  return {
    kind,
    atMs: chance.between(700, 1300),
    lastsMs: chance.between(longMs, faultKinds[kind].longestMs),
    place: chance.happens(0.75) ? 0 : 1, // where most of the runs are: it is the cheaper one
  };
}

function planJob(
  chance: Chance,
  { seed, place, isLong }: { seed: number; place: number; isLong: boolean },
): PlannedJob {
  const isFailing = chance.happens(0.15);
  const after = place > 0 && chance.happens(0.15);
  const runsLong = isLong && chance.happens(0.4) && !isFailing && !after;
  return {
    key: `${seed}/${place}`,
    atMs: chance.between(0, runsLong ? 800 : lengthMs),
    ofTenant: chance.pick(["tenant", "other"]),
    runMs: runsLong ? chance.between(3000, 5000) : chance.between(20, 800),
    exitCode: isFailing ? 3 : 0,
    retries: isFailing ? chance.between(0, 2) : 0,
    replicas: chance.happens(0.1) ? 2 : 1,
    cards: chance.happens(0.2) ? 2 : 1,
    count: chance.happens(0.15) ? chance.between(2, 5) : 1,
    rerunWhenLost: chance.happens(0.6),
    avoids: chance.happens(0.4) ? chance.between(0, 1) : null,
    after: after ? { place: chance.between(0, place - 1), how: chance.pick(["ok", "any"]) } : null,
    cancelAfterMs: chance.happens(0.15) ? chance.between(0, 1000) : null,
    isRepeated: chance.happens(0.2),
  };
}

/** What its spec has of a planned job, whatever engine it is for. */
export function planned(job: PlannedJob, after: JobId | null): Partial<JobSpecJson> {
  return {
    name: job.key,
    replicas: job.replicas,
    cards: { options: [{ model, count: job.cards }] },
    retry: { times: job.retries, rerunWhenLost: job.rerunWhenLost },
    ...(job.count > 1 && { array: { count: job.count } }),
    ...(job.avoids !== null && { constraints: { denyCentres: [centreIds[job.avoids]!] } }),
    ...(job.after && after && { after: { [job.after.how]: [after] } }),
  };
}
