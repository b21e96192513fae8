import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runProgram } from "../testing/run-program.ts";
import { collectOutput, emptyFolder, startWadi } from "../testing/run-wadi.ts";

const fleetText = `version: 1
name: two
centres:
  - id: lakeside
    name: { en: Lakeside, zh: 湖畔 }
    kind: intelligent
    place: hangzhou
    provider: lakeside
    timeZone: Asia/Shanghai
    pools:
      - id: lakeside-h100
        model: h100-sxm
        hosts: { count: 4, cards: 8, cpu: 64, memory: 512GiB }
        prices: { timeZone: Asia/Shanghai, periods: [{ rules: [{ perCardHour: "12" }] }] }
      - id: lakeside-a100
        model: a100-80g
        hosts: { count: 4, cards: 8, cpu: 64, memory: 512GiB }
        prices: { timeZone: Asia/Shanghai, periods: [{ rules: [{ perCardHour: "4" }] }] }
`;

/** Microsoft's form: seconds, cards, whose. */
const traceText = (cards = 2) =>
  [
    "timestamp,duration,num_gpus,cluster",
    ...Array.from({ length: 40 }, (_, i) =>
      [
        `2017-10-02 0${i % 4}:${10 + i}:00,${600 + 60 * i}`,
        `${i === 7 ? cards : 1 + (i % 8)},vc${i % 3}`,
      ].join(","),
    ),
    "",
  ].join("\n");

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = emptyFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

const good = { "fleet.yaml": fleetText, "trace.csv": traceText(), "mine.yaml": "version: 1\n" };

const args = (folder: string, ...more: readonly string[]) => [
  "simulate",
  ...["--fleet", join(folder, "fleet.yaml"), "--workload", join(folder, "trace.csv")],
  ...["--out", join(folder, "report"), ...more],
];

test("policies and baselines are played in the order given; the report is written", async () => {
  const folder = await folderWith(good);
  const mine = ["--policy", join(folder, "mine.yaml")];
  const ran = await runProgram(args(folder, ...mine, "--baseline", "race", "--threads", "2"));
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(/DISPATCHER +COST ¥[^]*\nmine .*\nrace /);
  expect(ran.stdout).toContain(`report: ${join(folder, "report")}/index.html\n`);
  const files = readdirSync(join(folder, "report")).toSorted();
  expect(files).toEqual(["index.html", "jobs.csv", "results.csv", "results.json"]);
  expect(readdirSync(folder)).toHaveLength(4);
  const whole = JSON.parse(await readFile(join(folder, "report", "results.json"), "utf8")) as {
    command: string;
    inputs: object[];
  };
  expect(whole.command).toContain("--baseline race --seed 1 --out");
  expect(whole.inputs).toMatchObject([
    { role: "fleet", holds: "1 centres, 64 cards" },
    { role: "workload", holds: "40 jobs" },
    { role: "policy", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
  ]);
});

test("the same command gives the same jobs, whatever the number of threads", async () => {
  const folder = await folderWith(good);
  const jobs = async (threads: string) => {
    const both = ["--baseline", "race", "--baseline", "best-fit", "--threads", threads];
    expect((await runProgram(args(folder, ...both))).code).toBe(0);
    return readFile(join(folder, "report", "jobs.csv"), "utf8");
  };
  expect(await jobs("1")).toBe(await jobs("2"));
});

test("without either the default policy is played, and --lang is the page's", async () => {
  const folder = await folderWith(good);
  const ran = await runProgram(args(folder, "--lang", "zh", "--json"));
  const said = JSON.parse(ran.stdout) as { results: { dispatcher: string }[] };
  expect(said.results.map(({ dispatcher }) => dispatcher)).toEqual(["default"]);
  expect(await readFile(join(folder, "report", "index.html"), "utf8")).toContain("总成本");
});

test("a generated workload needs no trace; estimates, faults and models are heeded", async () => {
  const folder = await folderWith(good);
  const ran = await runProgram([
    ...["simulate", "--fleet", join(folder, "fleet.yaml"), "--out", join(folder, "report")],
    ...["--workload", "generated:jobs=200,days=1,load=0.5,tenants=5", "--estimate-error", "3"],
    ...["--faults", "hosts=2h/30m", "--baseline", "race"],
  ]);
  expect(ran.code).toBe(0);
  const page = await readFile(join(folder, "report", "index.html"), "utf8");
  expect(page).toContain("hosts=2h/30m");
  expect(page).toContain("runs ended by faults");
});

test("every mistake of every file and option is told at once, and nothing is written", async () => {
  const folder = await folderWith({
    "fleet.yaml": fleetText.replace("kind: intelligent", "kind: moon"),
    "trace.csv": traceText().replace(",600,", ",soon,"),
    "mine.yaml": "version: 1\nordr: fair\n",
    "other.yaml": "version: 1\norder: best\n",
  });
  const policies = ["mine", "other", "none"].flatMap((name) => [
    "--policy",
    join(folder, `${name}.yaml`),
  ]);
  const ran = await runProgram(args(folder, ...policies, "--faults", "x=1", "--models", "foo:1"));
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  for (const words of [
    'fleet.yaml:6: centres[0].kind: read "moon"; must be one of',
    'trace.csv:2: duration: read "soon"; must be',
    'mine.yaml:2: ordr: read "fair"; is not a known field; did you mean "order"?',
    'other.yaml:2: order: read "best"; must be one of',
    "none.yaml: there is no such file",
    "--faults",
    '"foo" is no card model',
  ]) {
    expect(ran.stderr).toContain(words);
  }
  expect(existsSync(join(folder, "report"))).toBe(false);
});

test("jobs that can never run are left out, and it is said", async () => {
  const folder = await folderWith({ ...good, "trace.csv": traceText(640) });
  const ran = await runProgram(args(folder, "--baseline", "race"));
  expect(ran.stderr).toContain("1 jobs can never run on this fleet; the report says why");
  expect(await readFile(join(folder, "report", "index.html"), "utf8")).toMatch(/replicas at once/);
});

test("a folder of other things is not touched unless forced; a report is made again", async () => {
  const folder = await folderWith(good);
  await mkdir(join(folder, "report"));
  await writeFile(join(folder, "report", "notes.txt"), "mine");
  const refused = await runProgram(args(folder, "--baseline", "race"));
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toContain("holds something that is no report");
  expect(readdirSync(join(folder, "report"))).toEqual(["notes.txt"]);
  expect((await runProgram(args(folder, "--baseline", "race", "--force"))).code).toBe(0);
  expect((await runProgram(args(folder, "--baseline", "race"))).code).toBe(0);
  expect(await readFile(join(folder, "report", "notes.txt"), "utf8")).toBe("mine");
});

test.each([
  [["--workload", "generated:jobs=10"], "--fleet is needed"],
  [["--fleet", "fleet.yaml", "--workload", "generated:jobs=0"], "jobs is 0; it must be a whole"],
  [["--fleet", "fleet.yaml", "--workload", "generated:load=9,x=1"], "one of jobs, load, days"],
])("wadi simulate %j says what is right", async (given, words) => {
  const folder = await folderWith({ "fleet.yaml": fleetText });
  const there = given.map((one) => (one === "fleet.yaml" ? join(folder, one) : one));
  const ran = await runProgram(["simulate", ...there, "--out", join(folder, "report")]);
  expect(ran).toMatchObject({ code: 2, stdout: "" });
  expect(ran.stderr).toContain(words);
});

test("two files of one name cannot be told apart", async () => {
  const folder = await folderWith(good);
  const twice = ["--policy", join(folder, "mine.yaml"), "--policy", join(folder, "mine.yaml")];
  const ran = await runProgram(args(folder, ...twice));
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('two are named "mine"');
});

test("Ctrl-C stops it at once and leaves nothing behind", async () => {
  const folder = await folderWith(good);
  const child = startWadi([
    ...["simulate", "--fleet", join(folder, "fleet.yaml"), "--out", join(folder, "report")],
    ...["--workload", "generated:jobs=15000,days=60,load=1", "--baseline", "fifo-per-centre"],
    ...["--baseline", "race", "--threads", "1"],
  ]);
  const output = collectOutput(child);
  child.stdin!.end();
  await once(child.stderr!, "data"); // the first play is over, the second is on
  child.kill("SIGINT");
  const [code] = (await once(child, "close")) as [number | null];
  expect(output().stderr).toContain("stopped; no report was written");
  expect(code).toBe(130);
  expect(readdirSync(folder).toSorted()).toEqual(["fleet.yaml", "mine.yaml", "trace.csv"]);
});
