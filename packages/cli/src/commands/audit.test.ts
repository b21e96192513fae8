import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { microYuan, yuan } from "@wadi/core/units";
import { afterEach, expect, test } from "vitest";
import { trueBooks, type TrueBooks } from "../testing/books.ts";
import { startDouble, type Answers, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";
import { emptyFolder } from "../testing/run-wadi.ts";

/*
 * The audit believes nothing that the hub says. Here the hub lies in one way at a time.
 */

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

const books = trueBooks();

/** Two lines a page, so that pages are put together as well. */
const paged =
  <T>(items: readonly T[]): NonNullable<Answers["listTransfers"]> =>
  ({ query }) => {
    const from = Number(query["cursor"] ?? 0);
    const next = from + 2 < items.length ? String(from + 2) : null;
    return { items: items.slice(from, from + 2), next };
  };

async function audit(lie: Partial<TrueBooks> = {}, ...args: string[]) {
  const { transfers, accounts, charges, report, anchors } = { ...books, ...lie };
  await double?.close();
  double = await startDouble({
    listTransfers: paged(transfers),
    listAccounts: paged(accounts),
    listCharges: paged(charges),
    auditBooks: () => report,
    listPeriods: () => ({ items: [] }),
    listAnchors: paged(anchors),
  });
  return runProgram(["audit", ...args], { hub: double.url });
}

/** The books with one line changed. */
const altered = (index: number, change: Partial<TrueBooks["transfers"][number]>) => ({
  transfers: books.transfers.map((line, at) => (at === index ? { ...line, ...change } : line)),
});
const [evidence] = books.charges as [TrueBooks["charges"][number]];
const chargedAs = (charge: Partial<(typeof evidence)["charge"]>) => ({
  charges: [{ ...evidence, charge: { ...evidence.charge, ...charge } }],
});

test("books that are right hold", async () => {
  const ran = await audit();
  expect(ran.stdout).not.toContain("broken");
  expect(ran.stdout).toContain("usage × price gives each charge (1)");
  expect(ran.stdout).toContain("the hub says: all is well (5)");
  expect(ran).toMatchObject({ code: 0, stderr: "" });
});

test.each<[string, Partial<TrueBooks>, RegExp]>([
  ["an amount", altered(2, { amount: yuan(1) }), /transfer 3: does not have the hash/],
  ["a party", altered(2, { to: "payable/other" }), /transfer 3: does not have the hash/],
  ["a note", altered(0, { note: "put in later" }), /transfer 1: does not have the hash/],
  ["a time", altered(4, { happenedAt: books.report.at.add({ hours: 9 }) }), /transfer 5: does not/],
  ["a line left out", { transfers: books.transfers.toSpliced(3, 1) }, /lines are missing or moved/],
  [
    "a line twice",
    { transfers: books.transfers.toSpliced(3, 0, books.transfers[3]!) },
    /transfer 4/,
  ],
  [
    "the last line",
    { transfers: books.transfers.slice(0, 4) },
    /line 5 was there before and is not/,
  ],
  [
    "a balance",
    { accounts: books.accounts.map((one) => ({ ...one, credits: yuan(7) })) },
    /credits/,
  ],
  ["an account", { accounts: books.accounts.slice(1) }, /has transfers, but is not among/],
  ["a price", chargedAs({ price: yuan(81) }), /price is 81000000, recomputed it is 80000000/],
  ["a charge", chargedAs({ cash: yuan(70) }), /cash is 70\.00, posted was 80\.00/],
  ["a fee", chargedAs({ platformFee: microYuan(1) }), /fee is 0\.000001, posted was 2\.40/],
  ["readings", { charges: [{ ...evidence, readings: [] }] }, /recomputed it is 0/],
  [
    "a tenant",
    { charges: [{ ...evidence, tenant: "other" as never }] },
    /its tenant is other, posted/,
  ],
  ["a charge hidden", { charges: [] }, /posted, but never charged/],
])("a lie about %s is found", async (_, lie, words) => {
  const ran = await audit(lie);
  expect(ran.stdout).toMatch(words);
  expect(ran.code).toBe(1);
});

test("a hub that finds its own books broken is told as such", async () => {
  const checks = [{ name: "all is well", checked: 5n, problems: ["it is not"] }];
  const ran = await audit({ report: { ...books.report, checks, holds: false } });
  expect(ran.stdout).toContain("it is not");
  expect(ran.code).toBe(1);
});

test("an anchor is kept, and a journal written anew does not have its hash", async () => {
  const file = join(emptyFolder(), "anchors.jsonl");
  expect((await audit({}, "--anchor", file)).code).toBe(0);
  const kept = await readFile(file, "utf8");
  expect(JSON.parse(kept)).toMatchObject({ seq: "5", hash: books.report.head });

  await writeFile(file, kept.replace(books.report.head, "0".repeat(64)));
  const again = await audit({}, "--anchor", file);
  expect(again.stdout).toContain("has another hash than the anchor 0000");
  expect(again.stdout).toContain("line 5 had the hash 0000");
  expect(again.code).toBe(1);
  expect((await readFile(file, "utf8")).trim().split("\n")).toHaveLength(1);
});

const [first, next] = books.anchors;
test.each<[string, Partial<TrueBooks>, RegExp]>([
  [
    "of other lines",
    { anchors: [{ ...first!, lines: "0".repeat(64) }, next!] },
    /2026-11-02: its lines give another root/,
  ],
  [
    "of other anchors",
    { anchors: [first!, { ...next!, root: "0".repeat(64) }] },
    /2026-11-04: it and the anchors before give another root/,
  ],
  ["left out", { anchors: [next!] }, /2026-11-04: its lines give another root/],
  [
    "of lines that are not there",
    { anchors: [first!, { ...next!, seq: 9n }] },
    /2026-11-04: there is no line 9/,
  ],
])("a daily anchor %s is found", async (_, lie, sentence) => {
  const ran = await audit(lie);
  expect(ran.stdout).toMatch(sentence);
  expect(ran.code).toBe(1);
});

test("the file that the hub publishes is compared with what it says now", async () => {
  const file = join(emptyFolder(), "anchors.jsonl");
  const line = (root: string) =>
    `${JSON.stringify({ day: first!.day, seq: `${first!.seq}`, hash: first!.hash, root })}\n`;
  await writeFile(file, line(first!.root));
  expect((await audit({}, "--anchor", file)).code).toBe(0);
  await writeFile(file, line("0".repeat(64)));
  const ran = await audit({}, "--anchor", file);
  expect(ran.stdout).toContain(`${first!.day}: ${"0".repeat(64)} was published; the hub says`);
  expect(ran.code).toBe(1);
});

test("a file of anchors that is none is refused before anything is asked", async () => {
  const file = join(emptyFolder(), "anchors.jsonl");
  await writeFile(file, "{}\n");
  const ran = await audit({}, "--anchor", file);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain("anchors.jsonl:1: is no anchor");
  expect(double!.calls).toEqual([]);
});

test("programs get what was found here and what the hub says", async () => {
  const { stdout } = await audit({}, "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    local: { holds: true, head: { seq: "5", hash: books.report.head } },
    hub: { holds: true, transfers: "5" },
  });
});
