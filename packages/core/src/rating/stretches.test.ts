import { describe, expect, test } from "vitest";
import { asId } from "../units/index.ts";
import { plainAgreement, ratePacts, stretchesIn, type Agreement, type Pact } from "./index.ts";
import { aList, anItem, aPackage, aVersion, held, june, money } from "./price-list.testing.ts";

const day = (text: string) => Temporal.PlainDate.from(`2026-${text}`);
const agreed = (from: string | null, until: string | null = null) => ({
  name: `${from}`,
  agreement: { from: from === null ? null : day(from), until: until === null ? null : day(until) },
});
const shown = (...agreements: ReturnType<typeof agreed>[]) =>
  stretchesIn(june, agreements).map(({ from, until, of }) =>
    [from, until].map((one) => one.toString().slice(5)).concat(of.name),
  );

describe("on each day the last agreement holds that starts on it or before", () => {
  test.each<[string, ReturnType<typeof agreed>[], string[][]]>([
    ["none", [], []],
    ["one since long ago", [agreed("01-01")], [["06-01", "07-01", "01-01"]]],
    ["one from a later month", [agreed("07-01")], []],
    ["one that ended", [agreed("01-01", "06-01")], []],
    ["one within the month", [agreed("06-10", "06-20")], [["06-10", "06-20", "06-10"]]],
    [
      "a later one from its start on",
      [agreed("01-01"), agreed("06-16")],
      [
        ["06-01", "06-16", "01-01"],
        ["06-16", "07-01", "06-16"],
      ],
    ],
    [
      "a later one that starts earlier",
      [agreed("06-16"), agreed("06-01")],
      [["06-01", "07-01", "06-01"]],
    ],
    [
      "none from the end of the last on: the one before does not come back",
      [agreed("01-01"), agreed("06-10", "06-20")],
      [
        ["06-01", "06-10", "01-01"],
        ["06-10", "06-20", "06-10"],
      ],
    ],
    ["one of always so far", [agreed(null)], [["06-01", "07-01", "null"]]],
  ])("%s", (_, agreements, expected) => {
    expect(shown(...agreements)).toEqual(expected);
  });
});

const list = aList({ versions: [aVersion({ packages: [aPackage({ carryMonths: 1 })] })] });
const pact = (from: string, until: string, differs: Partial<Agreement> = {}): Pact => ({
  ...{ from: day(from), until: day(until), list },
  agreement: { ...plainAgreement(list.id), ...differs },
});
const rated = (usage: Parameters<typeof held>[], pacts: Pact[]) =>
  ratePacts({ usage: usage.map((one) => held(...one)), month: june, pacts, carried: [] });

test("a use is priced by what holds on its day, cut at midnight; other days are in no bill", () => {
  const own = (price: string) => ({ prices: [{ item: asId<never>("hour"), price: money(price) }] });
  const { rated: parts } = rated(
    [
      ["06-09T22:00", { hours: 4 }],
      ["06-19T22:00", { hours: 4 }],
    ],
    [pact("06-01", "06-10", own("1")), pact("06-10", "06-20", own("10"))],
  );
  expect(parts.map(({ total }) => total)).toEqual([money("2"), money("40")]);
});

test("a month's amounts count in proportion to the days, down to the micro-yuan", () => {
  const { rated: parts } = rated(
    [],
    [
      pact("06-01", "06-08", { minimum: money("10") }),
      pact("06-08", "07-01", { commitment: { amount: money("30"), items: null } }),
    ],
  );
  expect(parts.map(({ total }) => total)).toEqual([money("2.333333"), money("23")]);
});

test("packages are bought once, by the first agreement; what is left goes on", () => {
  const buys = { packages: [{ package: asId<never>("hundred"), count: 1, from: june, to: null }] };
  const { rated: parts, carried } = rated(
    [
      ["06-02T08:00", { hours: 60 }],
      ["06-20T08:00", { hours: 30 }],
    ],
    [pact("06-01", "06-16", buys), pact("06-16", "07-01", buys)],
  );
  expect(parts.map(({ total }) => total)).toEqual([money("500"), 0n]);
  expect(carried).toMatchObject([{ package: "hundred", left: 36_000n }]);
  const july = june.add({ months: 1 });
  const next = { ...pact("07-01", "08-01"), list: aList() }; // a list that sells it no more
  const usage = [held("07-02T08:00", { hours: 12 })];
  const after = ratePacts({ usage, month: july, pacts: [next], carried });
  expect(after.rated[0]!.total).toBe(money("12"));
  expect(after.carried).toEqual([]);
});

test("a package that the list does not sell then is told, not charged", () => {
  const buys = { packages: [{ package: asId<never>("gone"), count: 1, from: june, to: null }] };
  const [only] = rated([], [pact("06-01", "07-01", buys)]).rated;
  expect(only).toMatchObject({ unsold: ["gone"], total: 0n });
});

test("items are never of another list's packages", () => {
  const other = aList({ id: asId("other"), versions: [aVersion({ items: [anItem()] })] });
  const buys = { packages: [{ package: asId<never>("hundred"), count: 1, from: june, to: null }] };
  const second = { ...pact("06-16", "07-01"), list: other, agreement: plainAgreement(other.id) };
  const { rated: parts } = rated(
    [["06-20T08:00", { hours: 1 }]],
    [pact("06-01", "06-16", buys), second],
  );
  expect(parts[1]!.total).toBe(money("6"));
});
