import { isFinalRun } from "@wadi/core/job";
import { formatPHours } from "@wadi/core/units";
import { routes, type jobDetail, type runView } from "@wadi/protocol";
import type { z } from "zod";
import type { Context } from "../context.ts";
import { findJob } from "../find-job.ts";
import { stateColour } from "../show/colour.ts";
import { facts } from "../show/facts.ts";
import { footnotes, lasted, localTime, marked, money, shortId } from "../show/format.ts";
import { helpLines } from "../show/help.ts";
import { startText, waitText } from "../show/start.ts";
import { table, type Column } from "../show/table.ts";
import { wrap } from "../show/width.ts";

export type JobDetail = z.output<typeof jobDetail>;
type Run = z.output<typeof runView>;

/**
 * One job with its runs and charges, and of one that waits why and what would help; with `spec`,
 * its
 * spec alone, fit to be submitted again.
 */
export async function job(
  context: Context,
  input: { readonly job: string; readonly spec?: true },
): Promise<void> {
  const id = await findJob(context, input.job);
  const { json, value } = await context.ask(routes.readJob, { params: { id } });
  if (input.spec === true) return printSpec(context, (json as { spec: unknown }).spec);
  if (context.json) return context.printJson(json);
  context.print(...jobLines(value, context));
  if (value.state === "queued") context.print(...(await waitLines(context, value)));
}

/** Why it waits, and what would help. */
async function waitLines(context: Context, { id }: JobDetail): Promise<string[]> {
  const { language } = context;
  const asked = { params: { id }, query: { language } };
  const { value } = await context.ask(routes.explainJob, asked);
  const because = value.why ?? value.impossible;
  const at = { language, now: Temporal.Now.instant() };
  const text = because ? waitText(because, at) : value.sentence;
  return ["", ...wrap(text, context.width), ...helpLines(value.help, context)];
}

async function printSpec(context: Context, spec: unknown): Promise<void> {
  if (context.json) return context.printJson(spec);
  const { stringify } = await import("yaml");
  context.write(stringify(spec));
}

/** All that there is to say of a job. */
export function jobLines(
  detail: JobDetail,
  context: Pick<Context, "width" | "paint" | "language">,
): string[] {
  const { paint, language } = context;
  const { runs, estimatedStart } = detail;
  const now = Temporal.Now.instant();
  const about = facts(
    [
      ["job", `${nameOf(detail)}  ${detail.id}`],
      ["tenant", detail.tenant],
      ["state", stateOf(detail)],
      ["start", estimatedStart && startText(estimatedStart, { language, now })],
      ["priority", detail.priority],
      ["submitted", localTime(detail.submittedAt)],
      ["ended", detail.endedAt && localTime(detail.endedAt)],
      ["held", `¥${money(detail.held)}`],
      ["charged", `¥${money(detail.charged)}`],
    ],
    context,
  );
  if (runs.length === 0) return about;
  const messages = runs
    .filter(({ message }) => message !== "")
    .flatMap(({ id, message }) => facts([[shortId(id), message]], context));
  const charged = runs.filter((run): run is Charged => run.charge !== null);
  return [
    ...about,
    "",
    ...table(runs, runColumns, context),
    ...messages,
    ...(charged.length === 0
      ? []
      : ["", paint("bold", "Charges"), ...table(charged, chargeColumns, context)]),
    ...footnotes(runs),
    ...(runs.some(({ preempted }) => preempted) ? [preemptedNote[language]] : []),
    ...isolationLines(runs.at(-1), context),
  ];
}

/** How the last run was kept apart from others, as its centre could. */
function isolationLines(run: Run | undefined, style: Pick<Context, "width" | "paint">): string[] {
  if (!run?.isolation) return [];
  const { means, memoryLimit, cpuLimit, network, fileSystem, treeKill, notes } = run.isolation;
  const how = [
    `memory limit ${memoryLimit}`,
    `cpu limit ${cpuLimit}`,
    `${network} network`,
    `${fileSystem} file system`,
    treeKill ? "nothing is left behind" : "processes may be left behind",
  ];
  return [
    "",
    ...facts([["isolation", `${means}: ${how.join(", ")}`], ...notes.map(noteFact)], style),
  ];
}

const noteFact = (note: string) => ["", note] as const;

type Charged = Run & { readonly charge: NonNullable<Run["charge"]> };

const nameOf = ({ name, array }: JobDetail) => (array ? `${name}[${array.index}]` : name);

function stateOf({ state, why, cancelRequested, endedAt }: JobDetail): string {
  const stopping = cancelRequested && endedAt === null ? ", asked to stop" : "";
  return `${state}${why === null ? "" : ` (${why})`}${stopping}`;
}

const runColumns: readonly Column<Run>[] = [
  { head: "RUN", cell: ({ id }) => shortId(id), keep: 9 },
  { head: "STATE", cell: runState, keep: 9, colour: ({ state }) => stateColour(state) },
  { head: "EXIT", cell: exitOf, keep: 8 },
  { head: "CENTRE", cell: ({ centre }) => centre, keep: 5, least: 8 },
  { head: "POOL", cell: ({ pool }) => pool, keep: 7, least: 8 },
  { head: "CARDS", cell: cardsOf, keep: 6, least: 8 },
  { head: "BEGAN", cell: ({ startedAt }) => (startedAt ? localTime(startedAt) : ""), keep: 3 },
  { head: "TOOK", cell: tookOf, keep: 4, align: "number" },
  { head: "ISOLATION", cell: ({ isolation }) => isolation?.means ?? "", keep: 1 },
];

/** A run that a round stopped, or is stopping, for another job or a better pool. */
function runState({ state, preempted }: Run): string {
  if (!preempted) return state;
  return state === "stopped" ? "preempted" : isFinalRun(state) ? state : `${state}, preempted`;
}

const preemptedNote = {
  en: "preempted: stopped for another job, or for a better pool; paid only for work it has saved",
  zh: "preempted：为其他作业或更合适的资源池而停止；仅对已保存的工作计费",
};

function exitOf({ exitCode, signal }: Run): string {
  return signal ?? (exitCode === null ? "" : String(exitCode));
}

function cardsOf({ cards, model, emulated }: Run): string {
  return `${cards} × ${marked(model, emulated)}`;
}

function tookOf({ startedAt, endedAt }: Run): string {
  return startedAt && endedAt ? lasted(startedAt, endedAt) : "";
}

const chargeColumns: readonly Column<Charged>[] = [
  { head: "RUN", cell: ({ id }) => shortId(id), keep: 9 },
  {
    head: "CARD-SECONDS",
    cell: ({ charge }) => String(charge.usage.cardSeconds),
    keep: 5,
    align: "number",
  },
  { head: "P·HOURS", cell: workOf, keep: 3, align: "number" },
  { head: "PRICE", cell: ({ charge }) => money(charge.price), keep: 2, align: "number" },
  { head: "CHARGE ¥", cell: ({ charge }) => money(charge.charge), keep: 8, align: "number" },
  { head: "VOUCHER ¥", cell: ({ charge }) => money(charge.voucher), keep: 7, align: "number" },
  { head: "CASH ¥", cell: ({ charge }) => money(charge.cash), keep: 7, align: "number" },
  { head: "FEE ¥", cell: ({ charge }) => money(charge.platformFee), keep: 1, align: "number" },
  {
    head: "TO PROVIDER ¥",
    cell: ({ charge }) => money(charge.toProvider),
    keep: 1,
    align: "number",
  },
];

function workOf({ charge: { usage } }: Charged): string {
  return usage.work === null ? "unknown" : formatPHours(usage.work);
}
