import { formatYuan, type MicroYuan } from "@wadi/core/units";

import { fundLines, fundParts, moneyLines, redeemedOf, type readBooks } from "./books.ts";
import type { Check } from "./checks.ts";
import type { MadeClaim } from "./claims.ts";
import type { Settlement } from "./close-month.ts";
import { programmes } from "./plan-tenants.ts";
import type { Statement } from "./statements.ts";

/** All that the closed month is summed up from. */
export interface Found {
  readonly accounts: Awaited<ReturnType<typeof readBooks>>;
  readonly claims: readonly MadeClaim[];
  readonly settlement: Settlement;
  readonly tenants: readonly Statement[];
  readonly checks: readonly Check[];
}

/** What a finance person reads, as lines of text. */
export function summary({ accounts, claims, settlement, tenants, checks }: Found): string[] {
  return [
    ...section("Funds, in yuan", ["fund", "appropriated", ...fundParts], fundRows(accounts)),
    ...section("The book of money, in yuan", ["account", "balance"], moneyRows(accounts)),
    ...section("Claims, in yuan", claimColumns, claimRows({ claims, accounts })),
    ...section(`Providers, ${settlement.month}, in yuan`, dueColumns, dueRows(settlement)),
    ...section(
      `Tenants' bills, the ${billsShown} largest of ${tenants.length}, in yuan`,
      ["tenant", "charges", "by vouchers", "in cash"],
      billRows(tenants, settlement),
    ),
    "",
    "Laws and checks",
    ...checks.flatMap(({ name, problems }) => [
      `  ${problems.length === 0 ? "holds " : "BROKEN"}  ${name}`,
      ...problems.map((one) => `            ${one}`),
    ]),
  ];
}

const fundRows = (accounts: Found["accounts"]) =>
  fundLines(accounts).map(({ fund, appropriated, parts }) => [
    fund,
    ...[appropriated, ...fundParts.map((part) => parts[part])].map(yuan),
  ]);

const moneyRows = (accounts: Found["accounts"]) => {
  const lines = moneyLines(accounts);
  const sum = lines.reduce((all, [, balance]) => all + balance, 0n);
  return [...lines, ["sum", sum as MicroYuan] as const].map(([kind, one]) => [kind, yuan(one)]);
};

const claimColumns = ["programme", "mode", "claims", "granted", "billed", "redeemed"];
const claimRows = ({ claims, accounts }: Pick<Found, "claims" | "accounts">) =>
  Object.entries(programmes).map(([programme, mode]) => {
    const own = claims.filter(({ planned }) => planned.programme === programme);
    const states = Map.groupBy(own, ({ view }) => view.state);
    const counts = [...states].map(([state, some]) => `${some.length} ${state}`).sort();
    const sum = (part: (one: MadeClaim) => bigint) =>
      yuan(own.reduce((all, one) => all + part(one), 0n) as MicroYuan);
    return [
      ...[programme, mode, counts.join(", "), sum(({ view }) => view.granted)],
      ...[sum(({ billed }) => billed), yuan(redeemedOf(accounts, programme))],
    ];
  });

const dueColumns = ["provider", "sold for", "by terms", "ratio", "tax", "due", "change"];
const dueRows = ({ dues, totals }: Settlement) => [
  ...dues.map(({ provider, spend, ratio, band, rule, tax, due, adjustment }) => {
    const of = ratio === null ? "" : (Number(ratio) / 1_000_000).toFixed(4);
    const terms = rule === null ? "as charged" : band === null ? "yes" : `band ${band + 1}`;
    return [provider, yuan(spend), terms, of, yuan(tax), yuan(due), yuan(adjustment)];
  }),
  ["all", yuan(totals.charges), "", "", "", yuan(totals.due), ""],
];

const billsShown = 8;
const billRows = (tenants: Found["tenants"], { totals }: Settlement) => {
  const charged = (one: Statement) => one.totals["charges"] ?? 0n;
  const largest = tenants.toSorted((a, b) => Number(charged(b) - charged(a)) || byId(a, b));
  const rows = largest.slice(0, billsShown).map(({ id, totals: own }) => {
    const parts = [own["charges"], own["paidByVouchers"], own["paidInCash"]];
    return [id, ...parts.map((part) => yuan(part ?? (0n as MicroYuan)))];
  });
  return [...rows, ["all", yuan(totals.charges), yuan(totals.vouchers), yuan(totals.cash)]];
};
const byId = (a: Statement, b: Statement) => (a.id < b.id ? -1 : 1);

const yuan = (amount: MicroYuan): string => formatYuan(amount);

/** A heading and a table under it; the first column to the left, figures to the right. */
export function section(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const all = [columns, ...rows];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => (row[i] ?? "").length)));
  const isFigure = columns.map((_, i) => rows.every((row) => /^-?[\d.]*$/.test(row[i] ?? "")));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (isFigure[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  return ["", title, ...all.map((row) => `  ${line(row)}`)];
}
