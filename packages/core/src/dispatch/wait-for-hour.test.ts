import fc from "fast-check";
import { expect, test } from "vitest";

import { priceSchedule, weekdays } from "../capacity/index.ts";
import { asId, durationOf, yuan, type JobId, type TenantId } from "../units/index.ts";
import { aHost, aJob, aPool, aShape, aSnapshot, aWish, noonMs } from "./builders.testing.ts";
import { defaultPolicy } from "./policy.ts";
import { round } from "./round.ts";
import type { ShapeQueue, Snapshot, TenantNow } from "./snapshot.ts";

const hour = 3_600_000;

/** Prices by day: each for four hours, midnight first. */
function pricedFrom(prices: readonly number[]) {
  const rules = prices.map((price, i) => ({
    days: weekdays,
    fromHour: i * 4,
    toHour: (i + 1) * 4,
    perCardHour: yuan(BigInt(price)),
  }));
  const periods = [{ from: null, to: null, rules }];
  const made = priceSchedule({ timeZone: "Asia/Shanghai", periods, specialDates: [] });
  if (made.kind !== "ok") throw new Error("a tariff of the test is wrong");
  return made.value;
}

const anyPool = fc.record({
  prices: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 6, maxLength: 6 }),
  cards: fc.integer({ min: 1, max: 8 }),
});
const anyShape = fc.record({
  hours: fc.integer({ min: 1, max: 12 }),
  priority: fc.constantFrom("normal", "low"),
  jobs: fc.array(
    fc.record({
      waitedHours: fc.integer({ min: 0, max: 30 }),
      tenant: fc.constantFrom("a", "b", "c"),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});
const anyQueue = fc
  .uniqueArray(anyShape, {
    selector: ({ hours, priority }) => `${hours} ${priority}`,
    maxLength: 8,
  })
  .map((shapes) =>
    shapes.map(({ hours, priority, jobs }, s): ShapeQueue => ({
      shape: aShape({ priority, maxRunTime: durationOf(hours * hour) }),
      jobs: jobs.map(({ waitedHours, tenant }, j) =>
        aJob({
          id: asId(`${s}-${j}`),
          tenant: asId(tenant),
          submittedMs: noonMs - waitedHours * hour,
        }),
      ),
    })),
  );
const anySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    pools: fc.array(anyPool, { minLength: 1, maxLength: 3 }),
    queue: anyQueue,
    order: fc.constantFrom("fair" as const, "oldest" as const, "shortest" as const),
  })
  .map(({ pools, queue, order }) =>
    aSnapshot({
      queue,
      policy: { ...defaultPolicy, order },
      pools: pools.map(({ prices, cards }, i) =>
        aPool({ id: `p${i}`, prices: pricedFrom(prices), hosts: [aHost({ cards })] }),
      ),
    }),
  );

/** With quotas each job is looked at in its turn; this one keeps nobody from anything. */
const ample: TenantNow = { cardQuota: 1000, pastCardSeconds: 0, startedLately: 0 };
const withQuotas = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  tenants: new Map(["a", "b", "c"].map((tenant) => [asId<TenantId>(tenant), ample])),
});

test("law: who is told at once to wait for an hour would be told so in his turn", () => {
  fc.assert(
    fc.property(anySnapshot, (snapshot) => {
      expect(round(snapshot)).toEqual(round(withQuotas(snapshot)));
    }),
  );
});

test("a tenant's turn comes by its oldest job, though that one waits for an hour", () => {
  const night = pricedFrom([1, 9, 9, 9, 9, 9]);
  const pools = [
    aPool({ id: "night", prices: night }),
    aPool({ id: "steady", model: "h20", hosts: [aHost({ cards: 1 })] }),
  ];
  const shape = aShape({ cards: aWish([["h20", 1]]) });
  const waits = aShape({ priority: "normal", maxRunTime: durationOf(4 * hour) });
  const job = (tenant: string, agoMs: number) =>
    aJob({ id: asId(`${tenant}-${agoMs}`), tenant: asId(tenant), submittedMs: noonMs - agoMs });
  const queue = [
    { shape: waits, jobs: [job("z", 3)] },
    { shape, jobs: [job("a", 2), job("z", 1)] },
  ];
  const { placements } = round(aSnapshot({ pools, queue }));
  expect(placements.map((one) => one.job)).toEqual(["z-1"]);
});

test("who finds the hour taken by those before him starts where there is room now", () => {
  const night = pricedFrom([1, 9, 9, 9, 9, 9]);
  const shape = aShape({ priority: "low", maxRunTime: durationOf(4 * hour) });
  const shorter = aShape({ priority: "low", maxRunTime: durationOf(3 * hour) });
  const pools = [aPool({ prices: night, hosts: [aHost({ cards: 2 })] })];
  const jobs = ["a", "b"].map((id) => aJob({ id: asId<JobId>(id) }));
  const late = aJob({ id: asId("late"), submittedMs: noonMs + 1 });
  const queue = [
    { shape, jobs },
    { shape: shorter, jobs: [late] },
  ];
  const { placements } = round(aSnapshot({ pools, queue }));
  expect(placements.map(({ job }) => job)).toEqual(["late"]);
});
