import { formatYuan } from "@wadi/core/units";
import type { Statement } from "@wadi/protocol";
import PdfFile from "pdfkit";

import { embeddedPen, readersPen, type Pen } from "./pdf-pen.ts";
import { periodIn, rowsOf } from "./rows.ts";
import { clean, describe, minuteOf, wrapBy } from "./text.ts";
import type { Words } from "./words.ts";

const margin = 40;
/** A4, upright. */
const page = { width: 595.28, height: 841.89 };
const right = page.width - margin;
const bottom = page.height - margin - 20;
const size = 8;
const lineHeight = 12;
const columns = { time: margin, text: margin + 84, amount: right - 84, balance: right };
const textWidth = columns.amount - 70 - columns.text;

/**
 * The statement on A4, its columns like those of the text. The same statement is the same file.
 *
 * @param options.font  a font file of the operator's; null: the reader's own
 */
export async function statementPdf(
  statement: Statement,
  { words, font, issuer }: { words: Words; font: string | null; issuer: string },
): Promise<Buffer> {
  const title = clean(words.statementOf(words.parties[statement.of], statement.name, statement.id));
  const made = new Date(statement.madeAt.epochMilliseconds);
  const doc = new PdfFile({
    ...{ size: "A4", margin, bufferPages: true, pdfVersion: "1.5", autoFirstPage: false },
    info: { Title: title, Author: issuer, CreationDate: made, ModDate: made },
  });
  const ended = collect(doc);
  doc.addPage();
  const pen = font === null ? readersPen(doc) : embeddedPen(doc, font);
  const sheet: Sheet = { doc, pen, y: margin };
  writeHead(sheet, { statement, title, words, issuer });
  for (const row of rowsOf(statement, words)) writeRow(sheet, row, words);
  writeFoot(sheet, statement, words);
  numberPages(sheet, words);
  doc.end();
  return ended;
}

interface Sheet {
  readonly doc: InstanceType<typeof PdfFile>;
  readonly pen: Pen;
  /** Where the next line goes. */
  y: number;
}

function writeHead(
  sheet: Sheet,
  what: { statement: Statement; title: string; words: Words; issuer: string },
): void {
  const { statement, title, words, issuer } = what;
  for (const line of wrapped(sheet.pen, title, { width: right - margin, at: 13 })) {
    write(sheet, line, { x: margin, at: 13 });
    sheet.y += 18;
  }
  write(sheet, periodIn(words, statement), { x: margin });
  writeRight(sheet, issuer, right);
  sheet.y += lineHeight + 4;
  writeColumns(sheet, words);
}

function writeColumns(sheet: Sheet, words: Words): void {
  rule(sheet);
  write(sheet, words.timeInUtc, { x: columns.time });
  write(sheet, words.columns.text, { x: columns.text });
  writeRight(sheet, words.columns.amount, columns.amount);
  writeRight(sheet, words.columns.balance, columns.balance);
  sheet.y += lineHeight;
  rule(sheet);
}

function writeRow(sheet: Sheet, row: ReturnType<typeof rowsOf>[number], words: Words): void {
  const lines = wrapped(sheet.pen, describe(row, words), { width: textWidth, at: size });
  for (const [i, line] of lines.entries()) {
    turnPage(sheet, words);
    if (i === 0) {
      write(sheet, minuteOf(row), { x: columns.time });
      writeRight(sheet, row.amount, columns.amount);
      writeRight(sheet, row.balance, columns.balance);
    }
    write(sheet, line, { x: columns.text });
    sheet.y += lineHeight;
  }
}

function writeFoot(sheet: Sheet, { totals, notes }: Statement, words: Words): void {
  rule(sheet);
  for (const [key, amount] of Object.entries(totals)) {
    turnPage(sheet, words);
    write(sheet, words.totals[key] ?? key, { x: margin });
    writeRight(sheet, formatYuan(amount), right);
    sheet.y += lineHeight;
  }
  sheet.y += lineHeight;
  for (const note of notes) {
    const text = `${words.note}: ${clean(note)}`;
    for (const line of wrapped(sheet.pen, text, { width: right - margin, at: size })) {
      turnPage(sheet, words);
      write(sheet, line, { x: margin });
      sheet.y += lineHeight;
    }
  }
}

function turnPage(sheet: Sheet, words: Words): void {
  if (sheet.y + lineHeight <= bottom) return;
  sheet.doc.addPage();
  sheet.y = margin;
  writeColumns(sheet, words);
}

function numberPages(sheet: Sheet, words: Words): void {
  const { count } = sheet.doc.bufferedPageRange();
  for (let i = 0; i < count; i += 1) {
    sheet.doc.switchToPage(i);
    sheet.y = page.height - margin - lineHeight;
    writeRight(sheet, words.page(i + 1, count), right);
  }
}

function rule({ doc, y }: Sheet): void {
  doc.moveTo(margin, y).lineTo(right, y).lineWidth(0.5).stroke();
}

function write({ pen, y }: Sheet, text: string, { x, at = size }: { x: number; at?: number }) {
  if (text !== "") pen.write(text, { x, y: y + 2, size: at });
}

function writeRight(sheet: Sheet, text: string, to: number): void {
  write(sheet, text, { x: to - sheet.pen.widthOf(text, size) });
}

const wrapped = (pen: Pen, text: string, { width, at }: { width: number; at: number }) =>
  wrapBy(text, { width, widthOf: (part) => pen.widthOf(part, at) });

function collect(doc: InstanceType<typeof PdfFile>): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const parts: Buffer[] = [];
  doc.on("data", (part: Buffer) => parts.push(part));
  doc.on("end", () => resolve(Buffer.concat(parts)));
  doc.on("error", reject);
  return promise;
}
