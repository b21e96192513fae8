import { createHash } from "node:crypto";
import { expect, test } from "vitest";

import { testDb } from "../testing/index.ts";
import { claimKeys, type KeyClaim } from "./idempotency-store.ts";

const db = await testDb();
const print = (text: string) => createHash("sha256").update(text).digest();
const aClaim = (key: string, change: Partial<KeyClaim> = {}): KeyClaim => ({
  owner: "tenant/acme",
  key,
  fingerprint: print("a body"),
  subject: "job-1",
  ...change,
});
const claim = (...claims: KeyClaim[]) => db.transaction((sql) => claimKeys(sql, claims));

test("the first goes on, a repetition gets what it made, another body is refused", async () => {
  expect(await claim(aClaim("a"))).toEqual([{ kind: "first" }]);
  const repeat = aClaim("a", { subject: "job-2" });
  expect(await claim(repeat)).toEqual([{ kind: "repeat", subject: "job-1" }]);
  const other = aClaim("a", { fingerprint: print("another") });
  expect(await claim(other)).toEqual([{ kind: "reused" }]);
  expect(await claim(aClaim("a", { owner: "tenant/rival" }))).toEqual([{ kind: "first" }]);
});

test("claims of one key in one batch are judged in their order", async () => {
  const outcomes = await claim(
    aClaim("z", { subject: "1" }),
    aClaim("b", { subject: "2" }),
    aClaim("z", { subject: "3" }),
    aClaim("z", { subject: "4", fingerprint: print("another") }),
  );
  expect(outcomes).toEqual([
    { kind: "first" },
    { kind: "first" },
    { kind: "repeat", subject: "1" },
    { kind: "reused" },
  ]);
  expect(await claim()).toEqual([]);
});

test("a claim stands only if its transaction does", async () => {
  const broken = db.transaction(async (sql) => {
    await claimKeys(sql, [aClaim("c")]);
    throw new Error("changed my mind");
  });
  await expect(broken).rejects.toThrow("changed my mind");
  expect(await claim(aClaim("c"))).toEqual([{ kind: "first" }]);
});

test("of many at once with the same key one is first", async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 12 }, (_, i) => claim(aClaim("d", { subject: `job-${i}` }))),
  );
  const firsts = outcomes.flat().filter(({ kind }) => kind === "first");
  const subjects = new Set(outcomes.flat().map((one) => ("subject" in one ? one.subject : "")));
  expect(firsts).toHaveLength(1);
  expect(subjects.size).toBe(2); // the first's, and nothing for the first itself
});

test("batches that claim the same keys in other orders do not lock each other out", async () => {
  const keys = Array.from({ length: 50 }, (_, i) => `e-${i}`);
  const outcomes = await Promise.all([
    claim(...keys.map((key) => aClaim(key))),
    claim(...[...keys].reverse().map((key) => aClaim(key))),
    claim(...keys.map((key) => aClaim(key))),
  ]);
  expect(outcomes.flat().filter(({ kind }) => kind === "first")).toHaveLength(50);
});
