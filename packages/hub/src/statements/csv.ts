import type { Statement } from "@wadi/protocol";

import { columns } from "./columns.ts";
import { rowsOf } from "./rows.ts";
import type { Words } from "./words.ts";

/**
 * The statement as CSV (RFC 4180): a header, the lines with a running balance, then one row for
 * each note. Columns have the same names in every language. Texts that a spreadsheet would take
 * for a formula start with an apostrophe.
 */
export function statementCsv(statement: Statement, words: Words): string {
  const rows = rowsOf(statement, words).map((row) => columns.map((column) => row[column]));
  const notes = statement.notes.map((note) => ["", note, ...columns.slice(2).map(() => "")]);
  return [[...columns], ...rows, ...notes].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

function field(text: string): string {
  const safe = !isNumber.test(text) && formulaStart.test(text) ? `'${text}` : text;
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const isNumber = /^-?\d+(?:\.\d+)?$/;
/** Spreadsheets skip blanks before it, and take the wide forms for the same. */
const formulaStart = /^(?:[\t\r\n]|\s*[=+\-@|%＝＋－＠])/u;
const needsQuotes = /[",\r\n]|^\s|\s$/;
