import { expect, test } from "vitest";
import { WrongInput } from "./mistakes.ts";
import { mistakesOf, placesOf } from "./mistakes.testing.ts";
import { readTable } from "./table.ts";

const columns = { needed: ["name", "size"], optional: ["note"], others: "refused" } as const;
const read = (text: string) =>
  readTable({ file: "t.csv", text }, columns, (cells) => ({
    name: cells.text("name"),
    size: cells.whole("size", { least: 1, most: 9 }),
  }));

test("columns may stand in any order; comments and empty lines are passed over", () => {
  expect(read('size,name\n# a comment\n\n3,"a, b"\r\n4,c\n')).toStrictEqual([
    { name: "a, b", size: 3 },
    { name: "c", size: 4 },
  ]);
});

test("a wrong cell is told with file, line, field, what was read and what is right", () => {
  expect(() => read("name,size\na,1\nb,ten\n")).toThrow(
    't.csv has a mistake\nt.csv:3: size: read "ten"; must be a whole number from 1 to 9',
  );
});

test("all mistakes are told at once, and nothing is handed out", () => {
  expect(placesOf(() => read("name,size\na,0\nb,2\nc\nd,\n"))).toStrictEqual([
    "2 size",
    "4 line",
    "5 size",
  ]);
});

test("after twenty mistakes reading stops", () => {
  const text = `name,size\n${"a,x\n".repeat(50)}`;
  expect(mistakesOf(() => read(text))).toHaveLength(20);
  expect(() => read(text)).toThrow("t.csv has 20 mistakes, and reading stopped there");
});

test.each([
  ["", "1 header"],
  ["name\na\n", "1 size"],
  ["name,size,size\n", "1 header"],
  ["name,size,nota\n", "1 header"],
])("a header such as %j is wrong at %s", (text, place) => {
  expect(placesOf(() => read(text))).toStrictEqual([place]);
});

test("an unknown column that looks like a known one is told so", () => {
  expect(() => read("name,size,nota\n")).toThrow('did you mean "note"?');
});

test("a quote that is never closed is told by its line", () => {
  expect(() => read('name,size\na,1\n"b,2\n')).toThrow(WrongInput);
});
