import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { aCandidate, aDetail, aJob, aSpecText, idOf } from "./testing/fixtures.ts";
import {
  Raw,
  Refusal,
  startDouble,
  type Answers,
  type DoubleCall,
  type HubDouble,
} from "./testing/hub-double.ts";
import { collectOutput, emptyFolder, runWadi, startWadi } from "./testing/run-wadi.ts";
import { widthOf } from "./show/width.ts";

/*
 * The command line as a process, against a server that speaks the protocol.
 */

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

const hubThatGives = async (answers: Answers): Promise<HubDouble> =>
  (double = await startDouble(answers));

const refuse =
  (...parts: ConstructorParameters<typeof Refusal>) =>
  () => {
    throw new Refusal(...parts);
  };

test("--help and --version end well, and the version is a number", async () => {
  const help = await runWadi(["--help"]);
  expect(help).toMatchObject({ code: 0, stderr: "" });
  expect(help.stdout).toContain("Exit codes:");
  const version = await runWadi(["--version"]);
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each([
  [["jobz"], 2, "wadi: unknown command 'jobz'\n(Did you mean one of job, jobs?)"],
  [["jobs", "--stat", "x"], 2, "(Did you mean --state?)"],
  [["jobs", "--state", "done"], 2, "Allowed choices are blocked, queued"],
  [["jobs", "--limit", "many"], 2, "It must be a whole number, 1 or more."],
  [["submit"], 2, "missing required argument 'file'"],
  [["submit", "no-such-file.yaml"], 2, "wadi: no-such-file.yaml: there is no such file"],
  [["jobs", "--hub", "ftp://hub"], 2, '"ftp://hub" is no address of a hub'],
  [["jobs", "--as", "nobody"], 2, 'there is no login "nobody"'],
  [["jobs", "--hub", "http://127.0.0.1:9"], 6, "cannot reach the hub at http://127.0.0.1:9"],
])("wadi %j ends with %d and says how to go on", async (args, code, words) => {
  const ran = await runWadi(args);
  expect(ran.stderr).toContain(words);
  expect(ran.stdout).toBe("");
  expect(ran.code).toBe(code);
});

test.each([
  ["not-signed-in", 4],
  ["not-allowed", 4],
  ["not-found", 5],
  ["invalid-request", 3],
  ["internal-error", 6],
] as const)("a hub that refuses with %s ends the command with %d", async (refusal, code) => {
  const { url } = await hubThatGives({ listJobs: refuse(refusal, "the hub's own words") });
  const ran = await runWadi(["jobs"], { hub: url });
  expect(ran.stderr).toContain("wadi: the hub's own words");
  expect(ran.code).toBe(code);
});

test("programs get the hub's reply, and its problem, as they travelled", async () => {
  const { url } = await hubThatGives({
    listJobs: () => ({ items: [aJob()], next: null }),
    readJob: refuse("not-found", "there is no such job of yours"),
  });
  const list = await runWadi(["jobs", "--json"], { hub: url });
  const [job] = (JSON.parse(list.stdout) as { items: Record<string, unknown>[] }).items;
  expect(job).toMatchObject({ id: idOf(1), held: "12.00", submittedAt: "2026-11-01T00:00:00Z" });
  const none = await runWadi(["job", idOf(2), "--json"], { hub: url });
  expect(JSON.parse(none.stderr)).toMatchObject({ code: "not-found", status: 404 });
  expect(none.code).toBe(5);
});

const manyPools = [
  aCandidate(),
  aCandidate({
    pool: "mountain-h20" as never,
    verdict: "possible",
    reason: {
      code: "dearer",
      sentence: "It would cost 13.00 yuan in total, 1.25 more than lakeside-910b.",
      facts: { cost: "13.00", more: "1.25", chosen: "lakeside-910b" },
    },
  }),
];
const aQuote = {
  at: Temporal.Instant.from("2026-11-01T00:00:00Z"),
  candidates: manyPools,
  mostItCanCost: 23_500_000n,
  estimatedStart: null,
  voucherPart: 7_050_000n,
  verdict: "starts-now",
  reason: null,
};

test.each([["40"], ["60"], ["200"]])("nothing is wider than a terminal of %s", async (COLUMNS) => {
  const jobs = [aJob({ name: "昇腾集群上的很长的作业名称" }), aJob({ name: "x".repeat(100) })];
  const { url } = await hubThatGives({
    listJobs: () => ({ items: jobs, next: null }),
    makeQuote: () => aQuote,
  });
  const env = { COLUMNS };
  const list = await runWadi(["jobs"], { hub: url, env });
  const quote = await runWadi(["quote", "-"], { hub: url, env, stdin: aSpecText });
  for (const { stdout, code } of [list, quote]) {
    expect(code).toBe(0);
    for (const line of stdout.split("\n"))
      expect(widthOf(line)).toBeLessThanOrEqual(Number(COLUMNS));
  }
  expect(list.stdout).toContain("running");
  expect(quote.stdout).toContain("11.75");
});

test("the parts of a quote are shown, and the reasons in the language asked for", async () => {
  const { url } = await hubThatGives({ makeQuote: () => aQuote });
  const run = (...args: string[]) =>
    runWadi(["quote", "-", ...args], { hub: url, stdin: aSpecText, env: { LANG: "zh_CN.UTF-8" } });
  const { stdout } = await run();
  expect(stdout).toContain("the most it can cost is ¥23.50, ¥7.05 of it by voucher");
  expect(stdout).toMatch(
    /POOL +CENTRE +CARDS +VERDICT +COMPUTE +DATA +WAITING +LOSS +POWER +TOTAL/,
  );
  expect(stdout).toContain("总成本 13.00 元，比 lakeside-910b 高 1.25 元。");
  expect((await run("--lang", "en")).stdout).toContain("1.25 more than lakeside-910b.");
});

test("a mistake in a file is shown by file, line and column; the hub is not asked", async () => {
  const { url, calls } = await hubThatGives({});
  const cwd = emptyFolder();
  await writeFile(join(cwd, "job.yaml"), aSpecText.replace("count: 8", "count: 0"));
  const ran = await runWadi(["submit", "job.yaml"], { hub: url, cwd });
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain("wadi: job.yaml has a mistake");
  expect(ran.stderr).toContain("job.yaml:9:14: cards.options[0].count must be at least 1; read 0");
  expect(calls).toEqual([]);
});

test("a field that only the hub finds wrong is shown in its line too", async () => {
  const errors = [{ pointer: "/name", in: "body", detail: "is taken today" }];
  const { url } = await hubThatGives({
    submitJob: refuse("invalid-request", "1 field is wrong", { errors }),
  });
  const ran = await runWadi(["submit", "-"], { hub: url, stdin: aSpecText });
  expect(ran.stderr).toContain("standard input:2:7: name is taken today");
  expect(ran.code).toBe(3);
});

test("without a terminal there are no colours and no moving signs", async () => {
  const { url } = await hubThatGives({
    listJobs: async () => {
      await new Promise((resolve) => setTimeout(resolve, 700)); // longer than a spinner waits
      return { items: [aJob()], next: null };
    },
  });
  const ran = await runWadi(["jobs"], { hub: url });
  expect(ran.stdout).not.toContain("\u001B");
  expect(ran.stderr).toBe("");
});

test("a terminal gets colours and a sign of waiting; NO_COLOR ends both", async (context) => {
  if (!existsSync("/usr/bin/script")) context.skip("there is no script(1) to make a terminal with");
  const { url } = await hubThatGives({
    listJobs: async () => {
      await new Promise((resolve) => setTimeout(resolve, 700)); // longer than a spinner waits
      return { items: [aJob()], next: null };
    },
  });
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const inTerminal = async (more: Record<string, string>) => {
    const command = `'${process.execPath}' '${main}' jobs`;
    const env = { HOME: emptyFolder(), WADI_HUB: url, WADI_KEY: "wadi_test_key", TERM: "xterm" };
    const child = spawn("script", ["-qec", command, "/dev/null"], {
      env: { PATH: "/usr/bin:/bin", ...env, ...more },
    });
    const output = collectOutput(child);
    await once(child, "close");
    return output().stdout;
  };
  const coloured = await inTerminal({});
  expect(coloured).toContain("\u001B[36mrunning");
  expect(coloured).toContain("asking the hub");
  const plain = await inTerminal({ NO_COLOR: "1" });
  expect(plain).toContain("running");
  expect(plain).not.toContain("\u001B[");
});

test("a reader who has had enough ends the command without a word", async () => {
  const items = Array.from({ length: 1000 }, (_, number) => aJob({ id: idOf(number) }));
  const { url } = await hubThatGives({ listJobs: () => ({ items, next: "more" }) });
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const line = `'${process.execPath}' '${main}' jobs --limit 5000 | head -1`;
  const child = spawn("bash", ["-o", "pipefail", "-c", line], {
    env: { PATH: "/usr/bin:/bin", HOME: emptyFolder(), WADI_HUB: url, WADI_KEY: "wadi_test_key" },
  });
  const output = collectOutput(child);
  const [code] = (await once(child, "close")) as [number];
  expect(output().stdout).toMatch(/^ID +NAME/);
  expect(output().stderr).toBe("");
  expect(code).toBe(0);
});

test("Ctrl-C while a job is followed says that it goes on, and ends with 130", async () => {
  const stream = ({ reply }: DoubleCall) => {
    reply.writeHead(200, { "content-type": "text/event-stream" });
    reply.write(": nothing yet\n\n");
    return new Promise(() => {});
  };
  const { url } = await hubThatGives({
    readJob: () => aDetail(),
    followJob: stream,
    followLogs: stream,
  });
  const child = startWadi(["logs", "-f", idOf(1)], { hub: url });
  const output = collectOutput(child);
  while (double!.callsOf("followJob").length === 0) await new Promise(setImmediate);
  child.kill("SIGINT");
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(130);
  expect(output().stderr).toContain("the job goes on; stop it with: wadi cancel");
});

test("a statement is printed as the hub writes it, byte for byte", async () => {
  const text = "Statement of Acme\n\n¥12.50\n";
  const { url } = await hubThatGives({
    tenantStatement: () => new Raw("text/plain; charset=utf-8", text),
  });
  const ran = await runWadi(["bill", "tenant", "acme", "--format", "text"], { hub: url });
  expect(ran).toMatchObject({ code: 0, stdout: text, stderr: "" });
});
