import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { focusChecker, readCsv } from "@wadi/core/settlement";
import { minus, noMoney, parseYuan, plus, total } from "@wadi/core/units";
import { routes, type ReplyOf } from "@wadi/protocol";

import { month, timeZone } from "./calendar.ts";
import { holds, same, type Check } from "./checks.ts";
import { sumOf, type Posted } from "./journal.ts";
import type { People } from "./people.ts";

export type Settlement = ReplyOf<typeof routes.readSettlement>;

/**
 * Closes the month: one person imports, allocates and computes, another publishes, by which dues
 * are posted and the ledger's month is closed.
 */
export async function closeMonth({ operator, second }: People): Promise<Settlement> {
  const params = { month };
  await operator.ask(routes.openSettlement, { params, body: { timeZone } });
  for (const step of ["import", "allocate", "compute"] as const) {
    await operator.ask(routes.stepSettlement, { params, body: { step } });
  }
  await second.ask(routes.stepSettlement, { params, body: { step: "publish" } });
  return operator.ask(routes.readSettlement, { params });
}

/** Whether the month is closed for good, and adds up. */
export async function checkClosed({ operator }: People, settled: Settlement): Promise<Check[]> {
  const { state, totals, dues, shares } = settled;
  const { items } = await operator.ask(routes.listPeriods);
  const isClosed = items.some((one) => one.month === month);
  return [
    holds("the month is published and its ledger closed", [
      ...(state === "published" ? [] : [`it is ${state}`]),
      ...(isClosed ? [] : ["the ledger's month is open"]),
    ]),
    same("charges = vouchers + cash", totals.charges, plus(totals.vouchers, totals.cash)),
    same("providers' dues = the total due", total(dues.map(({ due }) => due)), totals.due),
    same("tenants' shares = cash", total(shares.map(({ amount }) => amount)), totals.cash),
  ];
}

/**
 * Writes the month as FOCUS 1.2 and checks the file by every rule; its bills are the cash, less
 * what disputes gave back.
 */
export async function exportFocus(
  { operator }: People,
  { totals }: Settlement,
  { out, posted }: { out: string; posted: readonly Posted[] },
): Promise<Check[]> {
  const givenBack = sumOf(posted, "dispute-refund");
  const reply = await operator.client.raw(routes.exportFocus, { params: { month } });
  const text = await reply.text();
  await mkdir(out, { recursive: true });
  await writeFile(path.join(out, `focus-${month}.csv`), text);
  const read = readCsv(text);
  if (read.kind === "broken") return [holds("FOCUS 1.2", [`line ${read.line}: ${read.why}`])];
  const [header, ...rows] = read.records;
  const checker = focusChecker(header!.fields);
  const problems = rows.flatMap(({ fields }, i) => checker.row(i + 1, fields));
  const column = header!.fields.indexOf("BilledCost");
  const billed = rows.map(({ fields }) => parseYuan(fields[column]!) ?? noMoney);
  return [
    holds(`FOCUS 1.2: ${rows.length} rows by its rules`, [...checker.header, ...problems].map(say)),
    same("FOCUS bills = cash - disputes", total(billed), minus(totals.cash, givenBack)),
  ];
}

const say = (problem: unknown): string => JSON.stringify(problem);
