import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultPolicy } from "@wadi/core/dispatch";
import { parse } from "csv-parse/sync";
import { afterEach, beforeAll, expect, test } from "vitest";
import { cheapestPrice, fifoPerCentre, race } from "../baselines/index.ts";
import { aPool, hour, someWorkload } from "../play/builders.testing.ts";
import { production } from "../play/production.ts";
import type { SimResult } from "../result.ts";
import { simulate } from "../simulate.ts";
import type { About } from "./about.ts";
import { comparison } from "./comparison.ts";
import { measuredOf } from "./measured.ts";
import { difference, short, shown } from "./numbers.ts";
import { brokenMarkup } from "./well-formed.testing.ts";
import { wordsIn } from "./words.ts";
import { partOf, reportFiles, stateOfFolder, writeReport } from "./write-report.ts";

const fleet = {
  pools: [aPool("east"), aPool("west", { model: "ascend-910b2", hostCount: 2 })],
  links: [],
};
const workload = someWorkload(3, { count: 120, everyMs: hour / 12 });
const about: About = {
  title: "Two pools & a <few> jobs",
  madeAt: "2026-12-01T00:00:00Z",
  version: "1.2.3",
  seed: 3,
  timeZone: "Asia/Shanghai",
  command: "wadi simulate --fleet 'a b.yaml'",
  inputs: [{ role: "fleet", file: "a b.yaml", holds: "2 centres", sha256: "ab".repeat(32) }],
  settings: [["faults", "none"]],
  impossible: [
    { id: "big-1", why: "asks for 9 cards on one host" },
    { id: "big-2", why: "asks for 9 cards on one host" },
  ],
};

let results: readonly SimResult[] = [];
beforeAll(() => {
  const players = [production("ours", defaultPolicy, fleet), cheapestPrice(), race(3)];
  results = [...players, fifoPerCentre()].map((dispatcher) =>
    simulate({ workload, fleet, dispatcher, seed: 3 }),
  );
});

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "wadi-report-"));
  folders.push(folder);
  return folder;
}

const textOf = (name: string, language: "en" | "zh" = "en") => {
  const file = reportFiles(results, { about, language }).find((one) => one.name === name);
  return [...file!.pieces].join("");
};

test.each(["en", "zh"] as const)(
  "the page in %s is well-formed and asks for nothing",
  (language) => {
    const page = textOf("index.html", language);
    expect(brokenMarkup(page)).toBeNull();
    expect(page).not.toMatch(/<script|<link|<img|@import|\son\w+="|\burl\((?!#)/);
    const addresses = [...page.matchAll(/\b(?:src|href|xlink:href)="([^"]*)"/g)];
    expect(addresses.filter(([, to]) => !to!.startsWith("#"))).toStrictEqual([]);
  },
);

test("the page has every dispatcher, its numbers and all figures", () => {
  const page = textOf("index.html");
  for (const { number, result, measures } of measuredOf(results)) {
    expect(page).toContain(`${number} ${result.dispatcher}`);
    expect(page).toContain(shown(measures.spending.total));
    expect(page).toContain(shown(measures.times.all.waitMs.mean / hour, 2));
    expect(page).toContain(shown(measures.fairness, 3));
  }
  const figures = [...page.matchAll(/<figure id="figure-(\w+)"/g)].map(([, id]) => id);
  const all = ["cost", "wait", "use", "queue", "centres", "fairness", "gap", "estimates"];
  expect(figures).toStrictEqual(all);
  expect(page.match(/<svg /g)!.length).toBe(all.length);
});

test("texts that look like markup stay texts", () => {
  const page = textOf("index.html");
  expect(page).toContain("<h1>Two pools &amp; a &lt;few&gt; jobs</h1>");
  expect(page).toContain("--fleet &#39;a b.yaml&#39;");
});

test("what could never run is told by reason, and in full in results.json", () => {
  expect(textOf("index.html").replaceAll(/\s*(<[^>]+>)\s*/g, "$1")).toContain(
    "<td>asks for 9 cards on one host</td><td>2</td><td>big-1, big-2</td>",
  );
  const whole = JSON.parse(textOf("results.json")) as { impossible: unknown };
  expect(whole.impossible).toStrictEqual(about.impossible);
});

test("the same results give the same bytes", () => {
  const files = () => reportFiles(results, { about }).map(({ pieces }) => [...pieces].join(""));
  expect(files()).toStrictEqual(files());
});

test("Chinese pages are in Chinese, and both tables have the same keys", () => {
  const page = textOf("index.html", "zh");
  expect(page).toContain('<html lang="zh-CN"');
  expect(page).toContain("总成本（元）");
  expect(page).not.toContain("mean wait");
  const same = new Set(["sha256", "pageLanguage"]);
  const translated = Object.entries(wordsIn("zh")).filter(([key]) => !same.has(key));
  for (const [key, text] of translated) expect(text, key).toMatch(/\p{Script=Han}/u);
});

test("results.csv has a row for each dispatcher, jobs.csv one for each job of each", () => {
  const rows = parse(textOf("results.csv"), { columns: true }) as Record<string, string>[];
  expect(rows.map((row) => row["dispatcher"])).toStrictEqual(
    results.map(({ dispatcher }) => dispatcher),
  );
  const [first] = measuredOf(results);
  expect(Number(rows[0]!["cost_total"])).toBeCloseTo(first!.measures.spending.total, 5);

  const jobs = parse(textOf("jobs.csv"), { columns: true }) as Record<string, string>[];
  expect(jobs.length).toBe(results.length * workload.jobs.length);
  expect(jobs[0]).toMatchObject({ dispatcher: "ours", job: workload.jobs[0]!.id });
});

test("results.json has all measures and at most a thousand samples of each", () => {
  const whole = JSON.parse(textOf("results.json")) as Whole;
  expect(whole).toMatchObject({ form: "wadi-simulation", formVersion: 1, seed: 3 });
  expect(whole.dispatchers.map(({ name }) => name)).toStrictEqual(
    results.map(({ dispatcher }) => dispatcher),
  );
  for (const [at, { samples, spending, times }] of whole.dispatchers.entries()) {
    expect(samples.length).toBeLessThanOrEqual(1000);
    const { measures } = measuredOf(results)[at]!;
    expect(spending.total).toBeCloseTo(measures.spending.total, 5);
    expect(times.all.jobs).toBe(workload.jobs.length);
  }
});
interface Whole {
  readonly dispatchers: readonly {
    readonly name: string;
    readonly samples: readonly unknown[];
    readonly spending: { readonly total: number };
    readonly times: { readonly all: { readonly jobs: number } };
  }[];
}

test("the best of a row is marked, and each is told beside the first", () => {
  const [total] = comparison(measuredOf(results));
  const least = Math.min(...total!.values.map((value) => value ?? Infinity));
  expect(total!.best).toContain(total!.values.indexOf(least));
  expect(total!.differences[0]).toBeNull();
  const [first, second] = total!.values as [number, number];
  expect(total!.differences[1]).toBeCloseTo((second - first) / first, 12);
});

test("where all are alike nobody is the best, and one dispatcher alone has no rival", () => {
  const [only] = results;
  const twins = measuredOf([only!, { ...only!, dispatcher: "its twin" }]);
  expect(comparison(twins).flatMap(({ best }) => best)).toStrictEqual([]);
  expect(comparison(measuredOf([only!])).flatMap(({ best }) => best)).toStrictEqual([]);
});

test("two results of one name are refused, and so is none", () => {
  const [only] = results;
  expect(() => measuredOf([only!, only!])).toThrow('two results are named "ours"');
  expect(() => measuredOf([])).toThrow("at least one result");
});

test("a play without samples, jobs or certificates still makes a page", () => {
  const bare: SimResult = { ...results[1]!, jobs: [], samples: [] };
  const [page] = reportFiles([bare], { about });
  const text = [...page!.pieces].join("");
  expect(brokenMarkup(text)).toBeNull();
  expect(text).toContain("no dispatcher made a certificate.");
});

test.each([
  [0.1234, "+12.3 %"],
  [-0.04, "−4.0 %"],
  [0.0001, "±0 %"],
  [24, "×25"],
])("a share of %d is told as %s", (share, words) => {
  expect(difference(share)).toBe(words);
});

test.each([
  [1_234_567, "1.23M"],
  [35_000, "35k"],
  [0.5, "0.5"],
  [0, "0"],
])("%d is short for %s", (value, words) => {
  expect(short(value)).toBe(words);
});

test("a report is written whole, and again over itself; what lies beside it stays", async () => {
  const folder = join(emptyFolder(), "deep", "report");
  expect(await stateOfFolder(folder)).toBe("free");
  expect(await writeReport(results, { folder, about })).toBe(join(folder, "index.html"));
  expect(await stateOfFolder(folder)).toBe("report");
  writeFileSync(join(folder, "notes.txt"), "mine");
  const before = readFileSync(join(folder, "results.json"), "utf8");
  await writeReport(results, { folder, about });
  expect(readFileSync(join(folder, "results.json"), "utf8")).toBe(before);
  const files = ["index.html", "jobs.csv", "notes.txt", "results.csv", "results.json"];
  expect(readdirSync(folder).toSorted()).toStrictEqual(files);
});

test("what is left of a writing that was killed is in nobody's way", async () => {
  const folder = join(emptyFolder(), "report");
  mkdirSync(partOf(folder));
  writeFileSync(join(partOf(folder), "index.html"), "half");
  await writeReport(results.slice(0, 1), { folder, about });
  expect(readdirSync(join(folder, ".."))).toStrictEqual(["report"]);
});

test("a folder of other things is none of ours, nor is a file", async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "results.json"), "{}");
  expect(await stateOfFolder(folder)).toBe("other");
  expect(await stateOfFolder(join(folder, "results.json"))).toBe("other");
});
