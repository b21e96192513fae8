import type { JobOutcome } from "../result.ts";
import { sharesOf } from "./shares.ts";
import type { Measured } from "./measured.ts";

/* The files for programs: numbers as they are, times in milliseconds since 1970, money in yuan. */

type Cell = string | number | null;

const resultColumns: readonly (readonly [string, (one: Measured) => Cell])[] = [
  ["dispatcher", ({ result }) => result.dispatcher],
  ["workload", ({ result }) => result.workload],
  ["seed", ({ result }) => result.seed],
  ["jobs", ({ measures }) => measures.times.all.jobs],
  ["unfinished", ({ measures }) => measures.times.all.unfinished],
  ["never_started", ({ measures }) => measures.times.all.neverStarted],
  ["cost_total", ({ measures }) => measures.spending.total],
  ["cost_compute", ({ measures }) => measures.spending.compute],
  ["cost_data", ({ measures }) => measures.spending.data],
  ["cost_waiting", ({ measures }) => measures.spending.waiting],
  ["cost_loss", ({ measures }) => measures.spending.loss],
  ["cost_power", ({ measures }) => measures.spending.power],
  ["cost_carbon", ({ measures }) => measures.spending.carbon],
  ["wait_mean_ms", ({ measures }) => measures.times.all.waitMs.mean],
  ["wait_median_ms", ({ measures }) => measures.times.all.waitMs.median],
  ["wait_p95_ms", ({ measures }) => measures.times.all.waitMs.p95],
  ["completion_mean_ms", ({ measures }) => measures.times.all.completionMs.mean],
  ["completion_median_ms", ({ measures }) => measures.times.all.completionMs.median],
  ["completion_p95_ms", ({ measures }) => measures.times.all.completionMs.p95],
  ["makespan_ms", ({ measures }) => measures.makespanMs],
  ["use", ({ measures }) => measures.use],
  ["fairness", ({ measures }) => measures.fairness],
  ["gap", ({ measures }) => measures.gap],
  ["estimates_told", ({ measures }) => measures.estimated.told],
  ["estimate_median_error", ({ measures }) => measures.estimated.medianError],
  ["estimate_within_p90", ({ measures }) => measures.estimated.withinP90],
  ["preemptions", ({ measures }) => measures.preemptions],
  ["faults", ({ measures }) => measures.faults],
  ["rounds", ({ result }) => result.rounds.count],
  ["round_median_ms", ({ result }) => result.rounds.medianMs],
  ["round_p99_ms", ({ result }) => result.rounds.p99Ms],
];

const jobColumns: readonly (readonly [string, (job: JobOutcome) => Cell])[] = [
  ["job", ({ id }) => id],
  ["tenant", ({ tenant }) => tenant],
  ["priority", ({ priority }) => priority],
  ["cards", ({ cards }) => cards],
  ["submitted_ms", ({ submittedMs }) => submittedMs],
  ["started_ms", ({ startedMs }) => startedMs],
  ["ended_ms", ({ endedMs }) => endedMs],
  ["pool", ({ pool }) => pool],
  ["cost_compute", ({ cost }) => cost.compute],
  ["cost_data", ({ cost }) => cost.data],
  ["cost_waiting", ({ cost }) => cost.waiting],
  ["cost_loss", ({ cost }) => cost.loss],
  ["cost_power", ({ cost }) => cost.power],
  ["cost_carbon", ({ cost }) => cost.carbon],
  ["estimate_p50_ms", ({ estimate }) => estimate?.p50Ms ?? null],
  ["estimate_p90_ms", ({ estimate }) => estimate?.p90Ms ?? null],
  ["preemptions", ({ preemptions }) => preemptions],
  ["faults", ({ faults }) => faults],
];

/** A row for each dispatcher. */
export function resultsCsv(all: readonly Measured[]): string {
  const rows = all.map((one) => resultColumns.map(([, value]) => value(one)));
  return [resultColumns.map(([name]) => name), ...rows].map(csvLine).join("");
}

/** A row for each dispatcher and job, in pieces: there may be millions. */
export function* jobsCsv(all: readonly Measured[]): Generator<string> {
  yield csvLine(["dispatcher", ...jobColumns.map(([name]) => name)]);
  for (const { result } of all) {
    for (let from = 0; from < result.jobs.length; from += 2000) {
      const some = result.jobs.slice(from, from + 2000);
      yield some
        .map((job) => csvLine([result.dispatcher, ...jobColumns.map(([, value]) => value(job))]))
        .join("");
    }
  }
}

/** By tenant: share received ÷ share entitled. */
export const sharesJson = ({ result }: Measured) =>
  Object.fromEntries(sharesOf(result).map(({ tenant, share }) => [tenant, plain(share)]));

/** RFC 4180; what is not a number or not there is empty. */
const csvLine = (cells: readonly Cell[]): string => `${cells.map(cellText).join(",")}\r\n`;

const cellText = (cell: Cell): string =>
  typeof cell === "number" ? numberCell(cell) : textCell(cell);

const numberCell = (value: number) => (Number.isFinite(value) ? String(plain(value)) : "");

const textCell = (text: string | null) =>
  text !== null && /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : (text ?? "");

/** To a millionth: sums of floats end in digits that mean nothing. */
export const plain = (value: number) => Math.round(value * 1e6) / 1e6;
