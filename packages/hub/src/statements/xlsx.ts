import { formatYuan } from "@wadi/core/units";
import type { Statement } from "@wadi/protocol";
import writeWorkbook, { type Cell, type Row, type SheetData } from "write-excel-file/node";

import { columns, type Column } from "./columns.ts";
import { periodIn, rowsOf } from "./rows.ts";
import { clean } from "./text.ts";
import type { Words } from "./words.ts";

/**
 * The statement as a workbook of one sheet: whose it is and when, the lines as the CSV has them,
 * the totals, the notes. Amounts are numbers, so that a spreadsheet can add them up; those with
 * more digits than a spreadsheet keeps are texts, so that none is changed.
 */
export async function statementXlsx(statement: Statement, words: Words): Promise<Buffer> {
  const { of, name, id, totals, notes } = statement;
  const sheet: SheetData = [
    [bold(clean(words.statementOf(words.parties[of], name, id)))],
    [periodIn(words, statement)],
    columns.map((column) => bold(words.columns[column])),
    ...rowsOf(statement, words).map((row): Row => columns.map((column) => cellOf(column, row))),
    [],
    ...Object.entries(totals).map(([key, amount]): Row => {
      return [null, words.totals[key] ?? key, ...emptyUpToAmount, amountCell(formatYuan(amount))];
    }),
    ...notes.map((note): Row => [words.note, clean(note)]),
  ];
  const widths = columns.map((column) => ({ width: widthOf[column] ?? 14 }));
  const options = { sheet: words.parties[of], columns: widths, stickyRowsCount: headRows };
  return writeWorkbook(sheet, options).toBuffer();
}

const headRows = 3;
const widthOf: Partial<Record<Column, number>> = {
  at: 28,
  text: 40,
  job: 38,
  run: 38,
  jobName: 20,
};
const amounts: ReadonlySet<Column> = new Set([
  "charge",
  "voucher",
  "cash",
  "fee",
  "amount",
  "balance",
] as const);
const counts: ReadonlySet<Column> = new Set(["cardSeconds", "pHours"] as const);
/** Between the text and the column of amounts. */
const emptyUpToAmount: Cell[] = columns.slice(2, columns.indexOf("amount")).map(() => null);

const bold = (value: string): Cell => ({ value, type: String, fontWeight: "bold" });

function cellOf(column: Column, row: Record<Column, string>): Cell {
  const text = row[column];
  if (text === "") return null;
  if (amounts.has(column)) return amountCell(text);
  if (counts.has(column)) return numberCell(text, "#,##0.###");
  return { value: clean(text), type: String };
}

const amountCell = (text: string): Cell => numberCell(text, "#,##0.00####");

/** So many digits a spreadsheet keeps of a number. */
const digitsMax = 15;

function numberCell(text: string, format: string): Cell {
  const digits = text.replaceAll(/[-.]/g, "").replace(/^0+/, "").length;
  return digits > digitsMax
    ? { value: text, type: String, align: "right" }
    : { value: Number(text), type: Number, format };
}
