import { lineSentence, lineSentences, type Language, type ReportLine } from "@wadi/core/dispatch";
import { routes, type RegionReportView } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { duration, localTime, marked, money } from "../show/format.ts";
import { facts, hanging } from "../show/facts.ts";
import { table, type Column } from "../show/table.ts";

/** The region as its operator asks about it: what waits and why, what is idle, what it costs. */
export async function regionReport(context: Context): Promise<void> {
  const query = { language: context.language };
  const { json, value } = await context.ask(routes.reportRegion, { query });
  if (context.json) return context.printJson(json);
  context.print(...reportLines(value, context));
}

type Style = Pick<Context, "width" | "paint" | "language">;
type Line = RegionReportView["binding"][number];

function reportLines(report: RegionReportView, style: Style): string[] {
  const { language } = style;
  const { binding, scarceModels, hot, ahead, idle, queue } = report;
  const title = (name: keyof typeof titles) => titles[name][language];
  return [
    ...aboutLines(report, style),
    ...part(title("queue"), queue.length > 0 ? table(queue, queueColumns, style) : [], style),
    ...part(title("binding"), listed([...binding, ...scarceModels], style), style),
    ...part(title("hot"), listed([...hot, ...ahead], style), style),
    ...part(title("idle"), idle.length > 0 ? table(idle, idleColumns(language), style) : [], style),
    ...part(title("centres"), table(report.byCentre, useColumns, style), style),
    ...part(title("models"), table(report.byModel, useColumns, style), style),
  ];
}

const titles = {
  queue: { en: "What waits", zh: "等待中的作业" },
  binding: { en: "What holds jobs back", zh: "制约因素" },
  hot: { en: "Where one more card would be worth most", zh: "紧缺资源池" },
  idle: { en: "Idle cards", zh: "空闲资源池" },
  centres: { en: "Centres", zh: "各中心" },
  models: { en: "Card models", zh: "各卡型" },
};

function aboutLines({ at, looksAt, certificate }: RegionReportView, style: Style): string[] {
  const { jobs, runs, isAll } = looksAt;
  const looked = `${isAll ? "" : "more than "}${jobs} jobs wait, ${runs} runs hold cards`;
  const gap = certificate?.gap;
  const above = gap === null || gap === undefined ? "" : `, ${(gap * 100).toFixed(1)} % above it`;
  return facts(
    [
      ["as of", localTime(at)],
      ["region", looked],
      ["plan", certificate && `¥${money(certificate.cost)} for ${certificate.jobs} jobs${above}`],
      ["bound", certificate && `¥${money(certificate.bound)}: no plan costs less`],
      ["certified", certificate && `${duration(certificate.age)} ago`],
    ],
    style,
  );
}

const part = (title: string, lines: readonly string[], { paint }: Style): string[] =>
  lines.length === 0 ? [] : ["", paint("bold", title), ...lines];

const listed = (lines: readonly Line[], { width, language }: Style): string[] =>
  lines.flatMap((line) => hanging("-", said(line, language), { width, indent: 2 }));

/** In the reader's language; what only a newer hub knows, in the hub's own. */
function said(line: Line, language: Language): string {
  if (!Object.hasOwn(lineSentences, line.code)) return line.sentence;
  return lineSentence(line as unknown as ReportLine, language);
}

type Queued = RegionReportView["queue"][number];
const queueColumns: readonly Column<Queued>[] = [
  { head: "PRIORITY", cell: ({ priority }) => priority, keep: 9 },
  { head: "MODEL", cell: ({ model }) => model, keep: 9, least: 10 },
  { head: "JOBS", cell: ({ jobs }) => String(jobs), keep: 8, align: "number" },
  { head: "CARDS", cell: ({ cards }) => String(cards), keep: 7, align: "number" },
  { head: "LONGEST", cell: ({ longestWait }) => duration(longestWait), keep: 6, align: "number" },
];

type Idle = RegionReportView["idle"][number];
const idleColumns = (language: Language): readonly Column<Idle>[] => [
  { head: "POOL", cell: ({ pool }) => pool, keep: 9, least: 8 },
  { head: "MODEL", cell: ({ model, emulated }) => marked(model, emulated), keep: 6, least: 10 },
  { head: "FREE", cell: ({ free }) => String(free), keep: 8, align: "number" },
  { head: "CARDS", cell: ({ total }) => String(total), keep: 5, align: "number" },
  {
    head: "WHY",
    cell: ({ because: [first] }) => (first ? said(first, language) : ""),
    keep: 7,
    least: 20,
  },
];

type Use = RegionReportView["byCentre"][number] | RegionReportView["byModel"][number];
const useColumns: readonly Column<Use>[] = [
  { head: "NAME", cell: ({ name }) => name, keep: 9, least: 10 },
  { head: "CARDS", cell: ({ total }) => String(total), keep: 6, align: "number" },
  { head: "USED", cell: ({ used }) => String(used), keep: 8, align: "number" },
  { head: "STARTING", cell: ({ starting }) => String(starting), keep: 4, align: "number" },
  { head: "FREE", cell: ({ free }) => String(free), keep: 8, align: "number" },
  { head: "EMULATED", cell: ({ emulated }) => (emulated > 0 ? String(emulated) : ""), keep: 3 },
];
