import { cardModels, priceSchedule, weekdays } from "@wadi/core/capacity";
import { defaultPolicy, shapeOf, type ShapeQueue, type Snapshot } from "@wadi/core/dispatch";
import {
  asId,
  mebibytes,
  milliCores,
  yuan,
  type CentreId,
  type HostId,
  type JobId,
  type PlaceId,
  type PoolId,
  type TenantId,
} from "@wadi/core/units";
import { jobSpec } from "@wadi/protocol";

/*
 * A region for tests of what is done with snapshots: one host with eight cards, dear by day and
 * cheap
 * by night, and twenty jobs that take an hour.
 */

const model = cardModels[0]!;
export const nowMs = Temporal.Instant.from("2026-06-01T02:00:00Z").epochMilliseconds;
export const shapeWith = (replicas: number) =>
  shapeOf(
    jobSpec.decode({
      version: 1,
      name: "a job",
      run: { kind: "command", argv: ["true"] },
      replicas,
      cards: { options: [{ model: model.id, count: 1, expectedRunTime: "1h" }] },
      maxRunTime: "2h",
      preemptible: true,
    }),
    { budget: null },
  );
const shape = shapeWith(1);
const prices = (() => {
  const days = [...weekdays];
  const made = priceSchedule({
    timeZone: "Asia/Shanghai",
    periods: [
      { from: null, to: Temporal.Instant.from("2026-07-01T00:00:00Z"), rules: dayAndNight(6n) },
      { from: Temporal.Instant.from("2026-07-01T00:00:00Z"), to: null, rules: dayAndNight(4n) },
    ],
    specialDates: [{ date: Temporal.PlainDate.from("2026-06-19"), as: "sunday" }],
  });
  function dayAndNight(byDay: bigint) {
    return [
      { days, fromHour: 0, toHour: 8, perCardHour: yuan(2n) },
      { days, fromHour: 8, toHour: 24, perCardHour: yuan(byDay) },
    ];
  }
  if (made.kind === "refused") throw new Error(made.problems[0]?.message);
  return made.value;
})();

/** Oldest first. */
export const aQueue = ({ jobs = 20 }: { jobs?: number } = {}): ShapeQueue[] => [
  {
    shape,
    jobs: Array.from({ length: jobs }, (_, i) => ({
      id: asId<JobId>(`job-${i}`),
      tenant: asId<TenantId>("acme"),
      submittedMs: nowMs - 1000 + i,
      array: null,
    })),
  },
];

export const aSnapshot = (differs: Partial<Snapshot> = {}): Snapshot => ({
  nowMs,
  pools: [
    {
      id: asId<PoolId>("c1-a"),
      centre: asId<CentreId>("c1"),
      place: asId<PlaceId>("east"),
      model,
      emulated: true,
      prices,
      minimumSlice: 1000,
      wattsPerCard: null,
      powerPricePerKwh: null,
      carbonGramsPerKwh: null,
      reclaimsPer1000Hours: 0,
      closed: null,
      maintenance: [],
      leasesMax: null,
      hosts: [
        {
          id: asId<HostId>("h1"),
          cards: 8,
          cpu: milliCores(64_000),
          memory: mebibytes(500_000),
          ...{ domain: null, rack: null, block: null },
        },
      ],
    },
  ],
  links: [],
  policy: defaultPolicy,
  tenants: new Map(),
  arrays: new Map(),
  runs: [],
  queue: aQueue(),
  learnt: new Map([[shape.family, []]]),
  scarcity: null,
  preemptedLately: 0,
  ...differs,
});
