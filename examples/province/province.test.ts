import { readFileSync } from "node:fs";
import path from "node:path";
import { pMonthPrice } from "@wadi/core/capacity";
import { cardsOf, readFleet, type Fleet } from "@wadi/simulator/fleet";
import { generate } from "@wadi/simulator/generator";
import { readPolicy, splitImpossible } from "@wadi/simulator/readers";
import { expect, test } from "vitest";
import {
  denseCard,
  edgeCards,
  generalCards,
  pricedBy,
  superCards,
  trainingCards,
} from "./cards.ts";
import { fleetFile } from "./fleet-file.ts";
import { cities } from "./places.ts";
import { province, smallProvince } from "./plan.ts";

const text = (file: string) => readFileSync(path.join(import.meta.dirname, file), "utf8");
const fleets: readonly (readonly [string, Fleet])[] = ["fleet.yaml", "small-fleet.yaml"].map(
  (file) => [file, readFleet(text(file), file)],
);
const [[, whole], [, small]] = fleets as [(typeof fleets)[0], (typeof fleets)[0]];

const hostsOf = ({ pools }: Fleet) => pools.reduce((sum, { hosts }) => sum + hosts.length, 0);

test("the files are what make-fleet.ts writes, and not large", () => {
  expect(text("fleet.yaml")).toBe(fleetFile(province));
  expect(text("small-fleet.yaml")).toBe(fleetFile(smallProvince));
  expect(Buffer.byteLength(text("fleet.yaml"))).toBeLessThan(300_000);
});

test("the province has 100 centres of four kinds, 25,000 hosts and 200,000 cards", () => {
  expect([whole.centres.length, hostsOf(whole), cardsOf(whole)]).toStrictEqual([
    100, 25_000, 200_000,
  ]);
  const kinds = [...Map.groupBy(whole.centres, ({ kind }) => kind)];
  expect(kinds.map(([kind, all]) => [kind, all.length])).toStrictEqual([
    ["intelligent", 32],
    ["super", 6],
    ["general", 22],
    ["edge", 40],
  ]);
  expect(cities.reduce((sum, { counties }) => sum + counties.length, 0)).toBe(90);
});

test("the small one has 12 centres and 10,000 cards", () => {
  expect([small.centres.length, hostsOf(small), cardsOf(small)]).toStrictEqual([12, 1270, 10_000]);
});

const offers = [...trainingCards, ...superCards, ...generalCards, ...edgeCards, denseCard];

test.each(fleets)("every price of %s is 800 to 3,000 yuan a P-month", (_, { pools }) => {
  for (const { model, prices } of pools) {
    const peak = pricedBy(offers.find((offer) => offer.model === model.id)!);
    for (const perCardHour of prices.periods.flatMap(({ week }) => week)) {
      const price = pMonthPrice(peak, perCardHour);
      const yuan = price.kind === "price" ? Number(price.perPMonth) / 1e6 : Number.NaN;
      expect(yuan).toBeGreaterThanOrEqual(800);
      expect(yuan).toBeLessThanOrEqual(3000);
    }
  }
});

test.each(fleets)(
  "%s mixes domestic and foreign cards, and flat prices and tariffs",
  (_, fleet) => {
    const origins = new Set(fleet.pools.map(({ model }) => model.origin));
    expect(origins).toStrictEqual(new Set(["domestic", "foreign"]));
    const flat = fleet.pools.filter(({ prices }) => prices.periods[0]!.flat !== null);
    expect(flat.length).toBeGreaterThan(0);
    expect(flat.length).toBeLessThan(fleet.pools.length);
  },
);

test("a gang of 10,000 cards fits one pool", () => {
  expect(Math.max(...whole.pools.map((pool) => cardsOf({ pools: [pool] })))).toBe(12_000);
});

test("what is generated for the small province can all run there", () => {
  const from = Temporal.Instant.from("2026-03-02T00:00:00+08:00");
  const size = { seed: 1, jobs: 5000, tenants: 100, from, days: 2, load: 0.9 };
  const workload = generate({ ...size, fleet: small });
  expect(splitImpossible(workload, small).impossible).toStrictEqual([]);
});

test.each(["balanced", "cheap", "quick"])("the policy %s is one", (name) => {
  const file = `policies/${name}.yaml`;
  expect(readPolicy({ file, text: text(file) }).order).toMatch(/^(fair|shortest)$/);
});
