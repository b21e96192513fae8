import { closest } from "../../capacity/index.ts";
import {
  columnFamilies,
  focusColumns,
  ownPrefix,
  recipientColumn,
  type FocusColumn,
  type FocusColumnRule,
} from "./columns.ts";
import { consistencyCheck } from "./consistent.ts";
import { faultOf, isPlaceholder } from "./formats.ts";
import { recommended } from "./requirements.ts";
import type { Breach, RowToCheck } from "./row.ts";
import { rowRules } from "./rules.ts";

/** One thing that breaks a rule of FOCUS 1.2. */
export interface FocusProblem extends Breach {
  /** 0: the header; 1: the first row below it. */
  readonly row: number;
  /** Whether the specification only recommends what is not so; the file conforms all the same. */
  readonly isAdvice: boolean;
}

/** Checks a file's header, then its rows one by one, in their order: files of any size fit. */
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
  const checkConsistency = consistencyCheck();
  const problem = (row: number) => (breach: Breach) => ({
    ...breach,
    ...{ row, isAdvice: recommended.has(breach.rule) },
  });
  return {
    header: checkHeader(columns).map(problem(0)),
    row: (number, cells) => {
      if (cells.length !== columns.length) {
        const why = `has ${cells.length} cells, the header has ${columns.length}`;
        return [problem(number)({ column: "", rule: "row-length", why })];
      }
      const row: RowToCheck = {
        has: (column) => places.has(column),
        cell: (column) => cells[places.get(column) ?? -1] || null,
      };
      return [
        ...columns.flatMap((column, i) => checkCell(column, cells[i]!)),
        ...rowRules.flatMap((rule) => rule(row)),
        ...checkConsistency(row),
      ].map(problem(number));
    },
  };
}

const allColumns = Object.keys(focusColumns) as FocusColumn[];
const ruleOf = (column: string): FocusColumnRule | undefined =>
  Object.hasOwn(focusColumns, column) ? focusColumns[column as FocusColumn] : undefined;

function checkHeader(columns: readonly string[]): Breach[] {
  const twice = columns
    .filter((column, i) => columns.indexOf(column) !== i)
    .map((column): Breach => ({ column, rule: "column-twice", why: "is there more than once" }));
  return [...missingColumns(columns), ...twice, ...ownColumns(columns)];
}

function missingColumns(columns: readonly string[]): Breach[] {
  const has = (column: FocusColumn) => columns.includes(column);
  return allColumns.flatMap((column): Breach[] => {
    const { level } = focusColumns[column];
    if (has(column)) return [];
    if (level === "mandatory") {
      return [{ column, rule: "column-missing", why: "is mandatory; add it" }];
    }
    const family = columnFamilies.find((one) => one.includes(column));
    const beside = family?.find(has);
    if (beside !== undefined) {
      const why = `is not there; a file that has ${beside} has it too`;
      return [{ column, rule: "column-beside", why }];
    }
    // Zones are recommended only to those who have any.
    if (level !== "recommended" || column === "AvailabilityZone") return [];
    return [{ column, rule: "column-recommended", why: "is recommended; add it" }];
  });
}

const columnLettersMax = 50;

/** Columns that the specification does not name. */
function ownColumns(columns: readonly string[]): Breach[] {
  const lastOfFocus = columns.findLastIndex((column) => ruleOf(column));
  return columns.flatMap((column, i): Breach[] => {
    if (ruleOf(column)) return [];
    if (!column.startsWith(ownPrefix)) {
      const [meant] = closest(column, [...allColumns, recipientColumn], 1);
      const cure = meant === undefined ? `start it with ${ownPrefix}` : `did you mean ${meant}?`;
      return [{ column, rule: "column-unknown", why: `is no column of FOCUS 1.2; ${cure}` }];
    }
    const found: Breach[] = [];
    if (!/^x_[A-Z][A-Za-z0-9]*$/.test(column) || column.length > columnLettersMax) {
      const why = `should be in Pascal case, at most ${columnLettersMax} letters: x_CardModel`;
      found.push({ column, rule: "column-name", why });
    }
    if (i < lastOfFocus) {
      const why = "should stand behind all columns of FOCUS";
      found.push({ column, rule: "column-order", why });
    }
    return found;
  });
}

function checkCell(column: string, text: string): Breach[] {
  const rule = ruleOf(column);
  if (!rule) return [];
  if (text === "") {
    if (rule.nulls) return [];
    return [{ column, rule: "not-null", why: "is empty; it must have a value" }];
  }
  if (isPlaceholder(text)) {
    return [{ column, rule: "placeholder", why: `"${text}" stands for nothing; leave it empty` }];
  }
  const why = faultOf(rule.type, text);
  if (why !== undefined) return [{ column, rule: `${rule.type}-format`, why }];
  if (!rule.values || rule.values.includes(text)) return [];
  const known = rule.values.length > 8 ? closest(text, rule.values) : rule.values;
  const cure = known.length > 0 ? `; there is ${known.join(", ")}` : "";
  return [{ column, rule: "allowed-values", why: `"${text}" is not allowed${cure}` }];
}
