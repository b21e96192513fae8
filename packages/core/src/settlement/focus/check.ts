import { closest } from "../../capacity/index.ts";
import { focusColumns, ownPrefix, type FocusColumn, type FocusColumnRule } from "./columns.ts";
import { readDecimal } from "./decimal.ts";
import { rowRules, type Breach, type RowToCheck } from "./rules.ts";

/** One thing that breaks a rule of FOCUS 1.2. */
export interface FocusProblem extends Breach {
  /** 0: the header; 1: the first row below it. */
  readonly row: number;
}

/** Checks a file's header, then its rows one by one: files of any size fit. */
export interface FocusChecker {
  /** What is wrong with the columns themselves. */
  readonly header: readonly FocusProblem[];
  /**
   * What is wrong with a row. An empty text is a null: CSV has no other.
   * @param cells  as many as the header has
   */
  row(number: number, cells: readonly string[]): FocusProblem[];
}

export function focusChecker(columns: readonly string[]): FocusChecker {
  const places = new Map(columns.map((column, i) => [column, i]));
  return {
    header: checkHeader(columns).map((breach) => ({ ...breach, row: 0 })),
    row: (number, cells) => {
      if (cells.length !== columns.length) {
        const why = `has ${cells.length} cells, the header has ${columns.length}`;
        return [{ row: number, column: "", rule: "row-length", why }];
      }
      const row: RowToCheck = {
        has: (column) => places.has(column),
        cell: (column) => cells[places.get(column) ?? -1] || null,
      };
      const broken = [
        ...columns.flatMap((column, i) => checkCell(column, cells[i]!)),
        ...rowRules.flatMap((rule) => rule(row)),
      ];
      return broken.map((breach) => ({ ...breach, row: number }));
    },
  };
}

const allColumns = Object.keys(focusColumns) as FocusColumn[];
const ruleOf = (column: string): FocusColumnRule | undefined =>
  Object.hasOwn(focusColumns, column) ? focusColumns[column as FocusColumn] : undefined;

function checkHeader(columns: readonly string[]): Breach[] {
  const missing = allColumns
    .filter((column) => focusColumns[column].level === "mandatory" && !columns.includes(column))
    .map((column) => ({ column, rule: "column-missing", why: "is mandatory; add it" }));
  const twice = columns
    .filter((column, i) => columns.indexOf(column) !== i)
    .map((column) => ({ column, rule: "column-twice", why: "is there more than once" }));
  const unknown = columns
    .filter((column) => !ruleOf(column) && !column.startsWith(ownPrefix))
    .map((column) => {
      const [meant] = closest(column, allColumns, 1);
      const cure = meant === undefined ? `start it with ${ownPrefix}` : `did you mean ${meant}?`;
      return { column, rule: "column-unknown", why: `is no column of FOCUS 1.2; ${cure}` };
    });
  return [...missing, ...twice, ...unknown];
}

function checkCell(column: string, text: string): Breach[] {
  const rule = ruleOf(column);
  if (!rule) return [];
  if (text === "") {
    if (rule.nulls) return [];
    return [{ column, rule: "not-null", why: "is empty; it must have a value" }];
  }
  if (text.trim() === "") {
    return [{ column, rule: "not-null", why: "is blank; leave out what there is not" }];
  }
  const why = faultOf(rule.type, text);
  if (why !== undefined) return [{ column, rule: `${rule.type}-format`, why }];
  if (!rule.values || rule.values.includes(text)) return [];
  const known = rule.values.length > 8 ? closest(text, rule.values) : rule.values;
  const cure = known.length > 0 ? `; there is ${known.join(", ")}` : "";
  return [{ column, rule: "allowed-values", why: `"${text}" is not allowed${cure}` }];
}

const instantForm =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

/** What is wrong with a value of a type; undefined when nothing is. */
function faultOf(type: FocusColumnRule["type"], text: string): string | undefined {
  switch (type) {
    case "string":
      return undefined;
    case "decimal":
      return readDecimal(text) ? undefined : `"${text}" is no number; write it such as -12.50`;
    case "instant":
      if (instantForm.test(text)) return undefined;
      return `"${text}" is no time of day in UTC; write it such as 2026-11-01T00:00:00Z`;
    case "currency":
      if (/^[A-Z]{3}$/.test(text)) return undefined;
      return `"${text}" is no currency of ISO 4217; write it such as CNY`;
    case "json":
      return isFlatObject(text) ? undefined : "is no JSON object of plain values";
  }
}

function isFlatObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    return Object.values(value).every((one) => typeof one !== "object" || one === null);
  } catch {
    return false;
  }
}
