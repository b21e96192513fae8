import fc from "fast-check";
import { expect, test } from "vitest";
import { painter } from "./colour.ts";
import { table, type Column } from "./table.ts";
import { widthOf } from "./width.ts";

interface Row {
  readonly name: string;
  readonly place: string;
  readonly cost: string;
}

const columns: readonly Column<Row>[] = [
  { head: "NAME", cell: ({ name }) => name, keep: 9, least: 4 },
  { head: "PLACE", cell: ({ place }) => place, keep: 1 },
  { head: "COST ¥", cell: ({ cost }) => cost, keep: 9, align: "number" },
];
const rows: readonly Row[] = [
  { name: "lakeside", place: "huzhou", cost: "12.50" },
  { name: "昇腾中心", place: "shaoxing", cost: "0.000125" },
];
const plain = painter(false);
const draw = (width: number, of = rows) => table(of, columns, { width, paint: plain });

test("columns are as wide as their texts, and points stand below one another", () => {
  expect(draw(Infinity)).toEqual([
    "NAME      PLACE        COST ¥",
    "lakeside  huzhou    12.50",
    "昇腾中心  shaoxing   0.000125",
  ]);
});

test("where room is short, texts are cut first, then columns are left out", () => {
  expect(draw(25)).toEqual([
    "NAME  PLACE        COST ¥",
    "lak…  huzhou    12.50",
    "昇…   shaoxing   0.000125",
  ]);
  expect(draw(20)).toEqual(["NAME         COST ¥", "lakeside  12.50", "昇腾中心   0.000125"]);
});

test("a column that has no text is not shown", () => {
  const without = rows.map((row) => ({ ...row, place: "" }));
  expect(draw(Infinity, without)[0]).toBe("NAME         COST ¥");
});

test("what could move the cursor or break the line is taken out", () => {
  const [, line] = draw(Infinity, [{ name: "a\n\u001B[2Jb", place: "p", cost: "1.00" }]);
  expect(line).toBe("a [2Jb  p        1.00");
});

test("colours take no room", () => {
  const red = columns.map((column) => ({ ...column, colour: () => "red" as const }));
  const lines = table(rows, red, { width: 20, paint: painter(true) });
  expect(lines[1]).toContain("\u001B[31m");
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(20);
});

test("no line is wider than asked, whatever the width and the texts", () => {
  const text = fc.constantFrom("", "a", "lakeside", "昇腾中心与液冷集群", "12.5", "-3.000001");
  const row = fc.record({ name: text, place: text, cost: text });
  fc.assert(
    fc.property(fc.array(row), fc.integer({ min: 1, max: 60 }), (some, width) => {
      for (const line of draw(width, some)) expect(widthOf(line)).toBeLessThanOrEqual(width);
    }),
  );
});
