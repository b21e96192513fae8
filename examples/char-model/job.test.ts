import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jobSpec } from "@wadi/protocol/job-spec";
import { parse } from "yaml";
import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

const read = () =>
  jobSpec.parse(parse(readFileSync(join(import.meta.dirname, "job.yaml"), "utf8")));

test("job.yaml is a job spec, and its command line is one that the program takes", () => {
  const { run } = read();
  const argv = run.kind === "command" ? run.argv : [];
  expect(argv.slice(0, 2)).toEqual(["node", "train.ts"]);
  expect(readSettings(argv.slice(2), {})).toMatchObject({ text: "text", steps: 3500 });
});

test("what a stopped run exits with is tried again", () => {
  expect(read().retry).toMatchObject({ times: 3, exitCodes: [75] });
});
