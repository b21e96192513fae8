import { highestPrice } from "../capacity/index.ts";
import { divide, least, microYuan, noMoney, type MicroYuan } from "../units/index.ts";
import { byPreference, choose, explain, type Candidate, type Eligible } from "./decide.ts";
import { judge } from "./refuse.ts";
import type { Shape, Snapshot } from "./snapshot.ts";

export interface Quote {
  readonly at: Temporal.Instant;
  /** Chosen and possible ones first, cheapest first; refused ones last. */
  readonly candidates: readonly Candidate[];
  /** The most that one run can be charged in any pool it may come to. */
  readonly most: MicroYuan;
  readonly verdict: "starts-now" | "waits" | "impossible";
}

/** What the next round would say of a job if it were alone in the queue. */
export function quote(shape: Shape, snapshot: Snapshot): Quote {
  const judged = judge(shape, snapshot);
  const preferred = byPreference(shape, judged);
  const hostsOf = (pool: Snapshot["pools"][number]) => pool.hosts;
  const choice = choose(shape, preferred, hostsOf);
  return {
    at: snapshot.now,
    candidates: explain(shape, judged, { hostsOf, choice }),
    most: mostOf(shape, preferred, snapshot.now),
    verdict: choice ? "starts-now" : preferred.length > 0 ? "waits" : "impossible",
  };
}

/**
 * The most a run can be charged: its longest time at the highest price of each pool from now on,
 * the dearest of them, bounded by the budget. It may start at any hour, so the schedule's peak
 * counts, not today's price.
 */
function mostOf(shape: Shape, eligible: readonly Eligible[], now: Temporal.Instant): MicroYuan {
  const seconds = BigInt(Math.ceil(shape.maxRunTime / 1000));
  const each = eligible.map(({ pool, option }) => {
    const cards = BigInt(option.count * shape.replicas);
    const perHour = highestPrice(pool.prices, now);
    return microYuan(divide(perHour * cards * seconds, 3600n, "up"));
  });
  const most = each.reduce((a, b) => (b > a ? b : a), noMoney);
  return shape.budget === null ? most : least(most, shape.budget);
}
