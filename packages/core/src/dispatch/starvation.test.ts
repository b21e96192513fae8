import { expect, test } from "vitest";

import { asId, durationOf, type JobId } from "../units/index.ts";
import { aHost, aJob, aPool, aShape, aSnapshot, aWish, noonMs } from "./builders.testing.ts";
import { defaultPolicy, type Policy } from "./policy.ts";
import { openRegion, type DispatchRegion } from "./region.ts";
import type { QueuedJob, Shape } from "./snapshot.ts";

/* One host of eight cards, and always more who want them than there is room for. */

const minute = 60_000;
const hour = 60 * minute;

interface Wanted {
  readonly shape: Shape;
  readonly job: QueuedJob;
}

/**
 * Plays hour by hour what `coming` brings; the job's start in hours, or undefined within `most`.
 */
function startOf(
  wanted: Wanted,
  flood: { policy?: Policy; coming: (atMs: number) => Wanted[]; mostHours: number },
): number | undefined {
  const { policy = defaultPolicy, coming, mostHours } = flood;
  const pools = [aPool({ hosts: [aHost({ cards: 8 })] })];
  const region = openRegion(aSnapshot({ policy, pools }));
  const ends = new Map<JobId, number>();
  for (let atMs = noonMs; atMs < noonMs + mostHours * hour; atMs += 10 * minute) {
    for (const [job, endMs] of ends) {
      if (endMs > atMs) continue;
      region.apply([{ kind: "ended", job }]);
      ends.delete(job);
    }
    for (const { shape, job } of coming(atMs)) region.apply([{ kind: "queued", shape, job }]);
    if (atMs === noonMs + 2 * hour) region.apply([{ kind: "queued", ...wanted }]);
    const started = startAll(region, atMs);
    if (started.has(wanted.job.id)) return (atMs - noonMs) / hour - 2;
    for (const [job, endMs] of started) ends.set(job, endMs);
  }
  return undefined;
}

function startAll(region: DispatchRegion, nowMs: number): Map<JobId, number> {
  const { placements } = region.decide(nowMs);
  for (const placed of placements) {
    const latestEndMs = nowMs + placed.limit;
    const times = { sinceMs: nowMs, expectedEndMs: latestEndMs, latestEndMs };
    const run = { ...placed, ...times, checkpointedMs: null, stopping: false };
    region.apply([{ kind: "started", run }]);
  }
  return new Map(placements.map(({ job, limit }) => [job, nowMs + limit]));
}

const oneHour = durationOf(hour);
const small = (atMs: number, priority: "high" | "normal" = "normal", tenant = "many"): Wanted => ({
  shape: aShape({ priority, maxRunTime: oneHour }),
  job: aJob({ tenant: asId(tenant), submittedMs: atMs }),
});
const flooding = (priority: "high" | "normal", tenant?: string) => (atMs: number) =>
  Array.from({ length: 3 }, () => small(atMs, priority, tenant));

const gang: Wanted = {
  shape: aShape({ cards: aWish([["h100-sxm", 8]]), maxRunTime: oneHour }),
  job: aJob({ tenant: asId("one"), submittedMs: noonMs + 2 * hour }),
};

test("a wide gang waits for those that were there before it, not for those that come after", () => {
  // Of two hours' flood twenty jobs are left: three fillings of the host, and its own turn.
  expect(startOf(gang, { coming: flooding("normal"), mostHours: 12 })).toBeLessThanOrEqual(4);
});

test("without a booked start the small jobs would pass it for ever", () => {
  const policy = { ...defaultPolicy, booking: { ...defaultPolicy.booking, depth: 0 } };
  expect(startOf(gang, { policy, coming: flooding("normal"), mostHours: 48 })).toBeUndefined();
});

test("a job of a low class is served in the end, since waiting raises it", () => {
  const low = {
    shape: aShape({ priority: "low", maxRunTime: oneHour }),
    job: aJob({ tenant: asId("patient"), submittedMs: noonMs + 2 * hour }),
  };
  const coming = flooding("high", "busy");
  const policy = { ...defaultPolicy, ageing: durationOf(4 * hour) };
  // Three classes up, four hours each: then it stands beside the oldest of the flood.
  expect(startOf(low, { policy, coming, mostHours: 24 })).toBeLessThanOrEqual(12);
  const strict = { ...defaultPolicy, ageing: null };
  expect(startOf(low, { policy: strict, coming, mostHours: 24 })).toBeUndefined();
});

test("a tenant who comes late to a long queue of another's is served at once", () => {
  const late = small(noonMs + 2 * hour, "normal", "late");
  expect(startOf(late, { coming: flooding("normal"), mostHours: 12 })).toBeLessThanOrEqual(0.5);
});
