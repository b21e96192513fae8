import { formatPHours, formatYuan, plus, type MicroYuan } from "@wadi/core/units";
import type { Statement } from "@wadi/protocol";

import { columns, type Column } from "./columns.ts";
import type { Words } from "./words.ts";

/** The lines with the balance after each, as texts; the opening before them, the closing after. */
export function rowsOf(statement: Statement, words: Words): Record<Column, string>[] {
  let balance: MicroYuan = statement.opening;
  const rows = statement.lines.map((line): Record<Column, string> => {
    balance = plus(balance, line.amount);
    return {
      at: line.at.toString(),
      text: line.emulated ? words.emulated(line.text) : line.text,
      job: line.job ?? "",
      jobName: line.jobName ?? "",
      run: line.run ?? "",
      pool: line.pool ?? "",
      emulated: line.run === null ? "" : line.emulated ? words.yes : words.no,
      cardSeconds: line.cardSeconds?.toString() ?? "",
      pHours: line.work === null ? "" : formatPHours(line.work),
      charge: yuanOf(line.charge),
      voucher: yuanOf(line.voucher),
      cash: yuanOf(line.cash),
      fee: yuanOf(line.fee),
      amount: formatYuan(line.amount),
      balance: formatYuan(balance),
    };
  });
  const { from, until, opening, closing } = statement;
  return [
    { ...emptyRow, at: from.toString(), text: words.opening, balance: formatYuan(opening) },
    ...rows,
    { ...emptyRow, at: until.toString(), text: words.closing, balance: formatYuan(closing) },
  ];
}

/** What time a statement is about, and when it was made: to the second, as people read times. */
export function periodIn(
  words: Words,
  statement: Pick<Statement, "from" | "until" | "madeAt">,
): string {
  const { from, until, madeAt } = statement;
  const [begin, end, made] = [from, until, madeAt].map(toSecond);
  return words.period(begin!, end!, made!);
}

const toSecond = (at: Temporal.Instant) => at.toString({ smallestUnit: "second" });

const emptyRow = Object.fromEntries(columns.map((column) => [column, ""])) as Record<
  Column,
  string
>;
const yuanOf = (amount: MicroYuan | null) => (amount === null ? "" : formatYuan(amount));
