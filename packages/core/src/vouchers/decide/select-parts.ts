import { total, type MicroYuan } from "../../units/index.ts";
import type { ExcludedLine, Missing } from "../decision.ts";
import { conditionSubjects, type Part, type RateRow } from "../rules/index.ts";
import { asked } from "./eligibility.ts";
import { judgeOr } from "./judge-condition.ts";
import { isUnknown, type Truth } from "./truth.ts";
import { atLine, type Known } from "./known.ts";
import type { QualifiedLine } from "./qualify-lines.ts";

/** A part and the lines it is for. */
export interface SelectedPart {
  readonly part: Part;
  /** Whether it is for this case at all. */
  readonly applies: boolean;
  readonly rows: readonly SelectedRow[];
}

/** The lines that fall into one row of the part's table; parts without a table have row 0. */
export interface SelectedRow {
  readonly row: number;
  readonly lines: readonly QualifiedLine[];
}

export interface Selection {
  readonly parts: readonly SelectedPart[];
  /** Lines that no part is for. */
  readonly excluded: readonly ExcludedLine[];
  /** What all lines that a part is for come to; each line once. */
  readonly base: MicroYuan;
  readonly missing: readonly Missing[];
}

/** R19-R23: which lines go into which row of which part. */
export function selectParts(
  parts: readonly Part[],
  lines: readonly QualifiedLine[],
  seen: Known,
): Selection {
  const missing: Missing[] = [];
  const selected = parts.map((part) => selectPart(part, lines, seen, missing));
  const taken = new Set(selected.flatMap(({ rows }) => rows.flatMap((row) => row.lines)));
  return {
    parts: selected,
    excluded: lines
      .filter((line) => !taken.has(line))
      .map(({ line, gross }) => ({ line: line.id, code: "no-part", amount: gross })),
    base: total([...taken].map(({ base }) => base)),
    missing,
  };
}

/** @param missing  what is unknown is added to it */
function selectPart(
  part: Part,
  lines: readonly QualifiedLine[],
  seen: Known,
  missing: Missing[],
): SelectedPart {
  const holds = (truth: Truth, line: string | null): boolean => {
    if (isUnknown(truth)) missing.push(...asked(truth, part.code, line));
    return truth === true;
  };
  const isByLine = part.when !== null && conditionSubjects(part.when).has("line");
  if (!isByLine && !holds(judgeOr(part.when, seen), null))
    return { part, applies: false, rows: [] };
  const own = isByLine
    ? lines.filter(({ line }) => holds(judgeOr(part.when, atLine(seen, line)), line.id))
    : lines;
  const rows = rowsOf(part, own, (row, { line }) =>
    holds(judgeOr(row.when, atLine(seen, line)), line.id),
  );
  return { part, applies: !isByLine || own.length > 0, rows };
}

/** The first row that holds takes the line. */
function rowsOf(
  { rule }: Part,
  lines: readonly QualifiedLine[],
  holds: (row: RateRow, line: QualifiedLine) => boolean,
): SelectedRow[] {
  if (!("rates" in rule)) return lines.length === 0 ? [] : [{ row: 0, lines }];
  const { rates } = rule;
  const placed = lines.map((line) => ({ line, row: rates.findIndex((row) => holds(row, line)) }));
  return rates
    .map((_, row) => ({
      row,
      lines: placed.filter((place) => place.row === row).map(({ line }) => line),
    }))
    .filter((row) => row.lines.length > 0);
}
