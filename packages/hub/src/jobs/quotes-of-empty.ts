import { openQuotes, type Policy, type Quote, type Shape } from "@wadi/core/dispatch";

import { readRegion, type Region } from "../centres/index.ts";
import type { Hub } from "../context.ts";
import { readPolicyNow } from "../policy/index.ts";
import { emptySnapshot } from "./snapshot.ts";

/** Costs are worked out as of the last five minutes in any case: within one they are the same. */
const goodForMs = 60_000;
/** So many shapes are remembered; a region has a few hundred at a time. */
const keptMax = 2000;

interface Kept {
  readonly policy: Policy;
  readonly atMs: number;
  readonly ask: (shape: Shape) => Quote;
  readonly quotes: Map<string, Quote>;
}
const kept = new WeakMap<Region, Kept>();

/**
 * What the region would say of a job if all of it were free and open: whether it can ever run, and
 * the most it can cost. A large region is laid out once for all who ask within a minute.
 */
export async function quotesOfEmpty(
  hub: Pick<Hub, "db" | "clock">,
): Promise<(shape: Shape) => Quote> {
  const { policy } = await readPolicyNow(hub, hub.db.sql);
  const region = await readRegion(hub);
  const { ask, quotes } = keptFor(region, { policy, now: hub.clock.now() });
  return (shape) => {
    const quoted = quotes.get(shape.key) ?? ask(shape);
    if (quotes.size >= keptMax) quotes.clear();
    quotes.set(shape.key, quoted);
    return quoted;
  };
}

function keptFor(region: Region, at: { policy: Policy; now: Temporal.Instant }): Kept {
  const before = kept.get(region);
  const atMs = at.now.epochMilliseconds;
  const isGood = before?.policy === at.policy && Math.abs(atMs - before.atMs) < goodForMs;
  if (before && isGood) return before;
  const ask = openQuotes(emptySnapshot(region, at));
  const fresh = { policy: at.policy, atMs, ask, quotes: new Map<string, Quote>() };
  kept.set(region, fresh);
  return fresh;
}
