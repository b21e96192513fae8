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
