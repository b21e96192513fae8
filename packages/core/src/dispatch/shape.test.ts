import { expect, test } from "vitest";

import { asId, bytes, yuan, type MicroYuan, type PlaceId } from "../units/index.ts";
import { aJob, aPool, aRun, aShape, aSnapshot, aSpec, noonMs } from "./builders.testing.ts";
import { quote } from "./quote.ts";
import { openRegion } from "./region.ts";
import { round } from "./round.ts";
import { shapeOf } from "./shape.ts";
import type { PoolNow, Shape } from "./snapshot.ts";

/* A job whose last run left a checkpoint of 2 GB in hefei; the cheaper pool is in tianjin. */

const hefei = asId<PlaceId>("hefei");
const tianjin = asId<PlaceId>("tianjin");
const near = aPool({ id: "near", price: yuan(9n), place: hefei });
const far = aPool({ id: "far", price: yuan(5n), place: tianjin });
const checkpointAt = { place: hefei, bytes: bytes(2_000_000_000n) };
const kept = shapeOf(aSpec(), { budget: null, checkpointAt });

const linked = (perGB: MicroYuan) => [{ from: hefei, to: tianjin, megabitsPerSecond: 1000, perGB }];
const regionOf = (pools: PoolNow[], links = linked(yuan(1n)), shape: Shape = kept) =>
  aSnapshot({ pools, links, queue: [{ shape, jobs: [aJob()] }] });

test("a checkpoint counts as data of its own, and tells shapes apart", () => {
  expect(kept.data).toEqual([{ places: [hefei], bytes: 2_000_000_000n, checkpoint: true }]);
  expect(kept.key).not.toBe(aShape().key);
  expect(kept.family).toBe(aShape().family);
  expect(shapeOf(aSpec(), { budget: null, checkpointAt: null })).toEqual(aShape());
});

test.each([
  // four hours cost 36 yuan in the near pool and 20 in the far one
  [yuan(1n), "far", 2n],
  [yuan(9n), "near", 0n],
])("with a link of %s a gigabyte it goes on in the %s pool", (perGB, pool, data) => {
  const { placements } = round(regionOf([near, far], linked(perGB)));
  expect(placements).toMatchObject([{ pool, cost: { data: yuan(data) } }]);
});

test("the time it takes to bring it delays the start, and only elsewhere", () => {
  const { candidates } = quote(kept, regionOf([near, far]));
  const startsIn = candidates.map((one) => [String(one.pool.id), one.startsIn]);
  expect(Object.fromEntries(startsIn)).toEqual({ far: 16_000, near: 0 });
});

test("where nothing leads away from it, its place is the only one", () => {
  const full = aRun({ pool: near.id, need: { ...aRun().need, cards: 8 } });
  const { verdict, candidates } = quote(kept, { ...regionOf([near, far], []), runs: [full] });
  expect(verdict).toBe("waits");
  expect(candidates.map((one) => [one.pool.id, one.verdict, one.reason?.code])).toEqual([
    ["near", "busy", "no-room"],
    ["far", "refused", "checkpoint-elsewhere"],
  ]);
});

test("a job queued anew with its checkpoint is placed as in a region opened anew", () => {
  const job = aJob();
  const run = aRun({ job: job.id, pool: far.id, shape: aShape() });
  const region = openRegion({ ...regionOf([near, far], linked(yuan(9n))), queue: [], runs: [run] });
  region.apply([
    { kind: "ended", job: job.id },
    { kind: "queued", shape: kept, job },
  ]);
  const plan = region.decide(noonMs);
  expect(plan.placements).toMatchObject([{ job: job.id, pool: "near" }]);
  const anew = {
    ...regionOf([near, far], linked(yuan(9n))),
    queue: [{ shape: kept, jobs: [job] }],
  };
  expect(plan.placements.map(({ pool, hosts }) => ({ pool, hosts }))).toEqual(
    round(anew).placements.map(({ pool, hosts }) => ({ pool, hosts })),
  );
});
