import { durationOf } from "@wadi/core/units";
import type { Measured } from "@wadi/simulator/report";
import { difference, shown } from "@wadi/simulator/report";
import { duration } from "../show/format.ts";
import { table, type Column, type TableStyle } from "../show/table.ts";

/** The numbers that are looked at first, for people. */
export function summaryTable(all: readonly Measured[], style: TableStyle): string[] {
  const first = all[0]!.measures.spending.total;
  const columns: readonly Column<Measured>[] = [
    { head: "DISPATCHER", cell: ({ result }) => result.dispatcher, keep: 9, least: 10 },
    {
      head: "COST ¥",
      cell: ({ measures }) => shown(measures.spending.total),
      keep: 9,
      align: "number",
    },
    {
      head: "BESIDE THE FIRST",
      cell: ({ measures, number }) =>
        number === 1 || first === 0 ? "" : difference(measures.spending.total / first - 1),
      keep: 8,
      align: "number",
    },
    { head: "MEAN WAIT", cell: ({ measures }) => waited(measures, "mean"), keep: 8 },
    { head: "P95 WAIT", cell: ({ measures }) => waited(measures, "p95"), keep: 5 },
    {
      head: "CARDS USED",
      cell: ({ measures }) => `${shown(measures.use * 100, 1)} %`,
      keep: 6,
      align: "number",
    },
    {
      head: "FAIRNESS",
      cell: ({ measures }) => measures.fairness.toFixed(3),
      keep: 4,
      align: "number",
    },
    {
      head: "UNFINISHED",
      cell: ({ measures }) => String(measures.times.all.unfinished),
      keep: 7,
      align: "number",
    },
  ];
  return table(all, columns, style);
}

function waited({ times }: Measured["measures"], which: "mean" | "p95"): string {
  const ms = times.all.waitMs[which];
  return Number.isFinite(ms) ? duration(durationOf(ms)) : "–";
}

/** The same for programs; results.json has all of it. */
export const summaryOf = ({ result, measures }: Measured) => ({
  dispatcher: result.dispatcher,
  cost: measures.spending.total,
  waitMeanMs: measures.times.all.waitMs.mean,
  waitP95Ms: measures.times.all.waitMs.p95,
  use: measures.use,
  fairness: measures.fairness,
  unfinished: measures.times.all.unfinished,
});
