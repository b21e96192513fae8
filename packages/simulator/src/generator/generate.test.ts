import fc from "fast-check";
import { expect, test } from "vitest";
import { cardsOf, readFleet } from "../fleet/index.ts";
import { splitImpossible } from "../readers/index.ts";
import type { Workload } from "../workload.ts";
import { generate, type GeneratorOptions } from "./index.ts";

const pool = (id: string, model: string, more: string) => `
      - id: ${id}
        model: ${model}
        hosts: { ${more} }
        prices: { timeZone: UTC, periods: [{ rules: [{ perCardHour: "1" }] }] }`;
const big = "count: 40, cards: 8, cpu: 64, memory: 512GiB";
const small = "count: 20, cards: 4, cpu: 32, memory: 128GiB";
const fleet = readFleet(
  `version: 1
name: f
centres:
  - id: a
    name: { en: a, zh: a }
    kind: edge
    place: a
    provider: p
    timeZone: UTC
    pools:${[pool("p1", "ascend-910b3", big), pool("p2", "a800-80g", big)].join("")}
${pool("p3", "h20", small)}
        minimumSlice: 100
`,
  "f.yaml",
);
const from = Temporal.Instant.from("2026-03-02T00:00:00+08:00");
const options: GeneratorOptions = {
  ...{ seed: 1, jobs: 3000, tenants: 50, from, days: 7, fleet, load: 0.8 },
};

/** Byte for byte, big numbers and maps too. */
const bytesOf = (workload: Workload) =>
  JSON.stringify(workload, (_, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    return value instanceof Map ? [...value] : value;
  });

const anyOptions = fc.record({
  seed: fc.integer(),
  jobs: fc.integer({ min: 500, max: 1500 }),
  tenants: fc.integer({ min: 1, max: 200 }),
  days: fc.integer({ min: 1, max: 10 }),
  load: fc.double({ min: 0.1, max: 1.5, noNaN: true }),
});

test("the same options give the same bytes; every job is one that the fleet can run", () => {
  fc.assert(
    fc.property(anyOptions, (differs) => {
      const workload = generate({ ...options, ...differs });
      expect(bytesOf(generate({ ...options, ...differs }))).toBe(bytesOf(workload));
      expect(workload.jobs).toHaveLength(differs.jobs);
      expect(splitImpossible(workload, fleet).impossible).toStrictEqual([]);
      const endMs = from.epochMilliseconds + differs.days * 86_400_000;
      for (const { submittedMs, shape, trueRunMs } of workload.jobs) {
        expect(submittedMs).toBeGreaterThanOrEqual(from.epochMilliseconds);
        expect(submittedMs).toBeLessThan(endMs);
        expect(shape.maxRunTime).toBeGreaterThanOrEqual(Math.max(...trueRunMs.values()));
        expect(shape.deadlineMs ?? Infinity).toBeGreaterThan(submittedMs);
      }
    }),
    { numRuns: 15 },
  );
});

test("another seed gives other jobs", () => {
  expect(bytesOf(generate({ ...options, seed: 2 }))).not.toBe(bytesOf(generate(options)));
});

test("jobs ask for as many card-hours as the load says", () => {
  const { jobs } = generate(options);
  const counts = new Map(fleet.pools.map((one) => [one.model.id, cardsOf({ pools: [one] })]));
  const asked = jobs.reduce((sum, { shape, trueRunMs }) => {
    const { count, share } = shape.cards.options[0]!;
    const cards = [...trueRunMs.keys()].reduce((all, model) => all + counts.get(model)!, 0);
    const meanMs = [...trueRunMs].reduce(
      (all, [on, ms]) => all + (ms * counts.get(on)!) / cards,
      0,
    );
    return sum + (shape.replicas * count * share * meanMs) / 1000;
  }, 0);
  expect(asked / (cardsOf(fleet) * 7 * 86_400_000)).toBeCloseTo(0.8, 2);
});

test("days are busier than nights, and weekdays than weekends", () => {
  const { jobs } = generate(options);
  const local = jobs.map(({ submittedMs }) =>
    Temporal.Instant.fromEpochMilliseconds(submittedMs).toZonedDateTimeISO("Asia/Shanghai"),
  );
  const share = (is: (at: Temporal.ZonedDateTime) => boolean) =>
    local.filter(is).length / local.length;
  expect(share(({ hour }) => hour >= 9 && hour < 18)).toBeGreaterThan(0.55);
  expect(share(({ hour }) => hour < 6)).toBeLessThan(0.12);
  expect(share(({ dayOfWeek }) => dayOfWeek >= 6)).toBeLessThan(0.2);
});

test("few tenants bring most jobs, few shapes hold most of them, and most are small", () => {
  const { jobs } = generate({ ...options, kinds: 40, estimateError: 1 });
  const counts = [...Map.groupBy(jobs, ({ tenant }) => tenant).values()].map((all) => all.length);
  const top = counts.toSorted((a, b) => b - a).slice(0, 10);
  expect(top.reduce((a, b) => a + b, 0) / jobs.length).toBeGreaterThan(0.4);
  expect(new Set(jobs.map(({ shape }) => shape)).size).toBeLessThan(250);
  const single = jobs.filter(({ shape }) => shape.replicas * shape.cards.options[0]!.count === 1);
  expect(single.length / jobs.length).toBeGreaterThan(0.45);
  expect(jobs.some(({ shape }) => shape.replicas > 8)).toBe(true);
  expect(single.some(({ shape }) => shape.cards.options[0]!.share < 1000)).toBe(true);
});

test.each([
  [{ jobs: 0 }, "jobs is 0"],
  [{ tenants: 1.5 }, "tenants is 1.5"],
  [{ load: 0 }, "load is 0"],
  [{ seed: Number.NaN }, "seed is NaN"],
  [{ estimateError: 0 }, "estimateError is 0"],
  [{ jobs: 1 }, "take more jobs, or less load"],
  [{ jobs: 100_000, load: 0.001 }, "take fewer jobs, or more load"],
  [{ fleet: { name: "none", pools: [] } }, "no accelerators"],
])("options with %j are refused: %s", (differs, message) => {
  expect(() => generate({ ...options, ...differs })).toThrow(message);
});
