import type { Problem } from "../../capacity/index.ts";
import { formatRate, formatYuan, oneFen, type MicroYuan, type Rate } from "../../units/index.ts";

/* What single values must be. Each returns what is wrong, with the cure. */

const one = 1_000_000n;

/** From 0 to 1, or above 0 where `above0` says so. */
export function checkRate(path: string, value: Rate, { above0 = false } = {}): Problem[] {
  const least = above0 ? "above 0 and at most 1" : "from 0 to 1";
  if (value >= 0n && value <= one && !(above0 && value === 0n)) return [];
  const message = `${formatRate(value)} is no share; use one ${least}, such as 0.3 for 30 %`;
  return [{ path, message }];
}

/** Public money: above 0, in whole fen. */
export function checkMoney(path: string, value: MicroYuan): Problem[] {
  if (value <= 0n) {
    return [{ path, message: `${formatYuan(value)} yuan is nothing; use an amount above 0` }];
  }
  if (value % oneFen === 0n) return [];
  const message = `${formatYuan(value)} yuan is no whole fen; use two decimals at most`;
  return [{ path, message }];
}

export function checkCount(path: string, value: number, least: number): Problem[] {
  if (Number.isInteger(value) && value >= least && value <= 100_000) return [];
  return [{ path, message: `${value} is not allowed; use a whole number of at least ${least}` }];
}

/** A list of names: not empty, each once. */
export function checkNames(path: string, names: readonly string[]): Problem[] {
  if (names.length === 0)
    return [{ path, message: "the list is empty; name one, or leave it out" }];
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    if (first === index) return [];
    const message = `"${name}" stands at ${path}/${first} already; leave one of them out`;
    return [{ path: `${path}/${index}`, message }];
  });
}

/** Days in their order. */
export function checkSpan(
  path: string,
  { from, until }: { from: Temporal.PlainDate; until: Temporal.PlainDate | null },
): Problem[] {
  if (until === null || Temporal.PlainDate.compare(from, until) <= 0) return [];
  const message = `${until} comes before ${from}; let it end on the day it begins, or later`;
  return [{ path: `${path}/until`, message }];
}
