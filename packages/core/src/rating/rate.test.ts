import { describe, expect, test } from "vitest";
import { asId, rate as share } from "../units/index.ts";
import { plainAgreement, rate, type Agreement, type PriceList } from "./index.ts";
import {
  aList,
  anItem,
  aPackage,
  aVersion,
  everyDay,
  held,
  june,
  listOf,
  money,
} from "./price-list.testing.ts";

const agreed = (differs: Partial<Agreement>): Agreement => ({
  ...plainAgreement(asId("list")),
  ...differs,
});
const bill = (list: PriceList, usage: Parameters<typeof rate>[0]["usage"], agreement?: Agreement) =>
  rate({ list, usage, month: june, ...(agreement && { agreement }) });
const brief = (rated: ReturnType<typeof rate>) =>
  rated.lines.map(({ kind, item, tier, quantity, amount }) => [kind, item, tier, quantity, amount]);

test("card-hours at one price; a line names quantity, unit, price, version and sources", () => {
  const usage = [held("06-02T08:00", { hours: 2, cards: 8 }), held("06-03T08:00", { hours: 1 })];
  const rated = bill(listOf(anItem()), usage);
  expect(rated.lines).toEqual([
    {
      ...{ kind: "usage", version: "start", item: "hour", package: null, tier: null },
      ...{ measure: "card-seconds", basis: "allocated", per: "card-hour" },
      ...{ metered: 61_200n, quantity: 61_200n, price: money("6"), amount: money("102") },
      sources: usage.map(({ ref }) => ref),
    },
  ]);
  expect(rated.total).toBe(money("102"));
});

describe("what a use is priced by", () => {
  const list = listOf(
    anItem({
      id: asId("night"),
      times: [{ days: everyDay, fromHour: 0, toHour: 8 }],
      pricing: { kind: "flat", price: money("2") },
    }),
    anItem({ id: asId("h100"), where: { model: ["h100-sxm"] } }),
    anItem({ id: asId("rest"), pricing: { kind: "flat", price: money("3") } }),
  );

  test("is the first item that fits its attributes and its hour", () => {
    const usage = [
      held("06-02T06:00", { hours: 4 }),
      held("06-02T12:00", { hours: 1, attributes: { model: "h100-sxm" } }),
    ];
    expect(brief(bill(list, usage))).toEqual([
      ["usage", "night", null, 7200n, money("4")],
      ["usage", "h100", null, 3600n, money("6")],
      ["usage", "rest", null, 7200n, money("6")],
    ]);
  });

  test("changes with the version, at midnight of the list's zone", () => {
    const day = Temporal.PlainDate.from("2026-06-15");
    const changed = aList({
      versions: [
        aVersion({ to: day }),
        aVersion({
          from: day,
          items: [anItem({ pricing: { kind: "flat", price: money("5") } })],
        }),
      ],
    });
    const { lines } = bill(changed, [held("06-14T22:00", { hours: 3 })]);
    expect(lines.map(({ version, quantity, amount }) => [version, quantity, amount])).toEqual([
      ["start", 7200n, money("12")],
      ["2026-06-15", 3600n, money("5")],
    ]);
  });

  test("is its own month: what lies outside is left to the others, nothing is lost", () => {
    const usage = [held("06-30T20:00", { hours: 10, quantity: 100_001n })];
    const [a, b] = ["2026-06", "2026-07"].map((text) =>
      rate({ list: listOf(anItem()), usage, month: Temporal.PlainYearMonth.from(text) }),
    );
    expect(a!.lines[0]!.quantity + b!.lines[0]!.quantity).toBe(100_001n);
    expect(a!.lines[0]!.quantity).toBe(40_000n);
  });

  test("is told where the list has no price, and never free in silence", () => {
    const only = listOf(anItem({ where: { model: ["h100-sxm"] } }));
    const usage = [held("06-02T08:00", { hours: 1 })];
    const tokens = { ...usage[0]!, measure: "tokens-in" as const, basis: "used" as const };
    const rated = bill(only, [...usage, { ...tokens, ref: "meter/1/1" }]);
    expect(rated.unpriced).toMatchObject([
      { measure: "card-seconds", quantity: 3600n, why: "no-item" },
      { measure: "tokens-in", quantity: 3600n, why: "no-item" },
    ]);
    const later = aList({ versions: [aVersion({ from: Temporal.PlainDate.from("2026-06-03") })] });
    expect(bill(later, usage).unpriced).toMatchObject([{ why: "no-version" }]);
  });
});

test.each([
  // grain     hours  cards  paid card-seconds
  ["second", 1.5, 2, 10_800n],
  ["minute", 0.001, 8, 480n],
  ["hour", 1.01, 2, 14_400n],
  ["day", 25, 1, 172_800n],
  ["month", 25, 4, 4n * 2_592_000n],
  ["unit", 0.5, 3, 10_800n],
] as const)("a use of a begun %s: %d h on %d cards pay %d", (grain, hours, cards, paid) => {
  const rated = bill(listOf(anItem({ grain })), [held("06-02T08:00", { hours, cards })]);
  expect(rated.lines[0]!.quantity).toBe(paid);
});

test("a use is rounded up once, however many readings it has and items price it", () => {
  const night = [{ days: everyDay, fromHour: 0, toHour: 8 }];
  const list = listOf(
    anItem({ id: asId("night"), times: night, grain: "hour" }),
    anItem({ grain: "hour" }),
  );
  const parts = [0, 1, 2].map((i) =>
    held(`06-02T07:${i * 20 || "00"}`, { hours: 1 / 3, use: "run/one", ref: `run/one/${i}` }),
  );
  const last = held("06-02T08:00", { hours: 0.25, use: "run/one", ref: "run/one/9" });
  expect(brief(bill(list, [...parts, last]))).toEqual([
    ["usage", "night", null, 3600n, money("6")],
    ["usage", "hour", null, 3600n, money("6")],
  ]);
});

describe("steps", () => {
  const steps = [
    { upTo: 10_000_000n, price: money("6") },
    { upTo: 20_000_000n, price: money("5") },
    { upTo: null, price: money("4") },
  ];
  const usage = [held("06-02T08:00", { hours: 8 }), held("06-03T08:00", { hours: 17 })];

  test("graduated: each price for what lies in its step", () => {
    const list = listOf(anItem({ pricing: { kind: "graduated", steps } }));
    expect(brief(bill(list, usage))).toEqual([
      ["usage", "hour", 1, 36_000n, money("60")],
      ["usage", "hour", 2, 36_000n, money("50")],
      ["usage", "hour", 3, 18_000n, money("20")],
    ]);
  });

  test("volume: the step that is reached prices all of it; its bound belongs to it", () => {
    const list = listOf(anItem({ pricing: { kind: "volume", steps } }));
    expect(brief(bill(list, usage))).toEqual([["usage", "hour", 3, 90_000n, money("100")]]);
    expect(brief(bill(list, [held("06-02T08:00", { hours: 10 })]))).toEqual([
      ["usage", "hour", 1, 36_000n, money("60")],
    ]);
  });

  test("count the month through, also where prices change in it", () => {
    const day = Temporal.PlainDate.from("2026-06-03");
    const items = [anItem({ pricing: { kind: "graduated", steps } })];
    const list = aList({
      versions: [aVersion({ to: day, items }), aVersion({ from: day, items })],
    });
    expect(brief(bill(list, usage)).map(([, , tier, quantity]) => [tier, quantity])).toEqual([
      [1, 28_800n],
      [1, 7200n],
      [2, 36_000n],
      [3, 18_000n],
    ]);
  });
});

describe("packages", () => {
  const list = (carryMonths: number | null) =>
    aList({ versions: [aVersion({ packages: [aPackage({ carryMonths })] })] });
  const bought = { package: asId<never>("hundred"), count: 1, from: june, to: june };
  const month = (by: number) => june.add({ months: by });

  test("are used before anything is priced, and paid for when bought", () => {
    const usage = [held("06-02T08:00", { hours: 120 })];
    expect(brief(bill(list(0), usage, agreed({ packages: [bought] })))).toEqual([
      ["covered", "hour", null, 360_000n, 0n],
      ["usage", "hour", null, 72_000n, money("120")],
      ["package", null, null, 1n, money("500")],
    ]);
  });

  test.each([
    [0, [undefined]],
    [1, [252_000n, undefined]],
    [null, [252_000n, 252_000n, 252_000n]],
  ])("what is left is carried for %s months", (carryMonths, lefts) => {
    const agreement = agreed({ packages: [bought] });
    const usage = [held("06-02T08:00", { hours: 30 })];
    let carried = rate({ list: list(carryMonths), agreement, usage, month: june }).carried;
    for (const [i, left] of lefts.entries()) {
      expect(carried[0]?.left).toBe(left);
      const next = { list: list(carryMonths), agreement, usage: [], month: month(i + 1), carried };
      carried = rate(next).carried;
    }
  });

  test("that end first are used first", () => {
    const packages = [
      aPackage({ id: asId("a-kept"), carryMonths: null }),
      aPackage({ id: asId("b-short"), carryMonths: 0 }),
    ];
    const both = packages.map(({ id }) => ({ package: id, count: 1, from: june, to: null }));
    const rated = bill(
      aList({ versions: [aVersion({ packages })] }),
      [held("06-02T08:00", { hours: 110 })],
      agreed({ packages: both }),
    );
    expect(rated.carried).toMatchObject([{ package: "a-kept", left: 324_000n }]);
  });
});

describe("an agreement", () => {
  const usage = [held("06-02T08:00", { hours: 10 })]; // 60.00
  test.each<[string, Partial<Agreement>, string]>([
    ["its own price", { prices: [{ item: asId("hour"), price: money("4.5") }] }, "45"],
    ["a discount of 12.5 %", { discounts: [{ items: null, off: share(125_000) }] }, "52.5"],
    ["a commitment above the bill", { commitment: { amount: money("80"), items: null } }, "80"],
    ["a commitment that is met", { commitment: { amount: money("50"), items: null } }, "60"],
    ["a minimum", { minimum: money("61") }, "61"],
    ["a cap", { cap: money("59.99") }, "59.99"],
    [
      "a discount, then a commitment, then a minimum, then a cap",
      {
        discounts: [{ items: [asId("hour")], off: share(500_000) }],
        commitment: { amount: money("40"), items: [asId("hour")] },
        minimum: money("41"),
        cap: money("41"),
      },
      "41",
    ],
  ])("with %s", (_, differs, total) => {
    const rated = bill(listOf(anItem()), usage, agreed(differs));
    expect(rated.total).toBe(money(total));
    expect(rated.lines.reduce((all, { amount }) => all + amount, 0n)).toBe(rated.total);
  });

  test("of another list is a mistake of the caller", () => {
    const other = agreed({ list: asId("other") });
    expect(() => bill(listOf(anItem()), usage, other)).toThrow("of the price list other");
  });
});

test("V6: 64 cards of 320 TFLOPS for 720 h are 14,745.6 P·h, priced by the P·month exactly", () => {
  const work = 64n * 3200n * 720n * 3600n;
  expect(work).toBe(530_841_600_000n);
  const usage = [held("06-01T00:00", { hours: 720, measure: "work", quantity: work })];
  const flat = { kind: "flat", price: money("800") } as const;
  const rated = bill(listOf(anItem({ measure: "work", per: "p-month", pricing: flat })), usage);
  expect(rated.total).toBe(money("16384")); // 14,745.6 ÷ 720 × 800
});
