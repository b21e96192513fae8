import { right, wrong, type Value } from "./sbatch-values.ts";

export interface ArrayIndices {
  /** Ascending, each once. */
  readonly indices: readonly number[];
  /** At most so many at once; null: no such bound. */
  readonly parallel: number | null;
}

/** As many jobs as one array may have. */
const countMost = 10_000;
/** The largest index that Slurm itself can be set up for. */
const indexMost = 4_000_000;

/**
 * Array indices: numbers and ranges by comma, a range with its step, and how many at once:
 * `1,3,10-20:5%4`. The same index twice counts once. Brackets around the list are allowed.
 */
export function readArray(text: string): Value<ArrayIndices> {
  const [, list = "", limit] = /^\[?([\d,:-]*?)\]?(?:%(\d{1,9}))?$/.exec(text) ?? [];
  if (list === "") {
    return wrong(`"${text}" is no list of indices; write them as 0-9, 1,3,5 or 0-15:4%2`);
  }
  const ranges = list.split(",").map(readRange);
  const bad = ranges.findIndex((range) => range === null);
  if (bad >= 0) {
    return wrong(`"${list.split(",")[bad]}" is no index or range; write 5, 0-9 or 0-9:3`);
  }
  const indices = collect(ranges.filter((range) => range !== null));
  if (indices === null) {
    return wrong(`"${text}" has more than ${countMost} indices; split it into several arrays`);
  }
  if (indices.at(-1)! > indexMost) {
    return wrong(`"${text}" goes above ${indexMost}; use smaller indices`);
  }
  if (limit !== undefined && Number(limit) < 1) {
    return wrong(`"%${limit}" lets none run; write how many may run at once, or leave it out`);
  }
  return right({ indices, parallel: limit === undefined ? null : Number(limit) });
}

/** The first index and the distance to the next, where all are equally far apart. */
export function evenSteps(indices: readonly number[]): { first: number; step: number } | null {
  const first = indices[0] ?? 0;
  const step = indices.length > 1 ? indices[1]! - first : 1;
  return indices.every((index, i) => index === first + i * step) ? { first, step } : null;
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

function readRange(text: string): Range | null {
  const [, from, to, by] = /^(\d{1,9})(?:-(\d{1,9})(?::(\d{1,9}))?)?$/.exec(text) ?? [];
  if (from === undefined) return null;
  const range = { first: Number(from), last: Number(to ?? from), step: Number(by ?? 1) };
  return range.last >= range.first && range.step >= 1 ? range : null;
}

/** Null where there are too many; no more are made than are allowed, whatever the text says. */
function collect(ranges: readonly Range[]): number[] | null {
  const found = new Set<number>();
  let made = 0;
  for (const { first, last, step } of ranges) {
    for (let index = first; index <= last; index += step) {
      found.add(index);
      if (found.size > countMost || ++made > 10 * countMost) return null;
    }
  }
  return [...found].sort((a, b) => a - b);
}
