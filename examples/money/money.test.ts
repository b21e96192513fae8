import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { fundLines } from "./books.ts";
import { readOptions } from "./options.ts";
import { summary, type Found } from "./summary.ts";
import { tellMonth } from "./tell-month.ts";

/* A small month from its first claim to closed books, with a real hub and its database. */

const folder = await mkdtemp(path.join(os.tmpdir(), "wadi-money-test-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a month of six tenants, two centres, three days", () => {
  let found: Found;
  beforeAll(async () => {
    const small = ["--tenants", "6", "--centres", "2", "--days", "3", "--jobs", "8"];
    const options = readOptions([...small, "--seed", "7", "--out", folder]);
    found = await tellMonth(options, { say: () => {}, stop: new AbortController().signal });
  }, 170_000);

  test("everything that must hold does", () => {
    expect(found.checks.filter(({ problems }) => problems.length > 0)).toEqual([]);
    expect(found.checks.length).toBeGreaterThan(20);
  });

  test("public money was granted, redeemed, expired and asked back", () => {
    const sum = (part: "redeemed" | "expired") =>
      fundLines(found.accounts).reduce((all, { parts }) => all + parts[part], 0n);
    expect(sum("redeemed")).toBeGreaterThan(0n);
    expect(sum("expired")).toBeGreaterThan(0n);
    const states = new Set(found.claims.map(({ view }) => view.state));
    expect(states).toContain("clawed-back");
    expect(states).toContain("incomplete");
    expect(states).toContain("refused");
    const codes = found.claims.flatMap(({ view }) => view.decision?.refused ?? []);
    expect(codes.map(({ code }) => code)).toEqual(expect.arrayContaining(["cap", "annual-cap"]));
  });

  test("it is published, with one provider settled by the band of its deals", () => {
    expect(found.settlement.state).toBe("published");
    const lakeside = found.settlement.dues.find((due) => due.band !== null);
    expect(lakeside?.provider).toBe("lakeside-compute");
    expect(lakeside?.due).toBeGreaterThan(0n);
  });

  test("statements, bundles, FOCUS, payouts and the audit are files", async () => {
    const files = await readdir(folder, { recursive: true });
    expect(files).toEqual(
      expect.arrayContaining([
        ...["audit.txt", "focus-2026-06.csv", "payouts-1.csv", "receipts-2.csv"],
        ...["statements/district-east-zh.pdf", "statements/fund-hangzhou-en.xlsx"],
        "bundles/bundle-amber-vision.json",
      ]),
    );
    const verified = await readFile(path.join(folder, "bundles/verify.txt"), "utf8");
    expect(verified.match(/^right /gm)?.length).toBe(6);
  });

  test("the summary says that every law holds", () => {
    const text = summary(found).join("\n");
    expect(text).toContain("each of 9 books sums to zero");
    expect(text).not.toContain("BROKEN");
  });
});
