import { expect, test } from "vitest";
import { mistakesOf, placesOf } from "../readers/mistakes.testing.ts";
import { cardsOf, readFleet, speedsOf } from "./index.ts";

const perBlock = "racksPerBlock: 2";
const text = `version: 1
name: two centres
centres:
  - id: west
    name: { en: West, zh: 西 }
    kind: intelligent
    place: west
    provider: west-co
    timeZone: Asia/Shanghai
    powerPricePerKwh: "0.5"
    carbonGramsPerKwh: 500
    pools:
      - id: west-a
        model: ascend-910b3
        hosts: { count: 6, cards: 8, cpu: 9, memory: 1TiB, perDomain: 2, perRack: 2, ${perBlock} }
        wattsPerCard: 400
        reclaimsPer1000Hours: 2
        minimumSlice: 250
        maintenance:
          - { from: "2026-03-01T00:00:00Z", to: "2026-03-01T04:00:00Z" }
        prices:
          timeZone: Asia/Shanghai
          periods:
            - rules:
                - { fromHour: 8, perCardHour: "2" }
                - { toHour: 8, perCardHour: "1" }
  - id: east
    name: { en: East, zh: 东 }
    kind: edge
    place: east
    provider: east-co
    timeZone: Asia/Shanghai
    pools:
      - id: east-a
        model: h20
        hosts:
          - { id: h1, cards: 2, cpu: 8, memory: 64GiB, rack: r7 }
          - { id: h2, cards: 4, cpu: 8, memory: 64GiB }
        prices: { timeZone: UTC, periods: [{ rules: [{ perCardHour: "3" }] }] }
links:
  - { from: west, to: east, megabitsPerSecond: 1000, perGB: "0.05" }
`;
const read = (from = text) => readFleet(from, "fleet.yaml");
const changed = (from: string, to: string) => {
  expect(text).toContain(from);
  return text.replace(from, to);
};

test("centres, pools and links are as written, all open and nothing in use", () => {
  const fleet = read();
  expect(fleet.centres.map(({ id, providerId }) => [id, providerId])).toStrictEqual([
    ["west", "west-co"],
    ["east", "east-co"],
  ]);
  expect(fleet.pools).toMatchObject([
    {
      ...{ id: "west-a", centre: "west", place: "west", model: { id: "ascend-910b3" } },
      ...{ minimumSlice: 250, wattsPerCard: 400, powerPricePerKwh: 500_000n },
      ...{ carbonGramsPerKwh: 500, reclaimsPer1000Hours: 2, closed: null, leasesMax: null },
      maintenance: [{ fromMs: Date.UTC(2026, 2, 1), toMs: Date.UTC(2026, 2, 1, 4) }],
    },
    { id: "east-a", emulated: false, powerPricePerKwh: null, maintenance: [] },
  ]);
  expect(fleet.links).toHaveLength(1);
  expect(cardsOf(fleet)).toBe(54);
});

test("hosts given as a count stand in domains, racks and blocks in their order", () => {
  const hosts = read().pools[0]!.hosts.map(({ id, domain, rack, block }) => [
    ...[id, domain, rack, block],
  ]);
  expect(hosts).toHaveLength(6);
  expect(hosts[0]).toStrictEqual(["west-a-0001", "domain-0001", "rack-0001", "block-0001"]);
  expect(hosts[5]).toStrictEqual(["west-a-0006", "domain-0003", "rack-0003", "block-0002"]);
  expect(read().pools[1]!.hosts).toMatchObject([
    { id: "h1", domain: null, rack: "r7" },
    { id: "h2", rack: null },
  ]);
});

test.each([
  [
    "a gap in prices",
    "{ toHour: 8,",
    "{ toHour: 7,",
    "25 centres[0].pools[0].prices.periods[0].rules",
  ],
  ["an unknown model", "model: h20", "model: h21", "35 centres[1].pools[0].model"],
  ["a pool's id twice", "id: east-a", "id: west-a", "34 centres[1].pools[0].id"],
  ["a centre's id twice", "- id: east\n", "- id: west\n", "27 centres[1].id"],
  ["a host's id twice", "id: h2", "id: h1", "38 centres[1].pools[0].hosts[1].id"],
  [
    "a price that is no string",
    '"2" }',
    "2 }",
    "25 centres[0].pools[0].prices.periods[0].rules[0].perCardHour",
  ],
  ["a count of none", "count: 6", "count: 0", "15 centres[0].pools[0].hosts.count"],
  ["a misspelt field", "perRack: 2", "perRak: 2", "15 centres[0].pools[0].hosts.perRak"],
  ["a misspelt field of a host", "rack: r7", "rak: r7", "37 centres[1].pools[0].hosts[0].rak"],
  [
    "maintenance that ends before it begins",
    "01T04",
    "01T00",
    "20 centres[0].pools[0].maintenance[0].to",
  ],
  ["a link to where it starts", "to: east,", "to: west,", "41 links[0].to"],
  [
    "a zone that there is not",
    "timeZone: UTC",
    "timeZone: Utopia/X",
    "39 centres[1].pools[0].prices.timeZone",
  ],
])("%s is told at its line", (_, from, to, place) => {
  expect([...new Set(placesOf(() => read(changed(from, to))))]).toStrictEqual([place]);
});

test("what is wrong with hosts given as a count is told once, of the count", () => {
  const cores = changed("model: ascend-910b3", "model: cpu").replace("cpu: 9", "cpu: 4");
  expect(placesOf(() => read(cores))).toStrictEqual(["15 centres[0].pools[0].hosts.cards"]);
});

test("a mistake says what was read and what is right", () => {
  expect(mistakesOf(() => read(changed('"0.05"', '"5 fen"')))).toStrictEqual([
    { line: 41, field: "links[0].perGB", read: "5 fen", right: expect.stringContaining("12.50") },
  ]);
  expect(() => read("version: 1\nname: [a\n")).toThrow("fleet.yaml:3: YAML: ");
});

test("speeds follow peaks, beside the model of which there is most", () => {
  expect(speedsOf(read())).toStrictEqual([
    { model: "ascend-910b3", speed: 1 },
    { model: "h20", speed: 0.473 },
  ]);
});
