import { expect, test } from "vitest";
import { aCase, aLine, aProgramme, decided, money, share } from "../builders.testing.ts";
import { checkCase, type Case } from "../index.ts";

const holding = (part: string) => ({ holder: "a", held: "b", share: share(part) });
const holdings = (...all: ReturnType<typeof holding>[]) => ({
  relations: { holdings: all, controllers: [], officers: [] },
});

test.each<[string, Partial<Case>, string]>([
  [
    "two lines of one id",
    { lines: [aLine("a", "1.00"), aLine("a", "2.00")] },
    '/lines/1/id "a" is the id of another line; give each its own',
  ],
  [
    "a negative amount",
    { lines: [aLine("a", "1.00", {}, { amounts: { contract: money("-1.00") } })] },
    "/lines/0/amounts/contract -1000000 is negative; amounts and quantities are 0 or more",
  ],
  [
    "a fact of the case in a line",
    { lines: [aLine("a", "1.00", { "applicant.staff": 4n })] },
    "/lines/0/facts/applicant.staff applicant.staff is no fact of a line; put it into the facts of the case",
  ],
  [
    "a fact of a line in the case",
    { facts: { "line.class": "compute" } },
    "/facts/line.class line.class is a fact of a line; put it into the facts of each line",
  ],
  [
    "more than all of a party",
    holdings(holding("1"), holding("1.000001")),
    "/relations/holdings/1/share 1.000001 is no share; use one above 0 and at most 1",
  ],
  [
    "holdings without end",
    holdings(...Array.from({ length: 301 }, () => holding("0.5"))),
    "/relations/holdings 301 holdings are more than 300; give those that lead from one to the other",
  ],
])("%s is found, and never decided", (_, differs, problem) => {
  const of = aCase(differs);
  expect(checkCase(of).map(({ path, message }) => `${path} ${message}`)).toEqual([problem]);
  expect(() => decided(aProgramme(), of)).toThrow(RangeError);
});
