import { pool, flatPrice } from "@wadi/core/capacity";
import {
  defaultPolicy,
  round,
  shapeOf,
  type PoolNow,
  type RunNow,
  type Snapshot,
} from "@wadi/core/dispatch";
import {
  asId,
  yuan,
  type CentreId,
  type JobId,
  type PlaceId,
  type ProviderId,
  type TenantId,
} from "@wadi/core/units";
import { jobSpec } from "@wadi/protocol";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { emptySnapshot } from "../jobs/index.ts";
import { changesBetween } from "./changes.ts";
import { rememberRegion } from "./remembered-region.ts";

const startMs = Temporal.Instant.from("2026-06-01T00:00:00Z").epochMilliseconds;
const acme = asId<TenantId>("acme");
const jobs = Array.from({ length: 8 }, (_, i) => asId<JobId>(`job-${i}`));
const shapes = [1, 2, 4].map((count) =>
  shapeOf(
    jobSpec.decode({
      version: 1,
      name: "a job",
      run: { kind: "command", argv: ["true"] },
      cards: { options: [{ model: "h20", count, expectedRunTime: "1h" }] },
      maxRunTime: "2h",
    }),
    { budget: null },
  ),
);

const region = (() => {
  const made = pool({
    id: "c1-a",
    centreId: "c1",
    model: "h20",
    hosts: [
      { id: "h1", cards: 8, cardMemory: null, cpu: 64_000, memory: 500_000, emulated: false },
    ],
    prices: flatPrice(yuan(2n)),
    wattsPerCard: null,
    reclaimsPer1000Hours: 0,
    interconnect: null,
  });
  if (made.kind === "refused") throw new Error(made.problems[0]?.message);
  const centre = {
    ...{ id: asId<CentreId>("c1"), name: { zh: "中心", en: "A centre" }, kind: "edge" as const },
    ...{ place: asId<PlaceId>("east"), providerId: asId<ProviderId>("p"), timeZone: "UTC" },
    ...{ powerPricePerKwh: null, carbonGramsPerKwh: null },
  };
  return { version: 1n, centres: [centre], pools: [made.value], links: [] as never };
})();
const now = Temporal.Instant.fromEpochMilliseconds(startMs);
const empty = emptySnapshot(region, { now, policy: defaultPolicy });

/** Of each job what it does at one moment: nothing, it waits, or it runs. */
const anyMoment = fc.record({
  jobs: fc.array(fc.constantFrom("gone", "waits", "runs", "stopping"), {
    minLength: jobs.length,
    maxLength: jobs.length,
  }),
  isClosed: fc.boolean(),
  quota: fc.option(fc.integer({ min: 0, max: 8 })),
});

type Moment = typeof anyMoment extends fc.Arbitrary<infer M> ? M : never;

function snapshotOf(moment: Moment, at: number): Snapshot {
  const nowMs = startMs + at * 60_000;
  const runs: RunNow[] = [];
  const waiting = new Map(shapes.map((shape) => [shape, [] as JobId[]]));
  let held = 0;
  for (const [i, what] of moment.jobs.entries()) {
    const shape = shapes[i % shapes.length]!;
    const { count } = shape.cards.options[0]!;
    if (what === "waits") waiting.get(shape)!.push(jobs[i]!);
    if ((what !== "runs" && what !== "stopping") || held + count > 8) continue;
    held += count;
    runs.push({
      ...{ job: jobs[i]!, tenant: acme, shape, pool: empty.pools[0]!.id, sinceMs: startMs },
      need: { cards: count, share: 1000, cpu: shape.cpu, memory: shape.memory },
      hosts: [{ host: empty.pools[0]!.hosts[0]!.id, replicas: 1 }],
      ...{ expectedEndMs: startMs + 3_600_000, latestEndMs: startMs + 7_200_000 },
      ...{ checkpointedMs: null, stopping: what === "stopping" },
    });
  }
  const closed = { code: "centre-draining", facts: { centre: "c1" } } as const;
  const pools = empty.pools.map((one): PoolNow => ({
    ...one,
    closed: moment.isClosed ? closed : null,
  }));
  const tenant = { cardQuota: moment.quota, pastCardSeconds: 0, startedLately: 0 };
  return {
    ...empty,
    ...{ nowMs, runs, pools },
    tenants: moment.quota === null ? new Map() : new Map([[acme, tenant]]),
    queue: [...waiting]
      .filter(([, ids]) => ids.length > 0)
      .map(([shape, ids]) => ({
        shape,
        jobs: ids.map((id) => ({ id, tenant: acme, submittedMs: startMs, array: null })),
      })),
  };
}

test("a region that is told what changed decides what one opened anew does", () => {
  fc.assert(
    fc.property(fc.array(anyMoment, { minLength: 2, maxLength: 6 }), (moments) => {
      const remembered = rememberRegion();
      for (const [at, moment] of moments.entries()) {
        const snapshot = snapshotOf(moment, at);
        expect(plain(remembered.decide(snapshot))).toEqual(plain(round(snapshot)));
      }
    }),
    { numRuns: 60 },
  );
});

test("between a snapshot and its copy nothing has changed", () => {
  const copies = (at: number) =>
    snapshotOf({ jobs: jobs.map(() => "waits" as const), isClosed: true, quota: 3 }, at);
  expect(changesBetween(copies(0), copies(1))).toEqual([]);
});

test("where a pool is gone the region is opened anew", () => {
  expect(changesBetween(empty, { ...empty, pools: [] })).toBeUndefined();
});

/** Of pools in candidates only which they are: they are the same values either way. */
const plain = (plan: ReturnType<typeof round>) =>
  JSON.stringify(plan, (key, value: unknown) =>
    key === "pool" && typeof value === "object" && value !== null && "id" in value
      ? value.id
      : typeof value === "bigint"
        ? `${value}`
        : value,
  );
