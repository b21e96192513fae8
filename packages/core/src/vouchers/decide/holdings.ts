import type { Rate } from "../../units/index.ts";
import type { Holding } from "../case.ts";

const whole = 1_000_000n;

/**
 * Who holds at least `least` of a party, directly and through others. Shares along a chain are
 * multiplied, chains are added up; a chain has at most as many links as there are parties, so that
 * holdings in a circle come to an end. Exact: no product is rounded.
 */
export function sharesIn(party: string, holdings: readonly Holding[], least: Rate): Set<string> {
  const parties = new Set(holdings.flatMap(({ holder, held }) => [holder, held]));
  // After n links a share is a whole number of 1 / 10^(6n).
  let reached = new Map([[party, 1n]]);
  let sums = new Map<string, bigint>();
  let scale = 1n;
  for (let links = 0; links < parties.size && reached.size > 0; links += 1) {
    reached = oneLinkUp(reached, holdings, party);
    scale *= whole;
    const before = [...sums].map(([holder, sum]): [string, bigint] => [holder, sum * whole]);
    sums = new Map(before);
    for (const [holder, share] of reached) sums.set(holder, (sums.get(holder) ?? 0n) + share);
  }
  const enough = ([, sum]: [string, bigint]) => sum * whole >= least * scale;
  return new Set([...sums].filter(enough).map(([holder]) => holder));
}

/** Chains end at the party itself: what it holds of its own holders gives nobody a share in it. */
function oneLinkUp(
  reached: ReadonlyMap<string, bigint>,
  holdings: readonly Holding[],
  party: string,
): Map<string, bigint> {
  const next = new Map<string, bigint>();
  for (const { holder, held, share } of holdings) {
    const below = reached.get(held);
    if (below === undefined || holder === party || share <= 0n) continue;
    next.set(holder, (next.get(holder) ?? 0n) + below * share);
  }
  return next;
}
