import { CsvError, parse } from "csv-parse/sync";
import { closest } from "@wadi/core/capacity";
import { Cells } from "./cells.ts";
import { Mistakes, type Source } from "./mistakes.ts";

/** The columns of a table with a header line, in whatever order they stand. */
export interface Columns {
  readonly needed: readonly string[];
  /** May be left out; their cells are then empty. */
  readonly optional: readonly string[];
  /** Whether columns of other names are passed over; else they are mistakes. */
  readonly others: "ignored" | "refused";
}

/**
 * Reads CSV (RFC 4180) with a header line; lines that are empty or start with `#` are passed over.
 * `read` makes one value of one line; what it makes of a line with mistakes is thrown away.
 *
 * @throws WrongInput with every mistake, at most 20; nothing is handed out then
 */
export function readTable<T>(source: Source, columns: Columns, read: (cells: Cells) => T): T[] {
  const mistakes = new Mistakes(source.file);
  const [header, ...records] = recordsOf(source, mistakes);
  mistakes.throwAny();
  if (!header) {
    const right = `must start with a line that names the columns ${columns.needed.join(",")}`;
    mistakes.add({ line: 1, field: "header", read: null, right });
    mistakes.throwAny();
  }
  const names = header!.record.map((name) => name.trim());
  checkHeader({ names, line: header!.info.lines, columns, mistakes });
  mistakes.throwAny();

  const places = new Map(names.map((name, index) => [name, index]));
  const values = records.map(({ record, info }) => {
    if (record.length !== names.length) {
      const right = `must have ${names.length} cells, as the header has`;
      mistakes.add({ line: info.lines, field: "line", read: `${record.length} cells`, right });
      return undefined;
    }
    return read(new Cells({ record, line: info.lines, places, mistakes }));
  });
  mistakes.throwAny();
  return values as T[];
}

interface CsvRecord {
  readonly record: readonly string[];
  /** `lines`: in which line of the file it ends, from 1. */
  readonly info: { readonly lines: number };
}

function recordsOf({ text }: Source, mistakes: Mistakes): CsvRecord[] {
  try {
    return parse(text, {
      bom: true,
      comment: "#",
      comment_no_infix: true,
      info: true,
      record_delimiter: ["\r\n", "\n"],
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as CsvRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as { lines?: number }).lines ?? 1;
    const right = `is no CSV (RFC 4180): ${error.message}`;
    mistakes.add({ line, field: "line", read: null, right });
    return [];
  }
}

function checkHeader(at: {
  names: readonly string[];
  line: number;
  columns: Columns;
  mistakes: Mistakes;
}): void {
  const { names, line, columns, mistakes } = at;
  const known = [...columns.needed, ...columns.optional];
  for (const name of columns.needed) {
    if (names.includes(name)) continue;
    mistakes.add({
      line,
      field: name,
      read: null,
      right: "is missing; the header must name this column",
    });
  }
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index) {
      mistakes.add({ line, field: "header", read: name, right: "is named twice; name it once" });
    } else if (columns.others === "refused" && !known.includes(name)) {
      const [meant] = closest(name, known, 1);
      const cure = meant ? `did you mean "${meant}"?` : `known are ${known.join(", ")}`;
      mistakes.add({ line, field: "header", read: name, right: `is no column; ${cure}` });
    }
  }
}
