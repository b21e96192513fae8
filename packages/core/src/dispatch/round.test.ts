import { expect, test } from "vitest";
import { asId, bytes, durationOf, mebibytes, microYuan, milliCores, yuan } from "../units/index.ts";
import type { JobId, PlaceId, TenantId } from "../units/index.ts";
import {
  aHost,
  aJob,
  aPool,
  aRun,
  aShape,
  aSnapshot,
  aWish,
  noon,
  noonMs,
} from "./builders.testing.ts";
import type { Plan } from "./plan.ts";
import { quote } from "./quote.ts";
import { round } from "./round.ts";
import type { RunNow, ShapeQueue } from "./snapshot.ts";

/** So many cards of a host are taken by a run of four hours that nobody may stop. */
const busy = (cards: number, on: { pool?: string; host?: string } = {}): RunNow =>
  aRun({
    pool: asId(on.pool ?? "pool-1"),
    tenant: asId("somebody"),
    shape: aShape({ cards: aWish([["h100-sxm", cards]]), memory: mebibytes(0) }),
    need: { cards, share: 1000, cpu: milliCores(0), memory: mebibytes(0) },
    hosts: [{ host: asId(on.host ?? "host-1"), replicas: 1 }],
  });
const minutes = (count: number) => noonMs + count * 60_000;

const cheap = aPool({ id: "cheap", price: yuan(5n) });
const dear = aPool({ id: "dear", price: yuan(9n) });
const one = (shape = aShape(), job = aJob()): ShapeQueue => ({ shape, jobs: [job] });
const placesOf = (plan: Plan) => plan.placements.map(({ job, pool }) => [job, pool]);
const reasonIn = (plan: Plan, pool: string) =>
  plan.waiting[0]?.candidates.find((candidate) => candidate.pool.id === pool)?.reason?.code;

test("a job goes where it costs least in total; the losers say how much dearer they are", () => {
  const queue = [one()];
  const { placements } = round(aSnapshot({ pools: [dear, cheap], queue }));
  expect(placements).toMatchObject([{ pool: "cheap", cost: { compute: 20_000_000n } }]);
  const loser = placements[0]!.candidates.find(({ pool }) => pool.id === "dear");
  expect(loser).toMatchObject({
    verdict: "possible",
    reason: { code: "dearer", facts: { more: "16.00", chosen: "cheap" } },
  });
});

test("total cost is more than price: dear data makes the dearer pool the better one", () => {
  const near = aPool({ id: "near", price: yuan(9n), place: asId("hefei") });
  const far = aPool({ id: "far", price: yuan(5n), place: asId("tianjin") });
  const links = [
    {
      from: asId<PlaceId>("hefei"),
      to: asId<PlaceId>("tianjin"),
      megabitsPerSecond: 1000,
      perGB: yuan(1n),
    },
  ];
  const input = {
    kind: "dataset",
    dataset: "text",
    place: asId<PlaceId>("hefei"),
    replicas: [],
    to: "data",
    bytes: bytes(100_000_000_000n),
  } as const;
  const queue = [one(aShape({ inputs: [input] }))];
  const { placements } = round(aSnapshot({ pools: [near, far], links, queue }));
  expect(placements[0]!.pool).toBe("near");
  const lost = placements[0]!.candidates.find(({ pool }) => pool.id === "far")!;
  // 100 GB at 1 yuan each, and 800 s of waiting at 1 yuan an hour
  expect(lost.cost).toMatchObject({ data: 100_000_000n, waiting: 222_223n });
});

test("a faster card wins at a higher price when the run ends sooner", () => {
  const slow = aPool({ id: "slow", model: "a100-80g", price: yuan(5n) });
  const fast = aPool({ id: "fast", model: "h100-sxm", price: yuan(9n) });
  const cards = aWish([
    ["a100-80g", 1, 4],
    ["h100-sxm", 1, 2],
  ]);
  const { placements } = round(aSnapshot({ pools: [slow, fast], queue: [one(aShape({ cards }))] }));
  expect(placements[0]).toMatchObject({ pool: "fast", cost: { compute: 18_000_000n } });
});

test("where the tenant takes its options in order, an earlier one wins at any price", () => {
  const first = aPool({ id: "first", model: "ascend-910b3", price: yuan(50n) });
  const second = aPool({ id: "second", model: "h100-sxm", price: yuan(1n) });
  const cards = aWish(
    [
      ["ascend-910b3", 1],
      ["h100-sxm", 1],
    ],
    "first",
  );
  const pools = [first, second];
  const plan = round(aSnapshot({ pools, queue: [one(aShape({ cards }))] }));
  expect(plan.placements[0]).toMatchObject({ pool: "first" });
  expect(plan.placements[0]!.candidates[1]!.reason!.code).toBe("later-option");
});

test("between equals the tightest fit wins, then the smaller id", () => {
  const loose = aPool({ id: "a-loose", hosts: [aHost({ cards: 8 })] });
  const tight = aPool({ id: "b-tight", hosts: [aHost({ cards: 2 })] });
  const same = aPool({ id: "c-same", hosts: [aHost({ cards: 2 })] });
  const { placements } = round(aSnapshot({ pools: [same, loose, tight], queue: [one()] }));
  expect(placements[0]).toMatchObject({ pool: "b-tight" });
});

test("a gang starts whole or not at all", () => {
  const hosts = [aHost({ id: asId("h1"), cards: 4 }), aHost({ id: asId("h2"), cards: 4 })];
  const gang = (replicas: number) => one(aShape({ replicas, cards: aWish([["h100-sxm", 2]]) }));
  const pools = [aPool({ hosts })];
  expect(round(aSnapshot({ pools, queue: [gang(4)] })).placements[0]!.hosts).toEqual([
    { host: "h1", replicas: 2 },
    { host: "h2", replicas: 2 },
  ]);
  const plan = round(aSnapshot({ pools, queue: [gang(5)] }));
  expect(plan.placements).toEqual([]);
  expect(reasonIn(plan, "pool-1")).toBe("pool-too-small");
});

test("cards spread over hosts do not make room for a replica that needs them together", () => {
  const hosts = [aHost({ id: asId("h1"), cards: 4 }), aHost({ id: asId("h2"), cards: 4 })];
  const shape = aShape({ cards: aWish([["h100-sxm", 4]]) });
  const runs = [busy(2, { host: "h1" }), busy(2, { host: "h2" })];
  const plan = round(aSnapshot({ pools: [aPool({ hosts })], runs, queue: [one(shape)] }));
  expect(reasonIn(plan, "pool-1")).toBe("no-host-with-room");
});

test("inside a class the oldest job comes first, and a higher class before any of a lower", () => {
  const pools = [aPool({ hosts: [aHost({ cards: 2 })] })];
  const at = (count: number, priority: "normal" | "high" = "normal"): ShapeQueue =>
    one(
      aShape({ priority, maxRunTime: durationOf(3_600_000 * (count + 1)) }),
      aJob({ submittedMs: minutes(count) }),
    );
  const [young, old, middle, urgent] = [at(9), at(1), at(5), at(20, "high")];
  const plan = round(aSnapshot({ pools, queue: [young, old, middle, urgent] }));
  expect(placesOf(plan).map(([job]) => job)).toEqual([urgent.jobs[0]!.id, old.jobs[0]!.id]);
});

test("a job too wide for what is left does not hold up a smaller one behind it", () => {
  const wide = one(aShape({ cards: aWish([["h100-sxm", 8]]) }), aJob({ submittedMs: noonMs }));
  const small = one(aShape(), aJob({ submittedMs: minutes(1) }));
  const plan = round(aSnapshot({ runs: [busy(6)], queue: [wide, small] }));
  expect(placesOf(plan)).toEqual([[small.jobs[0]!.id, "pool-1"]]);
  expect(reasonIn(plan, "pool-1")).toBe("no-room");
});

test("each refusal names its reason", () => {
  const cases: [string, Parameters<typeof aShape>[0], Parameters<typeof aPool>[0]?][] = [
    ["other-model", { cards: aWish([["a100-80g", 1]]) }],
    ["other-place", { constraints: { ...aShape().constraints, places: [asId("hefei")] } }],
    ["not-domestic", { constraints: { ...aShape().constraints, domesticOnly: true } }],
    ["centre-not-allowed", { constraints: { ...aShape().constraints, allowCentres: [asId("x")] } }],
    [
      "centre-denied",
      { constraints: { ...aShape().constraints, denyCentres: [asId("centre-of-pool-1")] } },
    ],
    ["host-too-small", { memory: mebibytes(1_000_000) }],
    ["host-too-small", { cpu: milliCores(65_000) }],
    ["past-deadline", { deadline: noon.add({ hours: 3 }) }],
    ["over-budget", { maxCost: yuan(39n) }],
    [
      "no-link",
      {
        inputs: [
          {
            kind: "dataset",
            dataset: "d",
            place: asId("mars"),
            replicas: [],
            to: "d",
            bytes: bytes(1n),
          },
        ],
      },
    ],
    ["centre-draining", {}, { closed: { code: "centre-draining", facts: {} } }],
  ];
  for (const [code, spec, pool] of cases) {
    const plan = round(aSnapshot({ pools: [aPool(pool)], queue: [one(aShape(spec))] }));
    expect([reasonIn(plan, "pool-1"), plan.placements.length]).toEqual([code, 0]);
  }
});

test("a tenant at its quota and an array at its bound are held back, others go on", () => {
  const now = { cardQuota: 2, pastCardSeconds: 0, startedLately: 0 };
  const tenants = new Map([[asId<TenantId>("acme"), now]]);
  const runs = [{ ...busy(1), tenant: asId<TenantId>("acme") }];
  const array = asId<JobId>("array");
  const arrays = new Map([[array, { running: 1, parallel: 2 }]]);
  const mine = [aJob(), aJob()];
  const theirs = [1, 2].map(() => aJob({ tenant: asId("other"), array }));
  const queue = [{ shape: aShape(), jobs: [...mine, ...theirs] }];
  const plan = round(aSnapshot({ tenants, arrays, runs, queue }));
  const started = new Set(placesOf(plan).map(([job]) => job));
  expect(started).toEqual(new Set([mine[0]!.id, theirs[0]!.id]));
  const codes = plan.held.map(({ reason }) => reason.code);
  expect(new Set(codes)).toEqual(new Set(["tenant-quota", "array-bound"]));
});

test("a budget that ends before the longest run time shortens the run", () => {
  const shape = aShape({ maxCost: yuan(15n), cards: aWish([["h100-sxm", 1, 1]]) });
  const { placements } = round(aSnapshot({ queue: [one(shape)] }));
  expect(placements[0]!.limit).toBe(90 * 60_000);
});

test("a pool whose owner takes cards back costs the work that is expected to be lost", () => {
  const spot = aPool({ id: "spot", price: yuan(9n), reclaimsPer1000Hours: 100 });
  const cards = aWish([["h100-sxm", 1, 4]]);
  const { placements } = round(aSnapshot({ pools: [spot], queue: [one(aShape({ cards }))] }));
  // 0.1 an hour × 4 h × half of 36 yuan
  expect(placements[0]!.cost.loss).toBe(microYuan(7_200_000n));
});

test("power is counted where the card-hour price does not hold it", () => {
  const pool = aPool({ wattsPerCard: 700, powerPricePerKwh: microYuan(600_000n) });
  const { placements } = round(aSnapshot({ pools: [pool], queue: [one()] }));
  expect(placements[0]!.cost.power).toBe(microYuan(1_680_000n)); // 0.7 kW × 4 h × 0.60
});

test("a quote chooses what a round would", () => {
  const shape = aShape();
  const snapshot = aSnapshot({ pools: [dear, cheap] });
  const quoted = quote(shape, snapshot);
  expect(quoted.verdict).toBe("starts-now");
  expect(quoted.candidates.map(({ pool, verdict }) => [pool.id, verdict])).toEqual([
    ["cheap", "chosen"],
    ["dear", "possible"],
  ]);
  expect(quoted.most).toBe(yuan(36n)); // it may still come to the dearer one
});
