import { formatRate } from "@wadi/core/units";
import { routes, type ReplyOf } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { facts } from "../show/facts.ts";
import { localTime, money } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";

type Report = ReplyOf<typeof routes.readSettlement>;
type Step = "import" | "allocate" | "compute" | "publish" | "void";

/** A month's settlement: how far it is, what providers are due, what does not match. */
export async function showMonth(context: Context, { month }: { month: string }): Promise<void> {
  const { json, value } = await context.ask(routes.readSettlement, { params: { month } });
  if (context.json) return context.printJson(json);
  context.print(...reportLines(value, context));
}

/** Opens a month, counts its charges and works out what is due; it may be done again. */
export async function prepareMonth(
  context: Context,
  { month, timeZone, note }: { month: string; timeZone: string; note: string },
): Promise<void> {
  await context.ask(routes.openSettlement, { params: { month }, body: { timeZone } });
  for (const step of ["import", "allocate", "compute"] as const) {
    await take(context, { month, step, note });
  }
  await showMonth(context, { month });
}

/** One step of a month that takes a second person. */
export async function stepMonth(
  context: Context,
  { month, step, note }: { month: string; step: Step; note: string },
): Promise<void> {
  const { json, value } = await take(context, { month, step, note });
  if (context.json) return context.printJson(json);
  context.print(`${month} is ${value.state}`);
}

const take = (context: Context, { month, ...body }: { month: string; step: Step; note: string }) =>
  context.ask(routes.stepSettlement, { params: { month }, body });

function reportLines(report: Report, context: Pick<Context, "width" | "paint">): string[] {
  const { month, revision, state, nextSteps, lines, seal, totals, dues, findings } = report;
  const anew = revision > 1 ? `, revision ${revision}` : "";
  return [
    context.paint("bold", `${month}${anew}: ${state}`),
    ...facts(
      [
        ["from", localTime(report.from)],
        ["until", localTime(report.until)],
        ["charges", lines === null ? "not imported" : `${lines}, seal ${seal}`],
        ["charged", `¥${money(totals.charges)}`],
        ["by vouchers", `¥${money(totals.vouchers)}`],
        ["due", `¥${money(totals.due)}`],
        ["given already", `¥${money(totals.posted)}`],
        ["next", nextSteps.join(", ")],
      ],
      context,
    ),
    ...(dues.length === 0 ? [] : ["", ...table(dues, dueColumns, context)]),
    ...(findings.length === 0 ? [] : ["", "does not match:", ...findings.map(findingLine)]),
  ];
}

type Due = Report["dues"][number];
const dueColumns: readonly Column<Due>[] = [
  { head: "PROVIDER", cell: ({ provider }) => provider, keep: 9, least: 10 },
  { head: "MODELS", cell: ({ models }) => models.join(" "), keep: 4, least: 8 },
  { head: "CARD-S", cell: ({ cardSeconds }) => `${cardSeconds}`, keep: 3, align: "number" },
  { head: "PAID", cell: ({ spend }) => money(spend), keep: 6, align: "number" },
  {
    head: "OF LIST",
    cell: ({ ratio }) => (ratio === null ? "" : formatRate(ratio)),
    keep: 2,
    align: "number",
  },
  { head: "TAX", cell: ({ tax }) => money(tax), keep: 2, align: "number" },
  { head: "DUE", cell: ({ due }) => money(due), keep: 9, align: "number" },
  { head: "CHANGE ¥", cell: ({ adjustment }) => money(adjustment), keep: 8, align: "number" },
];

function findingLine({ provider, model, what, expected, found }: Report["findings"][number]) {
  const unit = what === "card-seconds" ? "card-seconds" : "micro-yuan";
  const figures = [
    expected === null ? "" : `expected ${expected}`,
    found === null ? "" : `found ${found}`,
  ].filter(Boolean);
  return `  ${provider}, ${model}: ${what}; ${figures.join(", ")} ${unit}`;
}
