import { expect, test } from "vitest";
import { ApiProblem, refusals, type RefusalCode } from "@wadi/protocol";
import { afterFailure, backoffMs } from "./after-failure.ts";

const refused = (code: RefusalCode) =>
  new ApiProblem({ type: "", ...refusals[code], code, detail: "", instance: "" });
const once = { failures: 1, chance: () => 1 };

test.each([
  ["agent-replaced", "replaced"],
  ["not-signed-in", "not-known"],
  ["journal-unknown", "new-journal"],
  ["body-too-large", "less"],
  ["database-unavailable", "again"],
  ["stopping", "again"],
  ["rate-limited", "again"],
  ["invalid-request", "again"],
] as const)("after %s comes %s", (code, kind) => {
  expect(afterFailure(refused(code), once).kind).toBe(kind);
});

test("a request that the hub finds wrong is not sent again at once", () => {
  const next = afterFailure(refused("invalid-request"), once);
  expect(next).toEqual({ kind: "again", waitMs: 30_000, isTheirs: true });
});

test("a connection that fails is tried again", () => {
  expect(afterFailure(new Error("ECONNRESET"), once)).toMatchObject({ kind: "again", waitMs: 250 });
});

test("waiting doubles up to five seconds, and half of it is by chance", () => {
  const waits = [1, 2, 3, 5, 6, 100].map((failures) => backoffMs(failures, () => 1));
  expect(waits).toEqual([250, 500, 1000, 4000, 5000, 5000]);
  expect(backoffMs(6, () => 0)).toBe(2500);
});
