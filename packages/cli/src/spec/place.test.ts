import { expect, test } from "vitest";
import { excerpt } from "./place.ts";

const at = (text: string, part: string) => {
  const place = { line: 1, column: text.indexOf(part) + 1, length: part.length };
  return excerpt({ name: "a.yaml", stem: "a", text }, place, "is wrong");
};

test("of a line that is too long, what stands around the mistake is shown", () => {
  const [head, line, marks] = at(`${"a".repeat(150)}XYZ${"b".repeat(150)}`, "XYZ");
  expect(head).toBe("a.yaml:1:151: is wrong");
  expect(line).toBe(`     1 | ${"a".repeat(50)}XYZ${"b".repeat(47)}`);
  expect(marks).toBe(`       | ${" ".repeat(50)}^^^`);
});

test("Chinese characters take two places, and so do the marks under them", () => {
  expect(at("text: 算力券, per: 季", "算力券")[2]).toBe(`       | ${" ".repeat(6)}^^^^^^`);
  expect(at("text: 算力券, per: Z", "Z")[2]).toBe(`       | ${" ".repeat(19)}^`);
});
