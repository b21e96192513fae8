import { formatYuan } from "@wadi/core/units";
import type { Statement } from "@wadi/protocol";

import { rowsOf, totalNames } from "./rows.ts";

const lineWidth = 90;
const amountWidth = 18;
const timeWidth = 18;
const textWidth = lineWidth - timeWidth - 2 * amountWidth;

/** The statement for a screen of fixed width: 90 columns, Chinese characters counted as two. */
export function statementText(statement: Statement): string {
  const { of, id, name, from, until, madeAt, totals, notes } = statement;
  const rule = "─".repeat(lineWidth);
  const head = timeOf("Time (UTC)") + pad("", textWidth) + right("Amount") + right("Balance");
  const sums = Object.entries(totals).map(([key, amount]) => {
    const label = pad(totalNames[key] ?? key, lineWidth - amountWidth);
    return label + right(formatYuan(amount));
  });
  return [
    clean(`Statement of the ${of} ${name} (${id}), in yuan`),
    `From ${from} up to ${until}; made ${madeAt}`,
    ...[rule, head, rule],
    ...rowsOf(statement).flatMap(linesOf),
    ...[rule, ...sums],
    ...notes.flatMap((note) => ["", ...wrap(`Note: ${clean(note)}`, lineWidth)]),
    "",
  ].join("\n");
}

type Row = ReturnType<typeof rowsOf>[number];

/** The time, the text as wide as may be, the amounts; then what is left of the text. */
function linesOf(row: Row): string[] {
  const detail = [
    row.jobName && `job ${row.jobName}`,
    row.pool && `pool ${row.pool}`,
    row.cardSeconds && `${row.cardSeconds} card-seconds`,
    row.pHours && `${row.pHours} P·h`,
    row.charge && `charge ${row.charge}`,
    row.voucher && row.voucher !== "0.00" && `voucher ${row.voucher}`,
    row.cash && `cash ${row.cash}`,
    row.fee && `fee ${row.fee}`,
  ].filter(Boolean);
  const [first = "", ...more] = wrap(clean([row.text, ...detail].join(", ")), textWidth - 2);
  const time = row.at.slice(0, 16).replace("T", " ");
  const top = timeOf(time) + pad(first, textWidth) + right(row.amount) + right(row.balance);
  return [top, ...more.map((text) => timeOf("") + text)];
}

const timeOf = (text: string) => text.padEnd(timeWidth);
const right = (text: string) => text.padStart(amountWidth);
const pad = (text: string, width: number) => text + " ".repeat(Math.max(0, width - widthOf(text)));

/** Without what would move the cursor, colour the screen or turn the direction of writing. */
const clean = (text: string) =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ").replaceAll(/\p{Cf}/gu, "");

/** Breaks at blanks where there are any, else between two characters. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<= )/)) {
    if (widthOf(line + word.trimEnd()) > width && line !== "") {
      lines.push(line.trimEnd());
      line = "";
    }
    for (const character of word) {
      if (widthOf(line + character) > width && character !== " ") {
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
