import { expect, test } from "vitest";
import { Failure } from "../failure.ts";
import { aSpecText } from "../testing/fixtures.ts";
import { readJobIn } from "./read-job.ts";

const source = (text: string, name = "job.yaml") => ({ name, stem: "job", text });
const read = (text: string, ...set: string[]) => readJobIn(source(text), { set });

/** What is told of the mistakes; any other error as it is. */
function toldOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [error.message, ...error.notes].join("\n");
  }
  return "no mistake";
}

test("a spec is read with its defaults", () => {
  const { spec, json, notes } = read(aSpecText);
  expect(spec.maxRunTime).toBe(7_200_000);
  expect(json).toMatchObject({ name: "train", replicas: 1, memory: "1GiB", maxRunTime: "2h" });
  expect(notes).toEqual([]);
});

test("a mistake is shown in its line, with what would be right", () => {
  const told = toldOf(() => read(aSpecText.replace("count: 8", "count: eight")));
  expect(told).toBe(`job.yaml has a mistake
job.yaml:9:14: cards.options[0].count must be a whole number; read "eight"
     9 |       count: eight
       |              ^^^^^`);
});

test("an unknown field is shown by its name, with the one that is meant", () => {
  const told = toldOf(() => read(aSpecText.replace("maxRunTime", "maxRuntime")));
  expect(told).toContain("job.yaml has 2 mistakes");
  expect(told).toContain(
    'job.yaml:10:1: maxRuntime is not a known field; did you mean "maxRunTime"?',
  );
  expect(told).toContain("job.yaml:1:1: maxRunTime is needed: a string");
});

test("a number where a text is asked for is to be put in quotes", () => {
  const told = toldOf(() => read(`${aSpecText}maxCost: 12.50\n`));
  expect(told).toContain(
    'job.yaml:11:10: maxCost must be a string; read 12.5; put it in quotes: "12.50"',
  );
});

test("a card model that there is none of is told with those like it", () => {
  const told = toldOf(() => read(aSpecText.replace("ascend-910b2", "ascend-910")));
  expect(told).toContain(
    'job.yaml:8:14: cards.options[0].model "ascend-910" is no card model; did',
  );
  expect(told).toContain('"ascend-910c"');
  const { spec } = readJobIn(source(aSpecText.replace("ascend-910b2", "new-card")), {
    check: false,
  });
  expect(spec.cards.options[0]?.model).toBe("new-card");
});

test("what --set says replaces what the file says, text where text is asked for", () => {
  const { spec } = read(aSpecText, "maxCost=20", "name=7", "replicas=2", "env.EPOCHS=3");
  expect(spec.maxCost).toBe(20_000_000n);
  expect(spec).toMatchObject({ name: "7", replicas: 2, env: { EPOCHS: "3" } });
});

test("a mistake in --set is told as such", () => {
  const told = toldOf(() => read(aSpecText, "replicas=none"));
  expect(told).toContain('--set replicas=none: replicas must be a whole number; read "none"');
});

const script = `#!/bin/bash
#SBATCH --job-name=train
#SBATCH --time=2:00:00
#SBATCH --gres=gpu:h20:4
#SBATCH --partition=fast
python3 train.py
`;

test("a script is read as a job, and told what is not understood of it", () => {
  const { spec, notes } = readJobIn(source(script, "train.sh"), {});
  expect(spec).toMatchObject({ name: "train", maxRunTime: 7_200_000, replicas: 1 });
  expect(spec.cards.options).toMatchObject([{ model: "h20", count: 4 }]);
  expect(notes.join("\n")).toMatch(/^train\.sh:5: .*--partition=fast/);
});

test("what a script lacks is told, and --set gives it", () => {
  const without = script.replace("#SBATCH --time=2:00:00\n", "");
  const told = toldOf(() => readJobIn(source(without, "train.sh"), {}));
  expect(told).toContain("train.sh: --time is missing");
  expect(told).toContain("--set maxRunTime=…");
  const { spec } = readJobIn(source(without, "train.sh"), { set: ["maxRunTime=30m"] });
  expect(spec.maxRunTime).toBe(1_800_000);
});

test("a card that only looks like one of ours is not taken for it", () => {
  const told = toldOf(() => readJobIn(source(script.replace("h20", "v100"), "train.sh"), {}));
  expect(told).toContain('train.sh:4:1: --gres=gpu:v100:4: "v100" is no type of card known here');
});
