import { describe, expect, test } from "vitest";
import type { Cadence } from "../rules/index.ts";
import { isOpen, windowFor } from "./windows.ts";

const day = (text: string) => Temporal.PlainDate.from(text);
const span = (from: string, until: string) => ({ from: day(from), until: day(until) });
const two = [span("2026-03-01", "2026-03-10"), span("2026-04-01", "2026-04-10")];
const batch: Cadence = { kind: "batch", windows: two };
const quarters = (days: number | null): Cadence => ({ kind: "each", period: "quarter", days });
const text = (cadence: Cadence, appliedOn: string, decided: readonly string[] = []) => {
  const found = windowFor(cadence, { appliedOn: day(appliedOn), decided: new Set(decided) });
  return found && `${found.name} until ${found.until?.toString() ?? "it is closed"}`;
};

describe("the window whose round decides a claim", () => {
  test.each([
    // applied        decided            its window
    ["2026-03-01", [], "1 until 2026-03-10"],
    ["2026-03-10", [], "1 until 2026-03-10"],
    ["2026-03-10", ["1"], "2 until 2026-04-10"], // it was late
    ["2026-03-10", ["1", "2"], null],
    ["2026-04-10", ["1"], "2 until 2026-04-10"],
  ])("applied on %s, with %j decided: %s", (applied, decided, window) => {
    expect(text(batch, applied, decided)).toBe(window);
  });

  test.each([
    ["2026-02-03", null, [], "2026-Q1 until 2026-03-31"],
    ["2026-02-03", 20, [], "2026-Q1 until 2026-01-20"],
    ["2026-12-31", 100, ["2026-Q4"], "2027-Q1 until 2027-03-31"], // at most the quarter
    ["2026-11-30", 31, ["2026-Q4", "2027-Q1"], "2027-Q2 until 2027-05-01"],
  ])("of quarters there is always a next one: %s, %s days, %j: %s", (...of) => {
    const [applied, days, decided, window] = of;
    expect(text(quarters(days), applied, decided)).toBe(window);
  });

  test("has a number and no end where claims are taken every day", () => {
    const unending: Cadence = { kind: "competitive", windows: [], places: 3 };
    expect(text(unending, "2026-03-01")).toBe("1 until it is closed");
    expect(text(unending, "2026-03-01", ["1", "2"])).toBe("3 until it is closed");
  });
});

test.each([
  [batch, "2026-03-10", true],
  [batch, "2026-03-11", false],
  [quarters(20), "2026-04-20", true],
  [quarters(20), "2026-04-21", false],
  [quarters(null), "2026-06-30", true],
  [{ kind: "batch", windows: [] }, "2026-06-30", true],
  [{ kind: "rolling" }, "2026-06-30", true],
] satisfies [Cadence, string, boolean][])("claims of %j are taken on %s: %s", (cadence, on, is) => {
  expect(isOpen(cadence, day(on))).toBe(is);
});
