import type { Colour, Paint } from "./colour.ts";
import { cut, pad, widthOf } from "./width.ts";

/** One column of a table of `Row`s. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  /** `number` is set right, with the decimal points below one another. */
  readonly align?: "left" | "number";
  /** The higher, the longer it stays where room is short; 9 is never left out. */
  readonly keep: number;
  /** The text may be cut down to so many columns. */
  readonly least?: number;
  readonly colour?: (row: Row) => Colour | undefined;
}

export interface TableStyle {
  /** How many columns there are; infinite where nobody looks. */
  readonly width: number;
  readonly paint: Paint;
}

const gap = "  ";

/**
 * A table as lines. Where it is too wide, long texts are cut first, then columns are left out, the
 * least important first; a column without any text is never shown. No line is wider than asked.
 */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, paint }: TableStyle,
): string[] {
  const filled = columns.map((column) => fill(rows, column)).filter(({ isEmpty }) => !isEmpty);
  const shown = fit(filled, width);
  const heads = shown.map((one) => place(one, one.column.head));
  const lines = rows.map((row, index) => {
    const texts = shown.map((one) => place(one, one.cells[index] ?? ""));
    const line = texts.join(gap).trimEnd();
    if (widthOf(line) > width) return cut(line, width); // narrower than its narrowest columns
    const painted = shown.map(({ column }, at) => {
      const colour = column.colour?.(row);
      return colour === undefined ? texts[at]! : paint(colour, texts[at]!);
    });
    return painted.join(gap).trimEnd();
  });
  return [paint("dim", cut(heads.join(gap).trimEnd(), width)), ...lines];
}

interface Filled<Row> {
  readonly column: Column<Row>;
  readonly cells: readonly string[];
  readonly isEmpty: boolean;
  /** As wide as it is shown. */
  readonly width: number;
}

function fill<Row>(rows: readonly Row[], column: Column<Row>): Filled<Row> {
  const texts = rows.map((row) => oneLine(column.cell(row)));
  const cells = column.align === "number" ? alignPoints(texts) : texts;
  const width = Math.max(widthOf(column.head), ...cells.map(widthOf));
  return { column, cells, isEmpty: texts.every((text) => text === ""), width };
}

function fit<Row>(filled: readonly Filled<Row>[], width: number): Filled<Row>[] {
  let shown = [...filled];
  for (;;) {
    const over = totalWidth(shown) - width;
    if (over <= 0) return shown;
    const narrowed = narrow(shown, over);
    if (totalWidth(narrowed) <= width) return narrowed;
    const droppable = shown.filter(({ column }) => column.keep < 9);
    if (droppable.length === 0) return squeeze(narrowed, width);
    const least = Math.min(...droppable.map(({ column }) => column.keep));
    const drop = shown.findLast(({ column }) => column.keep === least);
    shown = shown.filter((one) => one !== drop);
  }
}

/** Takes room from the texts that may be cut, from the widest first. */
function narrow<Row>(shown: readonly Filled<Row>[], over: number): Filled<Row>[] {
  const widths = shown.map(({ width }) => width);
  for (let left = over; left > 0; left--) {
    let widest = -1;
    for (const [index, { column }] of shown.entries()) {
      if (column.least === undefined || widths[index]! <= column.least) continue;
      if (widest === -1 || widths[index]! > widths[widest]!) widest = index;
    }
    if (widest === -1) break;
    widths[widest]! -= 1;
  }
  return shown.map((one, index) => ({ ...one, width: widths[index]! }));
}

/** Where even the columns that always stay are too wide: each is cut alike. */
function squeeze<Row>(shown: readonly Filled<Row>[], width: number): Filled<Row>[] {
  const each = Math.max(1, Math.floor((width - gap.length * (shown.length - 1)) / shown.length));
  return shown.map((one) => ({ ...one, width: Math.min(one.width, each) }));
}

const totalWidth = (shown: readonly { readonly width: number }[]) =>
  shown.reduce((sum, { width }) => sum + width, 0) + gap.length * Math.max(0, shown.length - 1);

function place<Row>({ column, width }: Filled<Row>, text: string): string {
  return pad(cut(text, width), width, column.align === "number" ? "left" : "right");
}

/** Blanks behind shorter fractions, so that the points stand below one another. */
function alignPoints(texts: readonly string[]): string[] {
  const behind = texts.map((text) => {
    const [, fraction] = /^-?\d+(\.\d+)?$/.exec(text) ?? [];
    return fraction?.length ?? 0;
  });
  const most = Math.max(0, ...behind);
  return texts.map((text, index) =>
    /^-?\d/.test(text) ? text + " ".repeat(most - behind[index]!) : text,
  );
}

/** Control characters would move the cursor, and a line's end would break the table. */
const oneLine = (text: string) => text.replaceAll(/\p{Cc}+/gu, " ");
