import { expect, test } from "vitest";

import { Refused } from "../refused.ts";
import { readJson, readYaml, yamlBytesMax } from "./read-body.ts";

const refusal = (work: () => unknown): Refused => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
  throw new Error("nothing was refused");
};
const json = (text: string) => readJson(Buffer.from(text));
const yaml = (text: string) => readYaml(Buffer.from(text));

test("JSON and YAML of the same value read the same", () => {
  const value = { name: "a", at: "2026-12-01T08:00:00+08:00", list: [1, true, null, "yes"] };
  expect(json(JSON.stringify(value))).toEqual(value);
  expect(yaml("name: a\nat: 2026-12-01T08:00:00+08:00\nlist: [1, true, null, yes]")).toEqual(value);
});

test("an empty body is no value", () => {
  expect([json(""), yaml(""), yaml("# nothing")]).toEqual([undefined, undefined, undefined]);
});

test("a fault is found by line and column in both", () => {
  expect(refusal(() => json('{"a":\n oops}'))).toMatchObject({
    code: "malformed-body",
    facts: { line: 2, column: 2 },
    message: "the body is not JSON: Unexpected token 'o', line 2, column 2",
  });
  expect(refusal(() => yaml("a: 1\nb: [1, 2\nc: 3"))).toMatchObject({
    code: "malformed-body",
    facts: { line: 3 },
  });
});

test.each([
  ["a NUL in a JSON string", () => json(String.raw`{"a":{"b":["x","y\u0000"]}}`), "/a/b/1"],
  ["a NUL in a JSON key", () => json(String.raw`{"a":{"b\u0000":1}}`), "/a"],
  ["half a pair in JSON", () => json(String.raw`{"a":"\ud800"}`), "/a"],
  ["a NUL in YAML", () => yaml(String.raw`a: "x\0"`), "/a"],
])("%s is refused and named", (_, work, pointer) => {
  expect(refusal(work)).toMatchObject({
    code: "invalid-request",
    fields: [{ pointer, in: "body" }],
  });
});

test("a backslash-u that stands for itself is fine", () => {
  expect(json(String.raw`{"a":"\\u0000","b":"\u6d3c"}`)).toEqual({
    a: String.raw`\u0000`,
    b: "洼",
  });
});

test("deep nesting ends in a value or a refusal, never in a crash", () => {
  const deep = 400_000;
  expect(json("[".repeat(deep) + "]".repeat(deep))).toBeInstanceOf(Array);
  expect(refusal(() => json("[".repeat(deep))).code).toBe("malformed-body");
  expect(refusal(() => yaml("[".repeat(100_000))).code).toBe("malformed-body");
  expect(refusal(() => yaml("- ".repeat(100_000))).code).toBe("malformed-body");
});

test("aliases do not multiply, and an alias of nothing is refused", () => {
  const laughs = ["a: &a [x,x,x,x,x,x,x,x,x,x]"];
  for (let i = 0; i < 8; i += 1) {
    const [from, to] = [String.fromCharCode(97 + i), String.fromCharCode(98 + i)];
    laughs.push(`${to}: &${to} [${Array.from({ length: 10 }, () => `*${from}`).join(",")}]`);
  }
  expect(refusal(() => yaml(laughs.join("\n"))).code).toBe("malformed-body");
  expect(refusal(() => yaml("a: *nowhere")).code).toBe("malformed-body");
});

test("bytes that are not UTF-8, and YAML that is too long, are refused", () => {
  expect(refusal(() => readJson(Buffer.from([0x22, 0xff, 0x22]))).code).toBe("malformed-body");
  expect(refusal(() => yaml(`a: ${"x".repeat(yamlBytesMax)}`)).code).toBe("body-too-large");
});

test("a byte order mark is read over", () => {
  expect(json('\uFEFF{"a":1}')).toEqual({ a: 1 });
});
