import { readFileSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defaultPolicy } from "@wadi/core/dispatch";
import { asId, microYuan } from "@wadi/core/units";
import { policyDocumentOf, type PolicyDiff } from "@wadi/protocol";
import { afterEach, expect, test } from "vitest";
import { idOf } from "../testing/fixtures.ts";
import { Raw, startDouble, type Answers, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";
import { emptyFolder } from "../testing/run-wadi.ts";

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

async function fileOf(text: string, name = "policy.yaml"): Promise<string> {
  const file = join(emptyFolder(), name);
  await writeFile(file, text);
  return file;
}

const at = Temporal.Instant.from("2026-12-01T04:00:00Z");
const view = (version: number) => ({
  version,
  policy: policyDocumentOf(defaultPolicy),
  madeAt: version === 0 ? null : at,
  madeBy: version === 0 ? null : idOf(9),
});

test("policy show gives a file that policy check takes", async () => {
  const shown = await run(["policy", "show"], { readPolicy: () => view(0) });
  expect(shown.stderr).toBe("version 0, from the beginning\n");
  const file = await fileOf(shown.stdout);
  expect(await runProgram(["policy", "check", file])).toMatchObject({
    code: 0,
    stdout: `${file} is a policy\n`,
  });
});

test("policy show asks for an earlier version by its number", async () => {
  const ran = await run(["policy", "show", "3"], { readPolicy: () => view(3) });
  expect(double!.callsOf("readPolicy")[0]?.query).toEqual({ version: "3" });
  expect(ran.stderr).toMatch(/^version 3, since 2026-12-01/);
  expect(await runProgram(["policy", "show", "last"])).toMatchObject({ code: 2 });
});

test("policy check tells every mistake of every file by its line, and asks no hub", async () => {
  const wrong = await fileOf("version: 1\nordr: fair\nbooking: { depth: -1 }\n", "wrong.yaml");
  const tree = `version: 1
fairness:
  organisations:
    - { id: physics, parent: universities }
`;
  const lost = await fileOf(tree, "lost.yaml");
  const good = await fileOf("version: 1\norder: shortest\n", "good.yaml");
  const ran = await runProgram(["policy", "check", wrong, good, lost]);
  expect(ran.code).toBe(2);
  expect(ran.stdout).toBe(`${good} is a policy\n`);
  expect(ran.stderr).toContain("wrong.yaml has 2 mistakes");
  expect(ran.stderr).toContain('wrong.yaml:2: ordr: read "fair"; is not a known field');
  expect(ran.stderr).toContain('wrong.yaml:3: booking.depth: read "-1"');
  expect(ran.stderr).toContain("lost.yaml:4: fairness.organisations[0].parent");
});

test("policy put sends the whole policy, what was left out as it is by default", async () => {
  const file = await fileOf("version: 1\norder: shortest\n");
  const ran = await run(["policy", "put", file], { putPolicy: () => view(4) });
  expect(ran.stdout).toBe("version 4 holds from the next round on\n");
  expect(double!.callsOf("putPolicy")[0]?.body).toEqual({
    ...policyDocumentOf(defaultPolicy),
    order: "shortest",
  });
});

test("a file with mistakes is sent nowhere", async () => {
  const file = await fileOf("version: 2\n");
  for (const act of ["put", "diff"]) {
    expect((await run(["policy", act, file], {})).code).toBe(2);
    expect(double!.calls).toEqual([]);
  }
});

const start = (job: number, pool: string) => ({
  job: idOf(job),
  tenant: asId("acme"),
  pool: asId(pool),
  centre: asId("lakeside"),
  startsAt: at,
  cost: microYuan(12_500_000n),
});
const none = { counts: { before: 0, after: 0 }, onlyBefore: [], onlyAfter: [] };
const same = { at, version: 2, looksAt: { jobs: 12, runs: 3 }, cost: { before: 0n, after: 0n } };
const unchanged = { ...same, placements: none, bookings: none, preemptions: none, held: none };

test("policy diff counts both plans and tells each start that differs", async () => {
  const diff = {
    ...unchanged,
    placements: {
      counts: { before: 5, after: 6 },
      onlyBefore: [start(1, "lakeside-a100")],
      onlyAfter: [start(1, "hill-h100"), start(2, "hill-h100")],
    },
    held: {
      counts: { before: 0, after: 1 },
      onlyBefore: [],
      onlyAfter: [
        { tenant: asId("brook"), reason: { code: "x", sentence: "Its quota is full.", facts: {} } },
      ],
    },
    cost: { before: microYuan(100_000_000n), after: microYuan(90_000_000n) },
  } as unknown as PolicyDiff;
  const file = await fileOf("version: 1\n");
  const ran = await run(["policy", "diff", file, "-n", "7"], { diffPolicy: () => diff });
  expect(double!.callsOf("diffPolicy")[0]?.query).toEqual({ limit: "7" });
  expect(ran.stdout).toMatch(/12 jobs wait and 3 runs hold cards/);
  expect(ran.stdout).toMatch(/VERSION 2 +DRAFT\n.*start now +5 +6\n/);
  expect(ran.stdout).toMatch(/^- +start now +00000001 +lakeside-a100/m);
  expect(ran.stdout).toMatch(/^\+ +start now +00000002 +hill-h100/m);
  expect(ran.stdout).toMatch(/^\+ +held back +brook +Its quota is full\./m);
  expect(ran.stdout).toContain("¥100.00, under the draft ¥90.00");
});

test("policy diff says where nothing would change", async () => {
  const file = await fileOf("version: 1\n");
  const ran = await run(["policy", "diff", file], {
    diffPolicy: () => unchanged,
  });
  expect(ran.stdout).toContain("the plan would stay as it is\n");
});

const region = { queue: [{ shape: 0, jobs: [{}, {}] }], runs: [{}], pools: [{}, {}, {}] };
const answer = () => new Raw("application/json", JSON.stringify(region));

test("snapshot keeps the reply as it travelled, whole, and replaces no file unasked", async () => {
  const out = join(emptyFolder(), "now.json");
  const ran = await run(["snapshot", "--out", out], { readSnapshot: answer });
  expect(ran.stdout).toBe(`${out}: 2 jobs wait, 1 runs hold cards in 3 pools\n`);
  expect(JSON.parse(readFileSync(out, "utf8"))).toEqual(region);
  expect(readdirSync(join(out, ".."))).toEqual(["now.json"]);

  const again = await run(["snapshot", "--out", out], { readSnapshot: answer });
  expect(again.code).toBe(2);
  expect(double!.calls).toEqual([]);
  const forced = await run(["snapshot", "--out", out, "--force", "--per-group", "5"], {
    readSnapshot: answer,
  });
  expect(forced.code).toBe(0);
  expect(double!.callsOf("readSnapshot")[0]?.query).toEqual({ perGroup: "5" });
});

test("snapshot --out - writes to standard output", async () => {
  const ran = await run(["snapshot", "--out", "-"], { readSnapshot: answer });
  expect(JSON.parse(ran.stdout)).toEqual(region);
});
