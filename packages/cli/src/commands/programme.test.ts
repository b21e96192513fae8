import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runProgram } from "../testing/run-program.ts";

const programmes = fileURLToPath(new URL("../../../../programmes/", import.meta.url));
const langfang = readFileSync(`${programmes}langfang-ai.yaml`, "utf8");

function written(text: string): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "wadi-rules-")), "rules.yaml");
  writeFileSync(file, text);
  return file;
}

test.each([
  ["amount: 100万", "amount: a lot", /caps\[0\]\.limit/],
  ["rate: 50 %", "rate: 150 %", /rate/],
  ["lists, has: [new-ai-firm]", "list, has: [new-ai-firm]", /did you mean "applicant\.lists"/],
  ["highestOf: [use, key-project]", "highestOf: [use, other]", /combine\[0\]\.highestOf/],
  ["mode: claim-then-redeem", "mod: claim-then-redeem", /did you mean "mode"/],
  ["per: applicant\n    period", "per: applicants\n    period", /caps\[0\]\.per/],
])("a file with %s in place of %s is refused by line", async (right, wrong, told) => {
  const place = langfang.indexOf(right);
  const line = langfang.slice(0, place).split("\n").length;
  const { code, stderr } = await runProgram([
    "programme",
    "check",
    written(langfang.replace(right, wrong)),
  ]);
  expect(code).toBe(2);
  expect(stderr).toMatch(told);
  expect(stderr).toContain(`rules.yaml:${line}:`);
});

test("a claim in a programme's place is told in one line, with the right command", async () => {
  const file = `${programmes}cases/langfang-new-firm.yaml`;
  const cased = await runProgram(["programme", "check", file]);
  expect(cased.code).toBe(2);
  expect(cased.stderr.trim().split("\n")).toHaveLength(1);
  expect(cased.stderr).toContain(`use it with: wadi programme try RULES --case ${file}`);
  const claim = written("supplier: hill\ncontract: K-1\nlines: [{ id: compute }]\n");
  const { stderr } = await runProgram(["programme", "check", claim]);
  expect(stderr).toContain(`use it with: wadi claim apply PROGRAMME ${claim}`);
});

test("cases of a programme that decides claims together are decided as one round", async () => {
  const { stdout } = await runProgram([
    ...["programme", "try", `${programmes}examples/three-places.yaml`, "--case"],
    `${programmes}cases/three-places.yaml`,
  ]);
  const answers = stdout.match(/^P\d: .*$/gm);
  expect(answers).toEqual([
    "P5: refused", // the most points, and no firm of the city
    "P2: granted 960000.00",
    "P4: granted 640000.00",
    "P1: granted 400000.00",
    "P3: refused",
  ]);
  expect(stdout).toContain("3600000.00 not-placed");
});

test("a case is decided with its reasons, without a hub", async () => {
  const { stdout } = await runProgram([
    "programme",
    "try",
    `${programmes}langfang-ai.yaml`,
    "--case",
    `${programmes}cases/langfang-new-firm.yaml`,
  ]);
  expect(stdout).toContain("L1: granted 1000000.00");
  expect(stdout).toContain("50 % of 1300000.00");
  expect(stdout).toContain("150000.00 yearly-cap");
});

test("a draft is played beside the rules that hold", async () => {
  const draft = written(langfang.replace("amount: 100万", "amount: 80万"));
  const { stdout } = await runProgram([
    "programme",
    "what-if",
    ...["--draft", draft, "--now", `${programmes}langfang-ai.yaml`],
    ...["--cases", `${programmes}cases/langfang-new-firm.yaml`],
  ]);
  expect(stdout).toContain("1000000.00 → 800000.00");
  expect(stdout).toMatch(/newcomer-ai\s+1000000\.00\s+800000\.00\s+-200000\.00/);
});

test("a draft that gives other units in kind is told of with them", async () => {
  const file = `${programmes}examples/units-in-kind.yaml`;
  const draft = written(readFileSync(file, "utf8").replace("most: 25000", "most: 10000"));
  const { code, stdout } = await runProgram([
    ...["programme", "what-if", "--draft", draft, "--now", file],
    ...["--cases", `${programmes}cases/units-in-kind.yaml`],
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/in kind +30000 card-hours → 20000 card-hours/);
  expect(stdout).toMatch(/in kind +5000000000 tokens → 5000000000 tokens/);
  expect(stdout).toMatch(/grants +2 → 2/);
});
