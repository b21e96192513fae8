import { globSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { asId } from "@wadi/core/units";
import { afterEach, expect, test } from "vitest";
import { programmeBody } from "../programme/programme-body.ts";
import { readProgramme } from "../programme/read-programme.ts";
import { startDouble, type Answers, type HubDouble } from "../testing/hub-double.ts";
import { runProgram } from "../testing/run-program.ts";
import { emptyFolder } from "../testing/run-wadi.ts";

/* What officers type to get rules out of the hub, and to put others. */

let double: HubDouble | undefined;
afterEach(async () => {
  await double?.close();
  double = undefined;
});

async function wadi(answers: Answers, ...args: string[]) {
  await double?.close();
  double = await startDouble(answers);
  return runProgram(["programme", ...args], { hub: double.url });
}

const programmes = fileURLToPath(new URL("../../../../programmes/", import.meta.url));
const shipped = globSync(["*.yaml", "examples/*.yaml"], { cwd: programmes });
const at = Temporal.Instant.from("2026-04-01T04:00:00Z");
const key = asId<never>("0195556c-0000-7000-8000-000000000009");
const by = { putBy: key, putAt: at, approvedBy: key, approvedAt: at };

test.each(shipped)("the rules of %s are printed as a file that says the same", async (name) => {
  const { rules, json } = await readProgramme(programmes + name);
  const kept = { rules: programmeBody(json), ...by };
  const printed = await wadi({ readProgrammeRules: () => kept }, "rules", rules.id);
  expect(printed.stderr).toContain(`version ${rules.version.number}, approved `);
  const file = path.join(emptyFolder(), "printed.yaml");
  writeFileSync(file, printed.stdout);

  const checked = await wadi({}, "check", file);
  expect([checked.code, checked.stderr]).toEqual([0, ""]);
  const { stdout } = await wadi({}, "check", file, "--json");
  const { number: version } = rules.version;
  expect(JSON.parse(stdout)).toMatchObject({ file, programme: rules.id, version });
  expect((await readProgramme(file)).rules).toEqual(rules);

  await wadi({ putProgrammeRules: () => kept }, "propose", file);
  expect(double!.calls.map(({ body }) => body)).toEqual([kept.rules]);
});

test("an earlier version is asked for by its number, and a draft is told as one", async () => {
  const { json } = await readProgramme(`${programmes}langfang-ai.yaml`);
  const draft = { rules: programmeBody(json), ...by, approvedBy: null, approvedAt: null };
  const answers: Answers = { readProgrammeRules: () => draft };
  const { stderr } = await wadi(answers, "rules", "langfang-ai", "--number", "1");
  expect(double!.calls.map(({ query }) => query)).toEqual([{ version: "1" }]);
  expect(stderr).toContain("version 1, a draft");
});
