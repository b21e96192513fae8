import { defaultPolicy, openRegion } from "@wadi/core/dispatch";
import {
  asId,
  mebibytes,
  milliCores,
  yuan,
  type HostId,
  type JobId,
  type PoolId,
  type TenantId,
} from "@wadi/core/units";
import { afterAll, expect, test } from "vitest";

import { aSnapshot, nowMs, shapeWith } from "../../testing/snapshots.ts";
import { arrived, portable } from "../portable.ts";
import { openCertifier } from "./certifier.ts";
import { certifyPlan } from "./certify-plan.ts";
import { gapOf } from "./gap.ts";

const certifier = openCertifier();
afterAll(() => certifier.close());

const shape = shapeWith(1);
const nothing = { bound: undefined, scarcity: undefined };

test("a snapshot is the same when it comes out of a thread, but that nothing is shared", () => {
  const snapshot = aSnapshot();
  const carried = arrived(structuredClone(portable(snapshot)));
  expect(carried).toEqual(snapshot);
  const plan = openRegion(carried).decide(nowMs);
  expect(plan).toEqual(openRegion(snapshot).decide(nowMs));
});

test("a thread certifies what this one would; the second time in no more rounds", async () => {
  const snapshot = aSnapshot();
  const here = certifyPlan(snapshot, nothing).certified;
  const { tookMs, ...there } = await certifier.certify(snapshot);
  expect(there).toEqual(here);
  expect(tookMs).toBeGreaterThanOrEqual(0);
  expect(there).toMatchObject({ jobs: 20, atMs: nowMs });
  expect(there.bound).toBeGreaterThan(0n);
  expect(gapOf(there)).toBeLessThan(1);
  const again = await certifier.certify(snapshot);
  expect(again.rounds).toBeLessThanOrEqual(there.rounds);
});

test("a job that no open pool can start is counted neither in the cost nor in the bound", () => {
  const snapshot = aSnapshot();
  const { queue, pools } = snapshot;
  const wide = shapeWith(9);
  const job = { ...queue[0]!.jobs[0]!, id: asId<JobId>("wide") };
  const more = [...queue, { shape: wide, jobs: [job] }];
  const twice = [{ ...pools[0]!, id: asId<PoolId>("c2-a"), hosts: [] }, ...pools];
  const without = certifyPlan(snapshot, nothing).certified;
  expect(certifyPlan({ ...snapshot, queue: more, pools: twice }, nothing).certified).toMatchObject({
    jobs: 20,
    cost: without.cost,
    bound: without.bound,
  });
  const closed = { code: "centre-draining", facts: { centre: "c1" } } as const;
  const none = { ...snapshot, pools: pools.map((pool) => ({ ...pool, closed })) };
  expect(certifyPlan(none, nothing).certified).toMatchObject({ jobs: 0, cost: 0n, bound: 0n });
});

test("where runs may move, the bound is still of the jobs that wait, as the cost is", () => {
  const preemption = { ...defaultPolicy.preemption, moves: yuan(1n) };
  const movable = {
    ...{ job: asId<JobId>("runs"), tenant: asId<TenantId>("acme"), shape },
    pool: asId<PoolId>("c1-a"),
    need: { cards: 1, share: 1000, cpu: milliCores(1000), memory: mebibytes(1024) },
    hosts: [{ host: asId<HostId>("h1"), replicas: 1 }],
    ...{ sinceMs: nowMs, expectedEndMs: nowMs + 36e5, latestEndMs: nowMs + 72e5 },
    ...{ checkpointedMs: null, stopping: false },
  };
  const still = certifyPlan(aSnapshot({ runs: [movable] }), nothing).certified;
  const policy = { ...defaultPolicy, preemption };
  const moving = certifyPlan(aSnapshot({ runs: [movable], policy }), nothing).certified;
  expect(moving).toMatchObject({ cost: still.cost, bound: still.bound });
});

test("a thread that fails is told of, and the next certificate is made by another", async () => {
  const broken = aSnapshot({ queue: [{ shape: null as never, jobs: [] }] });
  await expect(certifier.certify(broken)).rejects.toThrow("null");
  await expect(certifier.certify(aSnapshot())).resolves.toMatchObject({ jobs: 20 });
});

test("without anything that waits there is no gap", () => {
  expect(gapOf({ cost: yuan(0n), bound: yuan(0n) })).toBeNull();
  expect(gapOf({ cost: yuan(11n), bound: yuan(10n) })).toBeCloseTo(0.1);
});
