import fc from "fast-check";
import { expect, test } from "vitest";
import { csvLine, readCsv } from "./index.ts";

const fieldsOf = (text: string) => {
  const read = readCsv(text);
  return read.kind === "records" ? read.records.map(({ fields }) => fields) : read;
};

test("quotes, commas, line ends and empty fields are read; empty lines are not", () => {
  expect(fieldsOf('\uFEFFa,b\r\n"x, ""y""\nz",\n\n,"" \n')).toMatchObject({
    kind: "broken",
    line: 5,
  });
  expect(fieldsOf('\uFEFFa,b\r\n"x, ""y""\nz",\n\n,""')).toEqual([
    ["a", "b"],
    ['x, "y"\nz', ""],
    ["", ""],
  ]);
});

test("each record says the line that it starts on", () => {
  const read = readCsv('a\n"b\nc"\n\nd\n');
  expect(read.kind === "records" && read.records.map(({ line }) => line)).toEqual([1, 2, 5]);
});

test("a quote that is never closed is told by its line", () => {
  expect(readCsv('a,b\n1,"2\n3')).toMatchObject({ kind: "broken", line: 2 });
});

test("whatever is written is read back", () => {
  const anyField = fc.string({ unit: fc.constantFrom("a", ",", '"', "\r", "\n", " ", "洼") });
  fc.assert(
    fc.property(fc.array(fc.array(anyField, { minLength: 2 }), { maxLength: 5 }), (rows) => {
      expect(fieldsOf(rows.map(csvLine).join(""))).toEqual(rows);
    }),
  );
});
