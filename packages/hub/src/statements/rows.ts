import { formatPHours, formatYuan, plus, type MicroYuan } from "@wadi/core/units";
import type { Statement } from "@wadi/protocol";

/** What the totals are called in texts for people. */
export const totalNames: Readonly<Record<string, string>> = {
  paidIn: "Paid in",
  charges: "Charges",
  paidByVouchers: "of which vouchers paid",
  paidInCash: "of which paid in cash",
  platformFees: "Platform fees",
  earned: "Earned",
  paidOut: "Paid out",
  freeAtEnd: "Free at the end",
  heldAtEnd: "Held for jobs at the end",
  vouchersAtEnd: "On vouchers at the end",
  appropriated: "Appropriated",
  granted: "Granted",
  redeemed: "Redeemed",
  expired: "Expired",
  grantedAtEnd: "Granted and unused at the end",
  reservedAtEnd: "Reserved for jobs at the end",
};

/** The lines with the balance after each, as texts; the opening before them, the closing after. */
export function rowsOf(statement: Statement): Record<Column, string>[] {
  let balance: MicroYuan = statement.opening;
  const rows = statement.lines.map((line): Record<Column, string> => {
    balance = plus(balance, line.amount);
    return {
      at: line.at.toString(),
      text: line.emulated ? `${line.text} (emulated cards)` : line.text,
      job: line.job ?? "",
      jobName: line.jobName ?? "",
      run: line.run ?? "",
      pool: line.pool ?? "",
      emulated: line.run === null ? "" : line.emulated ? "yes" : "no",
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
    { ...emptyRow, at: from.toString(), text: "Opening balance", balance: formatYuan(opening) },
    ...rows,
    { ...emptyRow, at: until.toString(), text: "Closing balance", balance: formatYuan(closing) },
  ];
}

export const columns = [
  "at",
  "text",
  "job",
  "jobName",
  "run",
  "pool",
  "emulated",
  "cardSeconds",
  "pHours",
  "charge",
  "voucher",
  "cash",
  "fee",
  "amount",
  "balance",
] as const;
export type Column = (typeof columns)[number];

const emptyRow = Object.fromEntries(columns.map((column) => [column, ""])) as Record<
  Column,
  string
>;
const yuanOf = (amount: MicroYuan | null) => (amount === null ? "" : formatYuan(amount));
