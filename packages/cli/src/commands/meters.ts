import { formatRate } from "@wadi/core/units";
import { routes, type meteringRoutes } from "@wadi/protocol";
import type { z } from "zod";
import type { Context } from "../context.ts";
import { findJob } from "../find-job.ts";
import { facts } from "../show/facts.ts";
import { localTime, shortId } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { takeList } from "../take-list.ts";

/** Meters, with what is missing of their readings. */
export async function meters(
  context: Context,
  input: { readonly gaps?: true; readonly limit: number },
): Promise<void> {
  const query = { gaps: input.gaps ? ("only" as const) : ("any" as const) };
  const list = await takeList(context, routes.listMeters, { query, most: input.limit });
  if (context.json) return context.printJson(list.json);
  if (list.items.length === 0) return context.note("there are none");
  context.print(...table(list.items, meterColumns, context));
}

/** Readings that were put aside and count for nothing, each with why. */
export async function oddReadings(
  context: Context,
  input: { readonly limit: number },
): Promise<void> {
  const list = await takeList(context, routes.listOddReadings, { most: input.limit });
  if (context.json) return context.printJson(list.json);
  if (list.items.length === 0) return context.note("all readings fit");
  context.print(...table(list.items, oddColumns, context));
}

/** What a job's runs used, each figure with its basis, and what is missing of their readings. */
export async function meterOf(context: Context, input: { readonly job: string }): Promise<void> {
  const id = await findJob(context, input.job);
  const { json, value } = await context.ask(routes.readRunMetering, { params: { id } });
  if (context.json) return context.printJson(json);
  if (value.items.length === 0) return context.note("it has not run yet");
  for (const run of value.items) context.print(...runLines(run, context));
}

function runLines(run: RunMetering, context: Pick<Context, "width" | "paint">): string[] {
  const { gaps, plausibility, corrections } = run;
  const missing = [
    ...gaps.times.map(({ from, to }) => `${localTime(from)} to ${localTime(to)}`),
    ...gaps.numbers.map(({ from, to }) => `readings ${from} to ${to}`),
    ...(gaps.isEnded ? [] : ["the last reading"]),
  ];
  const { utilisation, kind } = plausibility;
  const used = utilisation === null ? "" : `, ${formatRate(utilisation)} of the time was used`;
  return [
    context.paint("bold", `run ${shortId(run.run)}`),
    ...facts(
      [
        ...run.figures.map(
          ({ measure, basis, quantity, unit }) =>
            [`${measure}, ${basis}`, `${quantity} × ${unit}`] as const,
        ),
        ["missing", missing.join("\n") || "nothing"],
        ["plausible", kind === "unknown" ? "nobody reports its use" : `${kind}${used}`],
        ["corrections", corrections === 0 ? undefined : String(corrections)],
      ],
      context,
    ),
  ];
}

type RunMetering = z.output<typeof meteringRoutes.readRunMetering.reply>["items"][number];
type MeterRow = z.output<typeof meteringRoutes.listMeters.reply>["items"][number];
type OddRow = z.output<typeof meteringRoutes.listOddReadings.reply>["items"][number];

const meterColumns: readonly Column<MeterRow>[] = [
  { head: "ID", cell: ({ id }) => String(id), keep: 4, align: "number" },
  { head: "FROM", cell: ({ signer }) => signer, keep: 3 },
  { head: "SOURCE", cell: ({ source }) => source, keep: 5 },
  { head: "TENANT", cell: ({ tenant }) => tenant, keep: 7 },
  { head: "RESOURCE", cell: ({ resource }) => resource, keep: 8, least: 10 },
  { head: "MEASURE", cell: ({ measure }) => measure, keep: 9 },
  { head: "BASIS", cell: ({ basis }) => basis, keep: 8 },
  { head: "LAST", cell: ({ lastTo }) => localTime(lastTo), keep: 4 },
  { head: "MISSING", cell: ({ missing }) => String(missing), keep: 9, align: "number" },
];

const oddColumns: readonly Column<OddRow>[] = [
  { head: "RECEIVED", cell: ({ receivedAt }) => localTime(receivedAt), keep: 5 },
  { head: "OF", cell: ({ of }) => of, keep: 6 },
  { head: "FROM", cell: ({ from }) => from, keep: 7, least: 10 },
  { head: "WHY", cell: ({ why }) => why, keep: 9 },
  { head: "READING", cell: ({ reading }) => JSON.stringify(reading), keep: 3, least: 12 },
];
