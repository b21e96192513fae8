import { expect, test } from "vitest";
import { override, readOverride } from "./overrides.ts";

const put = (value: unknown, ...texts: string[]) => override(value, texts.map(readOverride));

test.each([
  [{}, "name=train", { name: "train" }],
  [{ name: "a" }, "name=b", { name: "b" }],
  [{}, "replicas=3", { replicas: 3 }],
  [{}, "preemptible=true", { preemptible: true }],
  [{}, "deadline=null", { deadline: null }],
  [{}, "outputs=[a, b]", { outputs: ["a", "b"] }],
  [{}, "run={kind: command, argv: [ls]}", { run: { kind: "command", argv: ["ls"] } }],
  [{}, "cards.options.0.model=h20", { cards: { options: [{ model: "h20" }] } }],
  [{}, "cards.options[0].count=2", { cards: { options: [{ count: 2 }] } }],
  [{ outputs: ["a"] }, "outputs.1=b", { outputs: ["a", "b"] }],
  [{}, "env.NAME=a=b", { env: { NAME: "a=b" } }],
  [{}, "name=", { name: "" }],
  [{}, "name={not yaml", { name: "{not yaml" }],
  [{ array: null }, "array.count=4", { array: { count: 4 } }],
])("%j with --set %s is %j", (value, text, expected) => {
  expect(put(value, text)).toEqual(expected);
});

test("the value that was read stays as it is, and a later --set wins", () => {
  const value = { cards: { choose: "first" } };
  expect(put(value, "cards.choose=cheapest", "cards.choose=first")).toEqual(value);
  expect(value).toEqual({ cards: { choose: "first" } });
});

test("no name reaches what all objects have", () => {
  const made = put({}, "__proto__.polluted=1") as Record<string, unknown>;
  expect(Object.hasOwn(made, "__proto__")).toBe(true);
  expect(({} as { polluted?: number }).polluted).toBe(undefined);
});

test.each(["name", "=3", "a..b=3", ""])("--set %j is wrong use", (text) => {
  expect(() => readOverride(text)).toThrow("write it like maxRunTime=2h");
});

test("a place far behind a list's end is refused", () => {
  expect(() => put({ outputs: ["a"] }, "outputs.5=b")).toThrow('"5" is no place in a list');
});
