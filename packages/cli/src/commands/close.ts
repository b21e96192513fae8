import { measures } from "@wadi/core/metering";
import { formatRate, noMoney } from "@wadi/core/units";
import { routes, type BodyOf, type ReplyOf } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { facts } from "../show/facts.ts";
import { localTime, money } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";

type Report = ReplyOf<typeof routes.readSettlement>;
type Step = BodyOf<typeof routes.stepSettlement>["step"];

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

/**
 * Takes a month back. Of a published one the first person asks and the second takes it back; one
 * that is not published has posted nothing and is given up at once.
 */
export async function voidMonth(
  context: Context,
  { month, note }: { month: string; note: string },
): Promise<void> {
  const before = await context.ask(routes.readSettlement, { params: { month } });
  const step = before.value.state === "published" ? "ask-void" : "void";
  const { json, value } = await take(context, { month, step, note });
  if (context.json) return context.printJson(json);
  context.print(`${month} is ${value.state}`);
  if (value.state === "void-asked") {
    context.note(
      `another person agrees: wadi close void ${month}, or not: wadi close keep ${month}`,
    );
  } else if (before.value.state === "void-asked") {
    context.note(`its books stay closed; to work it out anew: wadi close prepare ${month}`);
  }
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

type TakenStep = BodyOf<typeof routes.stepSettlement>;
const take = (context: Context, { month, ...body }: TakenStep & { month: string }) =>
  context.ask(routes.stepSettlement, { params: { month }, body });

function reportLines(report: Report, context: Pick<Context, "width" | "paint">): string[] {
  const { month, revision, state, nextSteps, lines, seal, totals, dues, findings } = report;
  const { direct } = report;
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
        ...(totals.direct === noMoney
          ? []
          : [["paid directly", `¥${money(totals.direct)}`] as const]),
        ["next", nextSteps.join(", ")],
      ],
      context,
    ),
    ...(dues.length === 0 ? [] : ["", ...table(dues, dueColumns, context)]),
    ...(direct.length === 0 ? [] : ["", ...table(direct, directColumns, context)]),
    ...(findings.length === 0 ? [] : ["", "does not match:", ...findings.map(findingLine)]),
    ...unbilledLines(report),
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

type Direct = Report["direct"][number];
const directColumns: readonly Column<Direct>[] = [
  { head: "PROVIDER", cell: ({ provider }) => provider, keep: 9, least: 10 },
  { head: "PAID DIRECTLY BY", cell: ({ payer, of }) => `${payer} ${of}`, keep: 8, least: 12 },
  { head: "¥", cell: ({ amount }) => money(amount), keep: 9, align: "number" },
];

/** What no bill of the month has; the cures that there still are. */
function unbilledLines({ month, unpriced, unsold, unagreed, nextSteps }: Report): string[] {
  const stopping = [...unpriced.map(unpricedLine), ...unsold.map(unsoldLine)];
  const open = unagreed.map(unagreedLine);
  const cure = [
    "to bill it: wadi price agree TENANT FILE, with from: no later than that; have it approved;",
    `wadi close prepare ${month}. What is to cost nothing stands in free: of the list`,
  ];
  return [
    ...(stopping.length === 0 ? [] : ["", "has no price, so it cannot be published:", ...stopping]),
    ...(open.length === 0 ? [] : ["", "nothing is agreed, so nobody is billed for it:", ...open]),
    ...(open.length === 0 || !nextSteps.includes("publish") ? [] : cure),
  ];
}

function unpricedLine({ tenant, usage }: Report["unpriced"][number]): string {
  const { measure, attributes, quantity, from, to } = usage;
  const which = Object.entries(attributes).map(([name, value]) => `${name} ${value}`);
  const what = [measure, ...which].join(", ");
  return `  ${tenant}: ${quantity} of ${what}, from ${localTime(from)} to ${localTime(to)}`;
}

const unsoldLine = ({ tenant, list, revision, ...bought }: Report["unsold"][number]): string =>
  `  ${tenant}: ${list}, revision ${revision}, sells no package ${bought.package}, which it buys`;

function unagreedLine({ tenant, measure, basis, ...one }: Report["unagreed"][number]): string {
  const { unit } = measures[measure];
  const what = `${one.quantity} ${unit} of ${measure} (${basis})`;
  return `  ${tenant}: ${what}, from ${localTime(one.from)} to ${localTime(one.to)}`;
}
