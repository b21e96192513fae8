import { describe, expect, test } from "vitest";
import { asId, rate as share } from "../units/index.ts";
import {
  checkAgreement,
  checkRevision,
  droppedItems,
  plainAgreement,
  priceList,
  type PriceListDraft,
} from "./index.ts";
import {
  aDraft,
  aList,
  anItem,
  aPackage,
  aVersion,
  everyDay,
  money,
} from "./price-list.testing.ts";

const day = (text: string) => Temporal.PlainDate.from(text);
const june = Temporal.PlainYearMonth.from("2026-06");
const from = (text: string, to: string | null = null) =>
  aVersion({ from: day(text), to: to === null ? null : day(to) });
const items = (...differs: Parameters<typeof anItem>[0][]) => ({
  versions: [aVersion({ items: differs.map((one) => anItem(one)) })],
});
const step = (upTo: bigint | null, price = "1") => ({ upTo, price: money(price) });

test.each<[string, Partial<PriceListDraft>, string]>([
  [
    "a gap between versions",
    { versions: [from("2026-01-01", "2026-02-01"), from("2026-03-01")] },
    "versions[1].from 2026-03-01 leaves a gap after 2026-02-01, the end of versions[0]",
  ],
  [
    "versions that overlap",
    { versions: [from("2026-01-01", "2026-02-01"), from("2026-01-15")] },
    "versions[1].from 2026-01-15 is before 2026-02-01, the end of versions[0]; start it there",
  ],
  [
    "a version after one without end",
    { versions: [from("2026-01-01"), from("2026-03-01")] },
    "versions[1].from comes after versions[0], which has no end",
  ],
  ["a version that ends before it starts", { versions: [from("2026-02-01", "2026-01-01")] }, "to"],
  ["a version that says nothing", { versions: [aVersion({ items: [] })] }, "items is empty"],
  ["one measure free twice", { versions: [aVersion({ free: ["cpu", "cpu"] })] }, "free[1]"],
  ["no version", { versions: [] }, "versions is empty"],
  ["no such zone", { timeZone: "Mars/Base" }, 'timeZone "Mars/Base" is not a named time zone'],
  ["no such measure", items({ measure: "card-second" as never }), 'did you mean "card-seconds"?'],
  ["a unit of another measure", items({ per: "p-hour" }), '"p-hour" is no unit of card-seconds'],
  [
    "steps that do not rise",
    items({ pricing: { kind: "graduated", steps: [step(5n), step(5n), step(null)] } }),
    "versions[0].items[0].graduated[1].upTo does not lie above the step before",
  ],
  [
    "steps that leave something without a price",
    items({ pricing: { kind: "volume", steps: [step(5_000_000n)] } }),
    "versions[0].items[0].volume[0].upTo ends the last step; write null",
  ],
  ["a price below zero", items({ pricing: { kind: "flat", price: money("-1") } }), "below zero"],
  ["two items of one id", items({ where: { model: ["a"] } }, {}), 'items[1].id "hour" is taken'],
  [
    "an item that never holds",
    items({}, { id: asId("b"), where: { model: ["a100-80g"] } }),
    "items[1] never holds: items[0] fits first",
  ],
  [
    "the same cards by time and by work",
    items({ where: { model: ["a"] } }, { id: asId("b"), measure: "work", per: "p-hour" }),
    "items[1] prices by work what items[0] prices by time",
  ],
  [
    "a night that runs backwards",
    items({ times: [{ days: everyDay, fromHour: 22, toHour: 6 }] }),
    "times[0].toHour 6 is not after 22; a night takes two entries",
  ],
  ["a grain of nothing", items({ measure: "work", per: "p-hour", grain: "hour" }), "card-seconds"],
  [
    "a package of an unknown item",
    { versions: [aVersion({ packages: [aPackage({ items: [asId("hours")] })] })] },
    'packages[0].items[0] "hours" is no item of this version; did you mean "hour"?',
  ],
  [
    "an item that changes its measure",
    {
      versions: [
        from("2026-01-01", "2026-02-01"),
        aVersion({ from: day("2026-02-01"), items: [anItem({ measure: "work", per: "p-hour" })] }),
      ],
    },
    "versions[1].items[0].id",
  ],
])("refused, with its place and a cure: %s", (_, differs, expected) => {
  const checked = priceList(aDraft(differs));
  const told =
    checked.kind === "ok" ? "taken" : checked.problems.map((p) => `${p.path} ${p.message}`);
  expect(told).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
});

test("versions may be written in any order", () => {
  const list = aList({ versions: [from("2026-03-01"), from("2026-01-01", "2026-03-01")] });
  expect(list.versions.map(({ label }) => label)).toEqual(["2026-01-01", "2026-03-01"]);
});

describe("the next revision of a list", () => {
  const all = aDraft({ versions: [from("2026-01-01", "2026-03-01"), from("2026-03-01")] });
  const second = (differs: Partial<PriceListDraft["versions"][number]>) => ({
    ...all,
    versions: [all.versions[0]!, { ...all.versions[1]!, ...differs }],
  });
  const night = [{ days: everyDay, fromHour: 0, toHour: 8 }];
  const rest = [{ days: everyDay, fromHour: 8, toHour: 24 }];
  const disk = anItem({ id: asId("disk"), measure: "storage", basis: "used", per: "gib-month" });

  test.each<[string, PriceListDraft, string[]]>([
    ["that drops nothing", all, []],
    ["that gives the item another id", second({ items: [anItem({ id: asId("h") })] }), []],
    ["that names the measure as free", second({ items: [disk], free: ["card-seconds"] }), []],
    ["that drops the item", second({ items: [disk] }), ["versions[1].items"]],
    [
      "that keeps it for some cards",
      second({ items: [anItem({ where: { model: ["a"] } })] }),
      ["versions[1].items"],
    ],
    [
      "that keeps it at night only",
      second({ items: [anItem({ times: night })] }),
      ["versions[1].items"],
    ],
    [
      "that prices night and day apart",
      second({ items: [anItem({ id: asId("n"), times: night }), anItem({ times: rest })] }),
      [],
    ],
  ])("%s", (_, list, expected) => {
    expect(droppedItems(list).map(({ path }) => path)).toEqual(expected);
  });

  test("is held against the last version so far", () => {
    const [told] = droppedItems(aDraft({ versions: [aVersion({ items: [disk] })] }), all);
    expect(told).toMatchObject({
      path: "versions[0].items",
      message: expect.stringContaining('item "hour" of the revision so far'),
    });
  });

  test("keeps its time zone, and what items measure", () => {
    const moved = { ...all, timeZone: "Asia/Urumqi" };
    expect(checkRevision(all, all)).toEqual([]);
    expect(checkRevision(all, moved)).toMatchObject([{ path: "timeZone" }]);
    expect(checkRevision(all, second({ items: [anItem({ per: "card-day" })] }))).toMatchObject([
      { path: "versions[1].items[0].id" },
    ]);
  });
});

test("an agreement is told what its list does not have", () => {
  const list = aList({ versions: [aVersion({ packages: [aPackage()] })] });
  const problems = checkAgreement(
    {
      ...plainAgreement(list.id),
      ...{ from: day("2026-06-01"), until: day("2026-06-01") },
      prices: [{ item: asId("hourr"), price: money("1") }],
      discounts: [{ items: [asId("tokens")], off: share(2_000_000) }],
      packages: [
        { package: asId("hundreds"), count: 0, from: june, to: june.subtract({ months: 1 }) },
      ],
      commitment: { amount: money("20"), items: null },
      cap: money("10"),
    },
    list,
  );
  expect(problems.map(({ path }) => path)).toEqual([
    "until",
    "prices[0].item",
    "discounts[0].items[0]",
    "discounts[0].off",
    "packages[0].package",
    "packages[0].count",
    "packages[0].to",
    "commitment.amount",
  ]);
  expect(problems[1]!.message).toContain('did you mean "hour"?');
});
