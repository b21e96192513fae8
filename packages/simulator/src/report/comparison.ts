import type { Measured } from "./measured.ts";
import type { Words } from "./words.ts";

/** One line of the table of numbers. */
export interface ComparisonRow {
  readonly key: keyof Words;
  /** In the order of the results; null where one has no such number. */
  readonly values: readonly (number | null)[];
  readonly digits: number;
  /** Places in `values` of the best, where one is better than another. */
  readonly best: readonly number[];
  /** Difference from the first, as a share; null where there is none to tell. */
  readonly differences: readonly (number | null)[];
}

type Better = "less" | "more" | "neither";
type Line = readonly [
  key: keyof Words,
  value: (one: Measured) => number | null,
  better: Better,
  digits: number,
];

const hours = (ms: number | null) => (ms === null ? null : ms / 3_600_000);

const lines: readonly Line[] = [
  ["totalCost", ({ measures }) => measures.spending.total, "less", 0],
  ["paid", ({ measures: { spending } }) => paidOf(spending), "less", 0],
  ["compute", ({ measures }) => measures.spending.compute, "less", 0],
  ["data", ({ measures }) => measures.spending.data, "less", 0],
  ["power", ({ measures }) => measures.spending.power, "less", 0],
  ["carbon", ({ measures }) => measures.spending.carbon, "less", 0],
  ["waiting", ({ measures }) => measures.spending.waiting, "less", 0],
  ["loss", ({ measures }) => measures.spending.loss, "less", 0],
  ["waitMean", ({ measures }) => hours(measures.times.all.waitMs.mean), "less", 2],
  ["waitMedian", ({ measures }) => hours(measures.times.all.waitMs.median), "less", 2],
  ["waitP95", ({ measures }) => hours(measures.times.all.waitMs.p95), "less", 2],
  ["completionMean", ({ measures }) => hours(measures.times.all.completionMs.mean), "less", 2],
  ["makespan", ({ measures }) => hours(measures.makespanMs), "less", 1],
  ["use", ({ measures }) => measures.use * 100, "neither", 1],
  ["fairness", ({ measures }) => measures.fairness, "more", 3],
  ["gap", ({ measures: { gap } }) => (gap === null ? null : gap * 100), "less", 2],
  ["estimateError", ({ measures }) => measures.estimated.medianError * 100, "less", 1],
  ["withinP90", ({ measures }) => measures.estimated.withinP90 * 100, "more", 1],
  ["unfinished", ({ measures }) => measures.times.all.unfinished, "less", 0],
  ["neverStarted", ({ measures }) => measures.times.all.neverStarted, "less", 0],
  ["preemptions", ({ measures }) => measures.preemptions, "neither", 0],
  ["faults", ({ measures }) => measures.faults, "neither", 0],
  ["rounds", ({ result }) => result.rounds.count, "neither", 0],
  ["roundP99", ({ result }) => result.rounds.p99Ms, "less", 1],
];

/** What is paid to others: without the worth of waiting and of lost work. */
const paidOf = (spending: Measured["measures"]["spending"]) =>
  spending.compute + spending.data + spending.power + spending.carbon;

/** Lines in which nobody has anything but 0 or nothing are left out, but for unfinished jobs. */
export function comparison(all: readonly Measured[]): ComparisonRow[] {
  return lines.flatMap(([key, value, better, digits]) => {
    const values = all.map((one) => finite(value(one)));
    const isEmpty = values.every((each) => each === null || each === 0);
    if (isEmpty && key !== "unfinished") return [];
    const differences = values.map((each, at) =>
      at === 0 || each?.toFixed(digits) === values[0]?.toFixed(digits)
        ? null
        : differenceOf(each, values[0]),
    );
    return [{ key, values, digits, best: bestOf(values, { better, digits }), differences }];
  });
}

const finite = (value: number | null) => (value !== null && Number.isFinite(value) ? value : null);

const differenceOf = (value: number | null, first: number | null | undefined) =>
  value === null || first === null || first === undefined || first === 0
    ? null
    : (value - first) / Math.abs(first);

/** Equal as they are shown counts as equal; where all are, nobody is marked. */
function bestOf(
  values: readonly (number | null)[],
  { better, digits }: { better: Better; digits: number },
): number[] {
  if (better === "neither") return [];
  const shown = values.map((value) => (value === null ? null : Number(value.toFixed(digits))));
  const known = shown.filter((value) => value !== null);
  const best = better === "less" ? Math.min(...known) : Math.max(...known);
  if (known.length < 2 || known.every((value) => value === best)) return [];
  return shown.flatMap((value, at) => (value === best ? [at] : []));
}
