import { routes, type readingView } from "@wadi/protocol";
import type { z } from "zod";
import type { Context } from "../context.ts";
import { findJob } from "../find-job.ts";
import { duration, lasted, localTime, shortId, size } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { takeList } from "../take-list.ts";

/** What the meter of a job read: what its charges are made from. */
export async function readings(
  context: Context,
  input: { readonly job: string; readonly limit: number },
): Promise<void> {
  const id = await findJob(context, input.job);
  const list = await takeList(context, routes.listReadings, { params: { id }, most: input.limit });
  if (context.json) return context.printJson(list.json);
  if (list.items.length === 0) return context.note("nothing was read yet");
  const isBusyTold = list.items.some(({ busyTime }) => busyTime !== undefined);
  const shown = columns.filter(({ head }) => isBusyTold || head !== "BUSY");
  context.print(...table(list.items, shown, context));
  if (!list.hasMore) return;
  await context.written();
  context.note(`only the first ${input.limit}; more with --limit`);
}

type Reading = z.output<typeof readingView>;

const columns: readonly Column<Reading>[] = [
  { head: "RUN", cell: ({ run }) => shortId(run), keep: 9 },
  { head: "NUMBER", cell: numberOf, keep: 8, align: "number" },
  { head: "FROM", cell: ({ from }) => localTime(from), keep: 4 },
  { head: "LENGTH", cell: ({ from, to }) => lasted(from, to), keep: 7, align: "number" },
  { head: "CARDS", cell: ({ cards }) => String(cards), keep: 7, align: "number" },
  { head: "CPU TIME", cell: ({ cpuTime }) => duration(cpuTime), keep: 3, align: "number" },
  { head: "BUSY", cell: busyOf, keep: 3, align: "number" },
  { head: "PEAK", cell: ({ peakMemoryBytes }) => size(peakMemoryBytes), keep: 3, align: "number" },
  { head: "", cell: ({ final }) => (final ? "last" : ""), keep: 2 },
];

/** Card time; empty where the centre cannot say it. */
function busyOf({ busyTime }: Reading): string {
  return busyTime === undefined ? "" : duration(busyTime);
}

/** With its revision where it has one: `3.1` takes the place of `3`. */
function numberOf({ seq, revision = 0 }: Reading): string {
  return revision === 0 ? String(seq) : `${seq}.${revision}`;
}
