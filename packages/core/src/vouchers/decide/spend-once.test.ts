import { expect, test } from "vitest";
import { noCounters } from "../counters.ts";
import { spendOnce } from "./spend-once.ts";

const touch = (key: string, by: bigint) => {
  return { code: "c", key, also: [], before: 0n, by, after: by, limit: null };
};
const of = (claim: string, { applicant = "a", contract = "k" } = {}) => {
  return { claim, applicant, contract };
};
const refused = { outcome: "refused" as const, touched: [touch("spend", 5n)] };

test("a refused claim's spend counts until the next one for its contract is decided", () => {
  const { counters, makeWay, take } = spendOnce(noCounters);
  take(of("1"), refused);
  expect(counters("spend")).toBe(5n);
  expect(makeWay(of("2", { contract: "other" }))).toBeNull();
  expect(makeWay(of("3", { applicant: "b" }))).toBeNull();
  expect(makeWay(of("4"))).toBe("1");
  expect(counters("spend")).toBe(0n);
  take(of("4"), refused);
  expect(makeWay(of("5"))).toBe("4"); // each gives back once
  expect([makeWay(of("6")), counters("spend")]).toEqual([null, 0n]);
});

test("what was granted stays, and who counted nothing gives nothing back", () => {
  const { counters, makeWay, take } = spendOnce((key) => (key === "spend" ? 2n : 0n));
  take(of("1"), { outcome: "granted", touched: [touch("spend", 5n)] });
  expect([makeWay(of("2")), counters("spend")]).toEqual([null, 7n]);
  take(of("2"), { outcome: "refused", touched: [touch("spend", 0n)] });
  expect([makeWay(of("3")), counters("spend")]).toEqual([null, 7n]);
});
