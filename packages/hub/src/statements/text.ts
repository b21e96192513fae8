import { formatYuan } from "@wadi/core/units";
import type { Statement } from "@wadi/protocol";

import { periodIn, rowsOf } from "./rows.ts";
import type { Words } from "./words.ts";

const lineWidth = 90;
const amountWidth = 18;
const timeWidth = 18;
const textWidth = lineWidth - timeWidth - 2 * amountWidth;

/** The statement for a screen of fixed width: 90 columns, Chinese characters counted as two. */
export function statementText(statement: Statement, words: Words): string {
  const { of, id, name, totals, notes } = statement;
  const rule = "─".repeat(lineWidth);
  const head = [
    timeOf(words.timeInUtc) + pad("", textWidth),
    right(words.columns.amount) + right(words.columns.balance),
  ].join("");
  const sums = Object.entries(totals).map(([key, amount]) => {
    const label = pad(words.totals[key] ?? key, lineWidth - amountWidth);
    return label + right(formatYuan(amount));
  });
  return [
    clean(words.statementOf(words.parties[of], name, id)),
    periodIn(words, statement),
    ...[rule, head, rule],
    ...rowsOf(statement, words).flatMap((row) => linesOf(row, words)),
    ...[rule, ...sums],
    ...notes.flatMap((note) => ["", ...wrap(`${words.note}: ${clean(note)}`, lineWidth)]),
    "",
  ].join("\n");
}

export type Row = ReturnType<typeof rowsOf>[number];

/** The time, the text as wide as may be, the amounts; then what is left of the text. */
function linesOf(row: Row, words: Words): string[] {
  const [first = "", ...more] = wrap(describe(row, words), textWidth - 2);
  const top =
    timeOf(minuteOf(row)) + pad(first, textWidth) + right(row.amount) + right(row.balance);
  return [top, ...more.map((text) => timeOf("") + text)];
}

/** What a row says but for its time and amounts, in one line without control characters. */
export function describe(row: Row, { details }: Words): string {
  const parts = [
    row.jobName && `${details.job} ${row.jobName}`,
    row.pool && `${details.pool} ${row.pool}`,
    row.cardSeconds && `${row.cardSeconds} ${details.cardSeconds}`,
    row.pHours && `${row.pHours} ${details.pHours}`,
    row.charge && `${details.charge} ${row.charge}`,
    row.voucher && row.voucher !== "0.00" && `${details.voucher} ${row.voucher}`,
    row.cash && `${details.cash} ${row.cash}`,
    row.fee && `${details.fee} ${row.fee}`,
  ].filter(Boolean);
  return clean([row.text, ...parts].join(", "));
}

/** When a row was, to the minute. */
export const minuteOf = ({ at }: Pick<Row, "at">): string => at.slice(0, 16).replace("T", " ");

const timeOf = (text: string) => pad(text, timeWidth);
const right = (text: string) => " ".repeat(Math.max(0, amountWidth - widthOf(text))) + text;
const pad = (text: string, width: number) => text + " ".repeat(Math.max(0, width - widthOf(text)));

/** Without what would move the cursor, colour the screen or turn the direction of writing. */
export const clean = (text: string) =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ").replaceAll(/\p{Cf}/gu, "");

const wrap = (text: string, width: number) => wrapBy(text, { width, widthOf });

/** Breaks at blanks where there are any, else between two characters. */
export function wrapBy(
  text: string,
  { width, widthOf: measure }: { width: number; widthOf: (text: string) => number },
): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<= )/)) {
    if (measure(line + word.trimEnd()) > width && line !== "") {
      lines.push(line.trimEnd());
      line = "";
    }
    for (const character of word) {
      if (measure(line + character) > width && character !== " ") {
        lines.push(line);
        line = "";
      }
      line += character;
    }
  }
  return [...lines, line.trimEnd()];
}

/** Columns that a terminal needs: two for what is wide in East Asia, none for combining marks. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    width += combining.test(character) ? 0 : isWide(character) ? 2 : 1;
  }
  return width;
}

const combining = /\p{Mn}|\p{Me}|\p{Cf}/u;
const wideScripts = /\p{scx=Han}|\p{scx=Hira}|\p{scx=Kana}|\p{scx=Hang}|\p{scx=Bopo}/u;
const wideOthers = /\p{Emoji_Presentation}|[\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;
const halfWidth = /[\uff61-\uffdc]/;
const isWide = (character: string) =>
  !halfWidth.test(character) && (wideScripts.test(character) || wideOthers.test(character));
