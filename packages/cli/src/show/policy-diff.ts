import type { PolicyDiff } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { localTime, money, shortId } from "./format.ts";
import { say } from "./reason.ts";
import { table, type Column } from "./table.ts";

type Style = Pick<Context, "width" | "paint" | "language">;

/** What a draft of a policy would change: counts of both plans, then start by start. */
export function diffLines(diff: PolicyDiff, style: Style): string[] {
  const { at, version, looksAt, cost } = diff;
  const changes = parts.flatMap((part) => changesOf(diff, { part, style }));
  return [
    `${looksAt.jobs} jobs wait and ${looksAt.runs} runs hold cards, as of ${localTime(at)}`,
    "",
    ...table(parts, countColumns(diff, version), style),
    "",
    `cost of the plan: ¥${money(cost.before)}, under the draft ¥${money(cost.after)}`,
    ...(changes.length > 0
      ? ["", ...table(changes, changeColumns, style)]
      : ["the plan would stay as it is"]),
  ];
}

const parts = ["placements", "bookings", "preemptions", "held"] as const;
type Part = (typeof parts)[number];

const names: Readonly<Record<Part, string>> = {
  placements: "start now",
  bookings: "booked",
  preemptions: "stopped",
  held: "held back",
};

const countColumns = (diff: PolicyDiff, version: number): Column<Part>[] => [
  { head: "", cell: (part) => names[part], keep: 9 },
  {
    head: `VERSION ${version}`,
    cell: (part) => String(diff[part].counts.before),
    keep: 9,
    align: "number",
  },
  { head: "DRAFT", cell: (part) => String(diff[part].counts.after), keep: 9, align: "number" },
];

interface Change {
  readonly sign: "-" | "+";
  readonly what: string;
  readonly job: string;
  readonly where: string;
  readonly more: string;
  readonly cost: string;
}

function changesOf(diff: PolicyDiff, { part, style }: { part: Part; style: Style }): Change[] {
  const what = names[part];
  const { onlyBefore, onlyAfter } = diff[part];
  return [
    ...onlyBefore.map((item) => ({ sign: "-" as const, what, ...worded(item, style) })),
    ...onlyAfter.map((item) => ({ sign: "+" as const, what, ...worded(item, style) })),
  ];
}

type Item = PolicyDiff[Part]["onlyBefore"][number];

function worded(item: Item, { language }: Style): Omit<Change, "sign" | "what"> {
  if ("startsAt" in item) {
    const { job, pool, startsAt, cost } = item;
    return { job: shortId(job), where: pool, more: localTime(startsAt), cost: money(cost) };
  }
  if ("rule" in item) {
    const { job, pool, rule, loss } = item;
    const more = `for ${shortId(item.for)} (${rule})`;
    return { job: shortId(job), where: pool, more, cost: money(loss) };
  }
  return { job: "", where: item.tenant, more: say(item.reason, language), cost: "" };
}

const changeColumns: readonly Column<Change>[] = [
  {
    head: "",
    cell: ({ sign }) => sign,
    keep: 9,
    colour: ({ sign }) => (sign === "+" ? "green" : "red"),
  },
  { head: "WHAT", cell: ({ what }) => what, keep: 9 },
  { head: "JOB", cell: ({ job }) => job, keep: 9 },
  { head: "WHERE", cell: ({ where }) => where, keep: 8, least: 8 },
  { head: "WHEN, WHY", cell: ({ more }) => more, keep: 6, least: 12 },
  { head: "¥", cell: ({ cost }) => cost, keep: 5, align: "number" },
];
