import { expect, test } from "vitest";
import { readPeriod, type PeriodInput } from "./read-period.ts";

const zone = "Asia/Shanghai";

test.each<[PeriodInput, string | undefined, string | undefined]>([
  [{}, undefined, undefined],
  [{ month: "2026-11" }, "2026-10-31T16:00:00Z", "2026-11-30T16:00:00Z"],
  [{ month: "2026-12" }, "2026-11-30T16:00:00Z", "2026-12-31T16:00:00Z"],
  [{ from: "2026-11-01" }, "2026-10-31T16:00:00Z", undefined],
  [{ until: "2026-11-01T08:00:00+08:00" }, undefined, "2026-11-01T00:00:00Z"],
])("%j is from %s until %s", (input, from, until) => {
  const period = readPeriod(input, zone);
  expect([period.from?.toString(), period.until?.toString()]).toEqual([from, until]);
});

test.each<[PeriodInput, string]>([
  [{ month: "november" }, "--month november: write a month such as 2026-11"],
  [{ from: "yesterday" }, "--from yesterday: write a date such as 2026-11-01"],
  [{ until: "2026-02-30" }, "--until 2026-02-30: write a date"],
  [{ month: "2026-11", from: "2026-11-01" }, "--month says both ends"],
])("%j is wrong use", (input, message) => {
  expect(() => readPeriod(input, zone)).toThrow(message);
});
