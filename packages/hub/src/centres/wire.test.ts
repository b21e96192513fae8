import { asId, type CentreId } from "@wadi/core/units";
import { centreSpec } from "@wadi/protocol";
import { expect, test } from "vitest";
import { z } from "zod";

import { findingsOf } from "./findings.ts";
import { partsOf, priceScheduleJson, priceScheduleOf } from "./wire.ts";

const id = asId<CentreId>("c1");

test("a description becomes what dispatch works with", () => {
  const parts = partsOf(id, aSpec());
  if ("problems" in parts) throw new Error(parts.problems[0]!.detail);
  expect(parts.centre).toMatchObject({ id: "c1", providerId: "lowland", place: "east" });
  const [pool] = parts.pools;
  expect(pool).toMatchObject({ id: "c1-a", centreId: "c1", model: "h100-sxm", wattsPerCard: 700 });
  expect(pool!.hosts[0]).toMatchObject({ cards: 8, cpu: 64_000, emulated: true });
});

test("a price schedule is the same after its way through the database", () => {
  const parts = partsOf(id, aSpec());
  if ("problems" in parts) throw new Error("refused");
  const { prices } = parts.pools[0]!;
  const stored = JSON.parse(JSON.stringify(priceScheduleJson(prices))) as unknown;
  expect(priceScheduleOf(stored)).toEqual(prices);
});

const twoHosts = [
  { id: "h1", cards: 1, cpu: 4, memory: "8GiB" },
  { id: "h1", cards: 1, cpu: 4, memory: "8GiB" },
];
const nights = { periods: [{ rules: [{ fromHour: 0, toHour: 8, perCardHour: "1" }] }] };

test.each([
  [
    "a card model that is no model",
    { model: "h100-sxn" },
    "/pools/0/model",
    "did you mean h100-sxm",
  ],
  ["a host twice", { hosts: twoHosts }, "/pools/0/hosts/1/id", "is taken by hosts[0].id"],
  [
    "hours without a price",
    { prices: { timeZone: "UTC", ...nights } },
    "/pools/0/prices/periods/0/rules",
    "has no price",
  ],
  [
    "a zone that is none",
    { prices: { timeZone: "Nowhere/Land", ...nights } },
    "/pools/0/prices/timeZone",
    "IANA",
  ],
  [
    "more cards of the model cpu than cores",
    { model: "cpu", hosts: [{ ...twoHosts[0], cards: 5 }] },
    "/pools/0/hosts/0/cards",
    "a card is a core",
  ],
])("%s is refused where it stands", (_, pool, pointer, said) => {
  const parts = partsOf(id, aSpec(pool));
  const problems = "problems" in parts ? parts.problems : [];
  expect(problems).toContainEqual({
    pointer,
    in: "body",
    detail: expect.stringContaining(said) as string,
  });
});

test("ids that another pool of the centre has are refused, each where it stands", () => {
  const spec = aSpec();
  const parts = partsOf(id, { ...spec, pools: [spec.pools[0]!, spec.pools[0]!] });
  const pointers = "problems" in parts ? parts.problems.map(({ pointer }) => pointer) : [];
  expect(pointers).toEqual(["/pools/1/id", "/pools/1/hosts/0/id"]);
});

test("every wrong field is named at once", () => {
  const parts = partsOf(id, { ...aSpec({ model: "h100-sxn" }), timeZone: "Nowhere/Land" });
  expect("problems" in parts && parts.problems.map(({ pointer }) => pointer)).toEqual([
    "/timeZone",
    "/pools/0/model",
  ]);
});

const reported = (hosts: object[]) => ({
  engine: "host",
  agentVersion: "1",
  hosts,
  isolation: null,
});
const host = { id: "c1-a-1", cpuCores: 64, memory: 512 * 1024 };

test.each([
  ["nothing amiss", [{ ...host, cards: [{ model: "h100-sxm", count: 8, emulated: true }] }], []],
  [
    "too little",
    [
      {
        ...host,
        cpuCores: 8,
        memory: 1024,
        cards: [{ model: "h100-sxm", count: 4, emulated: true }],
      },
    ],
    ["fewer-cards", "less-cpu", "less-memory"],
  ],
  [
    "another model",
    [{ ...host, cards: [{ model: "a100-sxm-80g", count: 8, emulated: true }] }],
    ["fewer-cards"],
  ],
  ["another host", [{ ...host, id: "x", cards: [] }], ["host-not-reported", "host-not-registered"]],
])("the agent reports %s", (_, hosts, codes) => {
  const findings = findingsOf(aSpec(), reported(hosts) as never);
  expect(findings.map(({ code }) => code)).toEqual(codes);
});

test("emulated cards that were not declared are told", () => {
  const cards = [{ model: "h100-sxm", count: 8, emulated: true }];
  const found = findingsOf(aSpec({ emulated: false }), reported([{ ...host, cards }]) as never);
  expect(found).toMatchObject([
    {
      code: "emulation-not-declared",
      sentence: expect.stringContaining("c1-a-1 emulates") as string,
    },
  ]);
});

function aSpec(pool: object = {}) {
  return z.decode(centreSpec, {
    name: { en: "A centre", zh: "中心" },
    kind: "intelligent",
    place: "east",
    provider: "lowland",
    timeZone: "Asia/Shanghai",
    pools: [
      {
        id: "c1-a",
        model: "h100-sxm",
        hosts: [{ id: "c1-a-1", cards: 8, cpu: 64, memory: "512GiB" }],
        emulated: true,
        wattsPerCard: 700,
        prices: {
          timeZone: "Asia/Shanghai",
          periods: [
            {
              from: null,
              to: "2030-01-01T00:00:00Z",
              rules: [
                { fromHour: 0, toHour: 8, perCardHour: "1.5" },
                { fromHour: 8, perCardHour: "3" },
              ],
            },
          ],
          specialDates: [{ date: "2027-01-01", as: "sunday" }],
        },
        ...pool,
      },
    ],
  });
}
