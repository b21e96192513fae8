/** One thing that must hold at the end, and what speaks against it. */
export interface Check {
  readonly name: string;
  readonly problems: readonly string[];
}

/** Holds where two figures are the same. */
export function same(name: string, left: bigint, right: bigint): Check {
  return { name, problems: left === right ? [] : [`${left} is not ${right}`] };
}

/** Holds where nothing is said against it; at most so many sentences are kept. */
export const holds = (name: string, problems: readonly string[]): Check => ({
  name,
  problems: problems.slice(0, 5),
});
