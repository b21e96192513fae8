import fc from "fast-check";
import { expect, test } from "vitest";
import { cut, pad, widthOf, wrap } from "./width.ts";

test.each([
  ["lakeside", 8, "lakeside"],
  ["lakeside", 7, "lakesi…"],
  ["lakeside", 1, "…"],
  ["lakeside", 0, ""],
  ["昇腾加速卡", 10, "昇腾加速卡"],
  ["昇腾加速卡", 9, "昇腾加速…"],
  ["昇腾加速卡", 8, "昇腾加…"],
  ["昇腾加速卡", 2, "…"],
])("%j in %d columns is %j", (text, columns, expected) => {
  expect(cut(text, columns)).toBe(expected);
});

test("a text is filled up on the side asked for, by columns and not by letters", () => {
  expect(pad("昇腾", 6, "right")).toBe("昇腾  ");
  expect(pad("1.50", 6, "left")).toBe("  1.50");
  expect(pad("too long", 3, "left")).toBe("too long");
});

test.each([
  ["It would cost more.", 10, ["It would", "cost more."]],
  ["总成本 12.50 元，比 lakeside 高", 12, ["总成本 12.50", "元，比", "lakeside 高"]],
  ["averylongword", 5, ["avery", "longw", "ord"]],
  ["", 5, [""]],
  ["as it is", Infinity, ["as it is"]],
])("%j in lines of %d columns is %j", (text, columns, expected) => {
  expect(wrap(text, columns)).toEqual(expected);
});

test("no line is too wide and no character is lost, whatever the text", () => {
  const words = fc.array(fc.constantFrom("a", "is", "lakeside", "昇腾", "，", "€", "12.50", "卡"));
  fc.assert(
    fc.property(words, fc.integer({ min: 2, max: 30 }), (some, columns) => {
      const text = some.join(" ");
      const lines = wrap(text, columns);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
    }),
  );
});
