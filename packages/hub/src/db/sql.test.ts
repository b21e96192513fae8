import { expect, test } from "vitest";

import { json, type SqlValue } from "./encode.ts";
import { fragment, identifier, toStatement } from "./sql.ts";

/** What `sql` would send. */
function sent(strings: TemplateStringsArray, ...values: Parameters<typeof fragment>[1][]) {
  const { text, values: parameters } = toStatement(strings, values);
  return { text, parameters };
}

test("values become parameters and never text", () => {
  const name = "Robert'); drop table jobs; --";
  expect(sent`select ${name} as name, ${3n} + ${4}`).toEqual({
    text: "select $1 as name, $2 + $3",
    parameters: [name, "3", "4"],
  });
});

test("fragments are numbered on from where they stand", () => {
  const inner = fragment`and state = ${"queued"}`;
  const outer = fragment`where tenant = ${1} ${inner}`;
  expect(sent`select ${0} from ${identifier("public", 'we"ird')} ${outer} limit ${9}`).toEqual({
    text: 'select $1 from "public"."we""ird" where tenant = $2 and state = $3 limit $4',
    parameters: ["0", "1", "queued", "9"],
  });
});

test("one text has one name, another text another", () => {
  const ask = (id: number) => toStatement(...given`select ${id}`);
  const wrapped = toStatement(...given`select ${identifier("id")}`);
  expect(ask(1).name).toBe(ask(2).name);
  expect(ask(1).name).toHaveLength(22);
  expect(wrapped.name).not.toBe(ask(1).name);
});

test("the number of names is bounded: texts beyond it run unnamed", () => {
  const names = Array.from({ length: 1100 }, (_, i) => {
    const { name } = toStatement(...given`select 1 as ${identifier(`column_${i}`)}`);
    return name;
  });
  expect(names.at(-1)).toBeUndefined();
  expect(toStatement(...given`select 1 as ${identifier("column_3")}`).name).toBe(names[3]);
});

test.each<[string, SqlValue, string | null]>([
  ["null", null, null],
  ["a bigint", -9_007_199_254_740_993n, "-9007199254740993"],
  ["a boolean", true, "true"],
  [
    "an instant, cut to microseconds",
    instant("2026-01-31T00:00:00.123456789Z"),
    "2026-01-31T00:00:00.123456Z",
  ],
  [
    "an instant before 1970, cut to the earlier",
    instant("1969-12-31T23:59:59.9999999Z"),
    "1969-12-31T23:59:59.999999Z",
  ],
  ["a day", Temporal.PlainDate.from("2026-02-28"), "2026-02-28"],
  ["JSON with a bigint", json({ fen: 12n, of: [1, null] }), '{"fen":"12","of":[1,null]}'],
  ["the JSON null", json(null), "null"],
  ["a list that is one JSON value", json(["a", "b"]), '["a","b"]'],
  ["an empty array", [], "{}"],
  ["bigints", [1n, null, -3n], "{1,NULL,-3}"],
  [
    "texts with all that needs care",
    ['a"b', "c\\d", "", "NULL", "é,{}"],
    String.raw`{"a\"b","c\\d","","NULL","é,{}"}`,
  ],
  ["instants", [instant("2026-01-31T08:00:00Z")], '{"2026-01-31T08:00:00Z"}'],
  ["objects", [{ a: 1 }, { b: 'x"' }].map(json), String.raw`{"{\"a\":1}","{\"b\":\"x\\\"\"}"}`],
  ["bytes in an array", [Uint8Array.of(0, 255)], String.raw`{"\\x00ff"}`],
  [
    "rows of rows",
    [
      [1, 2],
      [3, 4],
    ],
    "{{1,2},{3,4}}",
  ],
])("%s is sent as its PostgreSQL text", (_name, value, text) => {
  expect(sent`select ${value}`.parameters).toEqual([text]);
});

test.each([
  ["undefined", undefined, "undefined"],
  ["a Date", new Date(0), "Date"],
  ["a Map", new Map(), "Map"],
  ["a plain object", { a: 1 }, "Object"],
  ["undefined in an array", [1, undefined], "undefined"],
  ["a function", () => 1, "function"],
])("%s is refused, naming its place", (_name, value, kind) => {
  expect(() => sent`select ${1}, ${value as SqlValue}`).toThrow(
    `value $2 of "select $1, $2": a value of type ${kind} cannot be passed`,
  );
});

test("what has no JSON form is refused where it is marked", () => {
  expect(() => json(undefined)).toThrow("a undefined cannot be stored as JSON");
});

function instant(text: string): Temporal.Instant {
  return Temporal.Instant.from(text);
}

function given(strings: TemplateStringsArray, ...values: Parameters<typeof fragment>[1][]) {
  return [strings, values] as const;
}
