import { asId, durationOf, microYuan, yuan } from "@wadi/core/units";
import type { RegionReportView, ReplyOf, routes } from "@wadi/protocol";
import { afterEach, expect, test } from "vitest";
import { aDetail, aJob, aRun, aSpecText, idOf } from "./testing/fixtures.ts";
import { startDouble, type Answers, type HubDouble } from "./testing/hub-double.ts";
import { runProgram } from "./testing/run-program.ts";
import { clockTime, startText } from "./show/start.ts";
import { emptyFolder } from "./testing/run-wadi.ts";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/*
 * What people are told while jobs wait: when they start, why not before, what would help.
 */

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

async function run(args: readonly string[], answers: Answers) {
  await double?.close();
  double = await startDouble(answers);
  return runProgram(args, { hub: double.url });
}

const zone = Temporal.Now.timeZoneId();
const local = (text: string) => Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant();
const now = local("2026-12-01T13:00:00");

/** Times of today at which no test can run over midnight: they are told with their date. */
const start = {
  p50: local("2099-03-04T14:20:10"),
  p90: local("2099-03-04T15:05:00"),
  pool: asId("lakeside-910b"),
} as NonNullable<ReplyOf<typeof routes.readJob>["estimatedStart"]>;
const told = { en: "starts about 2099-03-04 14:20, at the latest 2099-03-04 15:05 (9 of 10)" };

const cheaper = {
  code: "cheaper-later",
  sentence: "It starts later.",
  facts: {
    at: local("2099-03-03T23:00:00").toString(),
    pool: "lakeside-910b",
    cost: "80.10",
    now: "92.50",
    instead: "hill-910b",
  },
};
const explained = (
  differs: Partial<ReplyOf<typeof routes.explainJob>> = {},
): ReplyOf<typeof routes.explainJob> => ({
  job: idOf(1),
  at: now,
  kind: "waiting",
  sentence: "It waits. 2 of 8 cards are free; the job needs 8.",
  candidates: [],
  reasons: [],
  estimatedStart: start,
  impossible: null,
  why: null,
  checkpoint: null,
  booking: null,
  help: [
    {
      sentence: "It would start now if each replica took 2 of 8 cards.",
      changes: [{ code: "fewer-cards", facts: { cards: 2, was: 8 }, by: "tenant" }],
      starts: "now",
      startsAt: null,
      cost: null,
    },
    {
      sentence: "It would start now if the tenant's quota were 9 cards instead of 8.",
      changes: [{ code: "own-quota", facts: { quota: 9, was: 8 }, by: "operator" }],
      starts: "now",
      startsAt: null,
      cost: null,
    },
  ],
  ...differs,
});

test.each([
  ["2026-12-01T14:20:59", "14:20"],
  ["2026-12-02T00:05:00", "12-02 00:05"],
  ["2027-01-01T00:00:00", "2027-01-01 00:00"],
])("a start at %s is told as %s", (at, text) => {
  expect(clockTime(local(at), now)).toBe(text);
});

test("a start is told with the time that nine of ten keep, where that is another", () => {
  const at = { p50: local("2026-12-01T14:20:00"), p90: local("2026-12-01T15:05:00"), pool: null };
  expect(startText(at, { language: "en", now })).toBe(
    "starts about 14:20, at the latest 15:05 (9 of 10)",
  );
  expect(startText(at, { language: "zh", now })).toBe("预计 14:20 启动，最迟 15:05（十有九次）");
  const sure = { ...at, p90: at.p50 };
  expect(startText(sure, { language: "en", now })).toBe("starts about 14:20");
});

test("explain says when it starts and what would help, and who can change that", async () => {
  const booking = { pool: start.pool!, startsBy: start.p90, sentence: "Its start is booked." };
  const ran = await run(["explain", idOf(1)], { explainJob: () => explained({ booking }) });
  expect(ran.stdout).toContain(`${told.en}\nIts start is booked.\n`);
  expect(ran.stdout).toContain("What would help\n- It would start now if each replica took 2");
  expect(ran.stdout).toContain("instead of 8. (the operator's to change)");
  expect(double!.callsOf("explainJob")[0]!.query).toEqual({ language: "en" });
});

test("explain says what a cheaper hour saves, in the reader's language", async () => {
  const answers = { explainJob: () => explained({ why: cheaper, help: [] }) };
  const english = await run(["explain", idOf(1)], answers);
  expect(english.stdout).toContain(
    "waits for a cheaper hour: 2099-03-03 23:00 at lakeside-910b, saves 12.40 yuan",
  );
  expect(english.stdout).not.toContain("What would help");
  const chinese = await run(["explain", idOf(1), "--lang", "zh"], answers);
  expect(chinese.stdout).toContain(
    "等待低价时段：2099-03-03 23:00 在 lakeside-910b，节省 12.40 元",
  );
  expect(double!.callsOf("explainJob")[0]!.query).toEqual({ language: "zh" });
});

test("a job that waits is shown with its start, why it waits and what would help", async () => {
  const ran = await run(["job", idOf(1)], {
    readJob: () => aDetail({ state: "queued", runs: [], estimatedStart: start }),
    explainJob: () => explained(),
  });
  expect(ran.stdout).toMatch(new RegExp(`^start +${RegExp.escape(told.en)}$`, "m"));
  expect(ran.stdout).toContain("\nIt waits. 2 of 8 cards are free; the job needs 8.\n");
  expect(ran.stdout).toContain("What would help");
});

test("a run that made room for another is shown as preempted", async () => {
  const runs = [
    aRun({ state: "stopped", preempted: true }),
    aRun({ id: idOf(102), generation: 2, preempted: true }),
    aRun({ id: idOf(103), generation: 3 }),
  ];
  const ran = await run(["job", idOf(1)], { readJob: () => aDetail({ runs }) });
  expect(ran.stdout).toMatch(/^00000101 +preempted /m);
  expect(ran.stdout).toMatch(/^00000102 +running, preempted /m);
  expect(ran.stdout).toMatch(/^00000103 +running +lakeside/m);
  expect(ran.stdout).toContain("preempted: stopped for another job, or for a better pool");
});

test("lists show when jobs that wait start", async () => {
  const items = [aJob({ state: "queued", estimatedStart: start }), aJob({ id: idOf(2) })];
  const ran = await run(["jobs"], { listJobs: () => ({ items, next: null }) });
  expect(ran.stdout).toMatch(/^ID .* STATE +STARTS /m);
  expect(ran.stdout).toMatch(/queued +2099-03-04 14:20/);
});

test("a quote says when the job would start and what it would wait for", async () => {
  const file = join(emptyFolder(), "job.yaml");
  await writeFile(file, aSpecText);
  const quoted: ReplyOf<typeof routes.makeQuote> = {
    at: now,
    candidates: [],
    mostItCanCost: yuan(100),
    voucherPart: microYuan(0),
    verdict: "waits",
    estimatedStart: start,
    reason: cheaper,
  };
  const ran = await run(["quote", file], { makeQuote: () => quoted });
  expect(ran.stdout).toContain("It would wait; the most it can cost is ¥100.00.\n");
  expect(ran.stdout).toContain("saves 12.40 yuan\n");
  expect(ran.stdout).toContain(told.en);
});

const line = (code: string, facts: Record<string, string | number>) => {
  return { code, facts, sentence: `hub's ${code}` };
};
const use = { total: 8, used: 6, starting: 1, free: 1, emulated: 8 };
const aReport: RegionReportView = {
  at: now,
  looksAt: { jobs: 12, runs: 3, isAll: true },
  certificate: {
    ...{ at: now, age: durationOf(90_000), jobs: 12, rounds: 20, took: durationOf(800) },
    ...{ cost: yuan(103), bound: yuan(100), gap: 0.03, worth: [] },
  },
  binding: [line("tenant-at-quota", { jobs: 4, cards: 8, tenant: "acme", quota: 16 })],
  scarceModels: [line("of-a-newer-hub", {})],
  hot: [line("worth-more-now", { model: "h20", pool: "p", centre: "c", worth: "2.50" })],
  idle: [
    {
      ...{ pool: asId("spare"), centre: asId("lakeside"), model: asId("h20"), emulated: true },
      ...{ free: 8, total: 8, because: [line("idle-no-queue", { pool: "spare" })] },
    },
  ],
  ahead: [],
  byCentre: [{ name: asId("lakeside"), ...use }],
  byModel: [{ name: asId("h20"), ...use }],
  queue: [
    { priority: "normal", model: asId("h20"), jobs: 12, cards: 24, longestWait: durationOf(6e6) },
  ],
};

test("the region's report is told in parts, in the reader's language", async () => {
  const answers = { reportRegion: () => aReport };
  const { stdout } = await run(["region", "report"], answers);
  expect(stdout).toMatch(/^plan +¥103\.00 for 12 jobs, 3\.0 % above it$/m);
  expect(stdout).toMatch(/^bound +¥100\.00: no plan costs less$/m);
  expect(stdout).toMatch(/^certified +1m 30s ago$/m);
  expect(stdout).toMatch(/^normal +h20 +12 +24 +1h 40m$/m);
  expect(stdout).toContain("- 4 jobs (8 cards) wait for the quota of acme, 16 cards.\n");
  expect(stdout).toContain("- hub's of-a-newer-hub\n");
  expect(stdout).toMatch(/^spare +h20\* +8 +8 +Nothing waits that could use spare\.$/m);
  expect(stdout).toMatch(/^lakeside +8 +6 +1 +1 +8$/m);

  const chinese = await run(["region", "report", "--lang", "zh"], answers);
  expect(chinese.stdout).toContain("制约因素\n- 4 个作业（8 张卡）受租户 acme 的配额");
  expect(double!.callsOf("reportRegion")[0]!.query).toEqual({ language: "zh" });
  const json = await run(["region", "report", "--json"], answers);
  expect(JSON.parse(json.stdout)).toMatchObject({ certificate: { cost: "103.00" } });
});

test("before the first certificate there is no plan to show", async () => {
  const { stdout, code } = await run(["region", "report"], {
    reportRegion: () => ({ ...aReport, certificate: null, queue: [], idle: [] }),
  });
  expect(code).toBe(0);
  expect(stdout).not.toContain("bound");
});
