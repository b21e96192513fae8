import type { PoolId } from "../units/index.ts";
import { laterStarts } from "./later.ts";
import { byPreference } from "./preference.ts";
import { judge } from "./refuse.ts";
import type { Judged, RegionState, WaitingShape } from "./state.ts";

/**
 * Costs are worked out as of the last full five minutes, so that they need not be worked out anew
 * in each round: prices change by the hour.
 */
const stepMs = 300_000;
export const costedFrom = (nowMs: number) => Math.floor(nowMs / stepMs) * stepMs;

/** What is known of a shape, worked out anew only where the facts have changed. */
export function judgedOf(state: RegionState, entry: WaitingShape, nowMs: number): Judged {
  const startMs = costedFrom(nowMs);
  const { factsVersion, scarcity } = state;
  const known = entry.judged;
  if (known?.factsVersion === factsVersion && known.startMs === startMs) return known;
  const { shape } = entry;
  const facts = {
    links: state.links,
    policy: state.policy,
    learnt: state.learnt,
    models: state.models,
    pools: state.inOrder.map(({ now }) => now),
    startMs,
    fitsEmpty: (pool: { readonly id: PoolId }, gang: Parameters<FitsEmpty>[0]) =>
      state.pools.get(pool.id)!.hosts.fitsEmpty(gang),
  };
  const before = known?.factsVersion === factsVersion ? known.judgements : undefined;
  const judgements = judge(shape, facts, before);
  const preferred = byPreference(shape, judgements, { startMs, scarcity });
  const later = laterStarts(shape, preferred, { ...facts, scarcity });
  entry.judged = { judgements, preferred, later, factsVersion, startMs };
  return entry.judged;
}

type FitsEmpty = RegionState["inOrder"][number]["hosts"]["fitsEmpty"];
