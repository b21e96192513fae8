import { expect, test } from "vitest";
import { Failure } from "../failure.ts";
import { readDocument } from "./document.ts";
import { pathName, stepsOf } from "./place.ts";

const text = `name: train
cards:
  options:
    - model: A100   # capital letters
      count: 4
limit: &long 2h
again: *long
empty:
`;
const document = readDocument({ name: "job.yaml", stem: "job", text });

test.each([
  ["name", "value", "1:7+5"],
  ["name", "name", "1:1+4"],
  ["cards/options/0/model", "value", "4:14+4"],
  ["cards/options/0/model", "name", "4:7+5"],
  ["cards/options/0", "value", "4:7+1"], // a whole object: where it begins
  ["cards/options/0/missing", "value", "4:7+1"], // where it would belong
  ["cards/options/7/model", "value", "4:5+1"],
  ["again", "value", "7:8+5"],
  ["empty", "value", "8:1+5"], // nothing stands there, so its name is shown
  ["nothing", "value", "1:1+1"],
] as const)("the %s by its %s stands at %s", (path, what, expected) => {
  const { line, column, length } = document.placeOf(path.split("/"), what);
  expect(`${line}:${column}+${length}`).toBe(expected);
});

test("a part is told as it is written", () => {
  expect(document.writtenAt(["cards", "options", "0", "count"])).toBe("4");
  expect(document.writtenAt(["cards"])).toBe(null);
  expect(document.writtenAt(["nothing"])).toBe(null);
});

test("JSON is read as well", () => {
  const source = { name: "job.json", stem: "job", text: '{\n\t"name": "train"\n}' };
  const json = readDocument(source);
  expect(json.value).toEqual({ name: "train" });
  expect(json.placeOf(["name"], "value")).toEqual({ line: 2, column: 10, length: 7 });
});

test("what cannot be read is shown in its line", () => {
  const source = { name: "job.yaml", stem: "job", text: "name: [a, b\nrun: c\n" };
  const told = toldOf(() => readDocument(source));
  expect(told.notes[0]).toMatch(/^job\.yaml:2:\d+: /);
  expect(told.exit).toBe("usage");
});

test("a name given twice is a mistake", () => {
  const source = { name: "job.yaml", stem: "job", text: "name: a\nname: b\n" };
  expect(() => readDocument(source)).toThrow("job.yaml cannot be read");
});

test("aliases that blow up are refused", () => {
  const lines = ["a0: &a0 [x, x]"];
  for (let i = 1; i < 12; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}]`);
  const source = { name: "bomb.yaml", stem: "bomb", text: lines.join("\n") };
  expect(() => readDocument(source)).toThrow(Failure);
});

test("a pointer is told as people write it", () => {
  expect(pathName(stepsOf("/cards/options/0/model"))).toBe("cards.options[0].model");
  expect(pathName(stepsOf("/env/A~1B"))).toBe("env.A/B");
  expect(pathName(stepsOf(""))).toBe("the whole");
});

function toldOf(act: () => unknown): Failure {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("nothing was told");
}
