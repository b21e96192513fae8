import fc from "fast-check";
import { expect, test } from "vitest";

import { faultOf } from "./json-position.ts";

const parse = (text: string) => {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error as SyntaxError;
  }
};
const fault = (text: string) => faultOf(text, parse(text)!);

test.each([
  ["{a", 1, 2],
  ['{"a":1,}', 1, 8],
  ['{"a":}', 1, 6],
  ['{\n  "a": 1,\n  "b": oops\n}', 3, 8],
  ['{"a": tru}', 1, 10],
  ['{"a": "unended', 1, 15],
  ["", 1, 1],
  ["[1, 2", 1, 6],
  ["1 2", 1, 3],
])("%j is wrong at line %d, column %d", (text, line, column) => {
  expect(fault(text)).toMatchObject({ line, column });
});

test("the words name the fault and repeat neither offset nor text", () => {
  expect(fault('{"a": secretive}')?.why).toBe("Unexpected token 's'");
  expect(fault('{"a" 1}')?.why).toBe("Expected ':' after property name");
});

test("of a long text without a known place nothing is guessed", () => {
  expect(fault(`[${"1,".repeat(40_000)}x]`)).toBeUndefined();
});

test("wherever a JSON text is broken off, the fault is at its end", () => {
  const texts = fc
    .tuple(fc.json(), fc.nat())
    .map(([json, cut]) => json.slice(0, cut % json.length))
    .filter((text) => parse(text) !== undefined); // a start may be whole: 12 of 123
  fc.assert(
    fc.property(texts, (text) => {
      expect(fault(text)).toMatchObject({ line: 1, column: text.length + 1 });
    }),
  );
});
