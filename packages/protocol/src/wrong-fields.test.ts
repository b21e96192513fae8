import { expect, test } from "vitest";

import { z } from "zod";

import { jobSpec } from "./job-spec.ts";
import { check, pointerTo } from "./wrong-fields.ts";

const good = {
  version: 1,
  name: "a job",
  run: { kind: "command", argv: ["true"] },
  cards: { options: [{ model: "nvidia-a100" }] },
  maxRunTime: "1h",
};

const problemsOf = (change: object) => {
  const checked = check(jobSpec, { ...good, ...change }, "body");
  return checked.ok ? [] : checked.problems.map(({ pointer, detail }) => `${pointer} ${detail}`);
};

test("a good spec is decoded into the domain's values", () => {
  const checked = check(jobSpec, good, "body");
  expect(checked.ok && checked.value.maxRunTime).toBe(3_600_000);
});

test.each([
  [{ replicas: "3" }, '/replicas must be a whole number; read "3"'],
  [{ replicas: 0 }, "/replicas must be at least 1; read 0"],
  [{ name: undefined }, "/name is needed: a string"],
  [{ name: "" }, '/name must have at least 1 characters; read ""'],
  [{ version: 2 }, "/version must be 1; read 2"],
  [{ priority: "norml" }, 'read "norml"; did you mean "normal"?'],
  [{ priority: "soonest" }, '"normal" or "low"; read "soonest"'],
  [{ run: { kind: "scrpt" } }, '/run/kind must be one of "command" or "script"; read "scrpt"'],
  [{ run: 7 }, "/run must be an object; read 7"],
  [{ maxRuntim: "1h" }, '/maxRuntim is not a known field; did you mean "maxRunTime"?'],
  [{ zzz: 1 }, '/zzz is not a known field; known are "version"'],
  [{ cards: { options: [{ model: "A_" }] } }, "/cards/options/0/model must be 1 to 63"],
  [{ array: { count: 2, paralel: 1 } }, '/array/paralel is not a known field; did you mean "p'],
  [{ maxRunTime: "soon" }, 'a duration such as "90s", "2h30m" or "1d"; read "soon"'],
  [{ env: { "A B": "x" } }, "/env"],
])("%j is refused with %s", (change, sentence) => {
  expect(problemsOf(change).join("\n")).toContain(sentence);
});

test("all wrong fields are named at once", () => {
  expect(problemsOf({ replicas: 0, priority: "x", zzz: 1 })).toHaveLength(3);
});

test("a flood of wrong fields is cut", () => {
  const problems = problemsOf({ outputs: Array.from({ length: 60 }, () => 7) });
  expect(problems).toHaveLength(51);
  expect(problems.at(-1)).toBe(" and 10 more wrong fields");
});

test("a secret is never repeated", () => {
  const checked = check(
    z.strictObject({ joinToken: z.string().min(20) }),
    { joinToken: "s3" },
    "body",
  );
  expect(JSON.stringify(checked)).not.toContain("s3");
});

test("a pointer escapes what JSON pointers must", () => {
  expect(pointerTo(["a/b", "c~d", 0])).toBe("/a~1b/c~0d/0");
});
