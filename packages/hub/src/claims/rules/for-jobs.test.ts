import { readFileSync } from "node:fs";
import type { ProgrammeRules } from "@wadi/core/vouchers";
import { programmeRules } from "@wadi/protocol";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { forJobs, partsForJobs } from "./for-jobs.ts";

const file = new URL("../../../../../programmes/yizhuang-tokens.yaml", import.meta.url);
const rulesWith = (
  change: (parts: Record<string, unknown>[]) => void,
  mode = "advance-deduct",
): ProgrammeRules => {
  const written = parse(readFileSync(file, "utf8")) as { parts: Record<string, unknown>[] };
  change(written.parts);
  return programmeRules.parse({ ...written, lifecycle: { mode } });
};

test("where several funds bear parts of their own, jobs use the first fund's at its rate", () => {
  const rules = rulesWith(() => {});
  expect(forJobs(rules)).toMatchObject({ fund: "yizhuang-compute", rate: 300_000n });
  expect(partsForJobs(rules).map(({ code }) => code)).toEqual(["compute"]);
});

test("where a part is shared by funds, jobs use no voucher", () => {
  const rules = rulesWith((parts) => {
    parts[1]!["payers"] = ["compute-fund", "token-fund"];
  });
  expect(forJobs(rules).rate).toBe(0n);
});

test("where vouchers are redeemed with the grant, none is left for jobs", () => {
  expect(forJobs(rulesWith(() => {}, "instant")).rate).toBe(0n);
});
