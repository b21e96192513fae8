import { csvLine, readCsv, type CsvRecord } from "@wadi/core/settlement";
import { formatYuan, parseYuan } from "@wadi/core/units";

import type { PayoutBatch, PayoutLine, PayoutState } from "./payout-store.ts";

/**
 * A batch for the bank: one record for each line. `batch` and `line` together name a payment for
 * ever; the receipt repeats them.
 */
export function payoutFile(
  { number, lines }: PayoutBatch,
  names: ReadonlyMap<string, string>,
): string {
  const records = lines.map(({ line, provider, amount }) => [
    ...[`${number}`, `${line}`, provider, unformula(names.get(provider) ?? provider)],
    ...[formatYuan(amount), "CNY", `wadi ${number}/${line}`],
  ]);
  return [[...payoutColumns], ...records].map(csvLine).join("");
}

const payoutColumns = ["batch", "line", "payee", "payee_name", "amount", "currency", "purpose"];
const receiptColumns = ["batch", "line", "amount", "status", "reference"] as const;

/** What the bank says of one line. */
export interface Receipt {
  readonly line: number;
  readonly state: Extract<PayoutState, "arrived" | "bounced">;
  readonly reference: string;
}

/**
 * Reads the bank's receipt: a header with at least `batch, line, amount, status, reference`, in any
 * order, then a record for each line that is decided. What was told before may be told again.
 *
 * @returns what is new, and every record that cannot be matched, by its line in the text
 */
export function readReceipts(
  text: string,
  batch: PayoutBatch,
): { readonly receipts: readonly Receipt[]; readonly wrong: readonly string[] } {
  const read = readCsv(text);
  if (read.kind === "broken") return { receipts: [], wrong: [`line ${read.line}: ${read.why}`] };
  const [header, ...records] = read.records;
  const missing = receiptColumns.filter((column) => !header?.fields.includes(column));
  if (!header || missing.length > 0) {
    const wanted = receiptColumns.join(", ");
    return { receipts: [], wrong: [`line 1: the header lacks ${missing.join(", ")} of ${wanted}`] };
  }
  const lines = new Map(batch.lines.map((line) => [line.line, line]));
  const receipts = new Map<number, Receipt>();
  const wrong: string[] = [];
  for (const record of records) {
    const cell = (column: (typeof receiptColumns)[number]) =>
      record.fields[header.fields.indexOf(column)]?.trim() ?? "";
    const line = lines.get(Number(cell("line")));
    const judged = judge(cell, { batch, line, told: receipts.get(line?.line ?? 0) });
    if (typeof judged === "string") wrong.push(`line ${lineOf(record)}: ${judged}`);
    else if (judged) receipts.set(judged.line, judged);
  }
  return { receipts: [...receipts.values()], wrong };
}

const lineOf = ({ line }: CsvRecord) => line;

/** A receipt; undefined for what was told before; or what is wrong. */
function judge(
  cell: (column: (typeof receiptColumns)[number]) => string,
  at: { batch: PayoutBatch; line: PayoutLine | undefined; told: Receipt | undefined },
): Receipt | undefined | string {
  const { batch, line, told } = at;
  const [number, state, reference] = [cell("batch"), cell("status"), cell("reference")];
  if (number !== `${batch.number}`) return `batch is "${number}", this is ${batch.number}`;
  if (!line)
    return `batch ${number} has no line "${cell("line")}"; it has 1 to ${batch.lines.length}`;
  if (parseYuan(cell("amount")) !== line.amount) {
    return `amount is "${cell("amount")}", line ${line.line} was ${formatYuan(line.amount)}`;
  }
  if (state !== "arrived" && state !== "bounced") {
    return `status is "${state}"; use arrived or bounced`;
  }
  if (reference === "") return "reference is empty; give the bank's own";
  const before = told?.state ?? line.state;
  if (before === "sent") return { line: line.line, state, reference };
  const same = before === state && (told?.reference ?? line.bankReference) === reference;
  return same ? undefined : `line ${line.line} was ${before} before, by another receipt`;
}

/** A name that a spreadsheet would take for a formula gets an apostrophe. */
const unformula = (text: string) => (/^\s*[=+\-@|%＝＋－＠]/u.test(text) ? `'${text}` : text);
