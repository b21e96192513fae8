import { costOver } from "../capacity/index.ts";
import { divide, durationOf, microYuan, noMoney } from "../units/index.ts";
import type { Duration, PoolId } from "../units/index.ts";
import { slowedDown, slowerBy } from "./choose.ts";
import type { Cost } from "./cost.ts";
import { backlogOf, inRound, type Decision, type Placed } from "./decision.ts";
import { candidatesOf } from "./explain.ts";
import type { Use } from "./fairness/index.ts";
import type { Placement } from "./plan.ts";
import type { Eligible } from "./refuse.ts";
import type { Shape } from "./snapshot.ts";
import { useOf } from "./state.ts";

/** Starts a job where `choose` found it a place, for the rest of the round. */
export function place(decision: Decision, one: Placed): void {
  const { startedOf } = decision;
  const { entry, job, choice } = one;
  const { pool, preferred } = choice;
  const { need } = preferred.judged;
  const { shape } = entry;
  const at = decision.placed.length;
  put(decision, one, at);
  decision.undo.push(() => unplace(decision, decision.placed[at]!));
  if (job.array !== null) startedOf.set(job.array, (startedOf.get(job.array) ?? 0) + 1);
  const { startsIn, runTime } = preferred.judged.estimate;
  const cards = need.cards * shape.replicas;
  backlogOf(decision).place(pool, { cards, untilMs: decision.nowMs + startsIn + runTime });
}

/** Takes the room of a placement, the round's `at`th, instead of what stood there before. */
export function put(decision: Decision, one: Placed, at: number): void {
  const { state, leasesLeft } = decision;
  const { entry, job, choice } = one;
  const { pool, layout, preferred } = choice;
  const { need } = preferred.judged;
  decision.placements[at] = placementOf(decision, one);
  decision.placed[at] = one;
  pool.hosts.take({ need, hosts: layout.hosts });
  state.fairness.place(job.tenant, usedBy(decision, { entry, choice }));
  const left = leasesLeft.get(pool.now.centre);
  if (left !== undefined) leasesLeft.set(pool.now.centre, left - 1);
  addToTimeline(decision, one);
}

/** Gives back what a placement took. */
export function unplace(decision: Decision, { entry, job, choice }: Placed): void {
  const { state, leasesLeft } = decision;
  const { pool, layout, preferred } = choice;
  state.fairness.takeBack(job.tenant, usedBy(decision, { entry, choice }));
  pool.hosts.give({ need: preferred.judged.need, hosts: layout.hosts });
  const left = leasesLeft.get(pool.now.centre);
  if (left !== undefined) leasesLeft.set(pool.now.centre, left + 1);
  pool.timeline.remove(job.id);
}

function usedBy({ state }: Decision, { entry, choice }: Pick<Placed, "entry" | "choice">): Use {
  const { pool, preferred } = choice;
  const { need } = preferred.judged;
  return useOf({ shape: entry.shape, need, pool: pool.now.id }, state)!;
}

/** Bookings that come after must know of it. */
function addToTimeline({ nowMs }: Decision, { entry, job, choice }: Placed): void {
  const { pool, layout, preferred } = choice;
  const { need, estimate } = preferred.judged;
  const { shape } = entry;
  pool.timeline.add({
    ...{ job: job.id, tenant: job.tenant, shape, need },
    pool: pool.now.id,
    hosts: layout.hosts,
    sinceMs: nowMs,
    expectedEndMs: nowMs + estimate.startsIn + estimate.runTime,
    latestEndMs: nowMs + estimate.startsIn + shape.maxRunTime,
    checkpointedMs: null,
    stopping: false,
  });
}

function placementOf(decision: Decision, { entry, job, choice }: Placed): Placement {
  const { shape } = entry;
  const { pool, layout, preferred } = choice;
  const { judged } = preferred;
  const told = (inRound(decision, entry).told ??= new Map<PoolId, Placement["candidates"]>());
  const candidates = told.get(pool.now.id) ?? candidatesOf(decision, entry, choice);
  told.set(pool.now.id, candidates);
  const slower = slowerBy(decision, { pool, crosses: layout.crosses });
  return {
    job: job.id,
    tenant: job.tenant,
    shape,
    pool: pool.now.id,
    centre: pool.now.centre,
    model: pool.now.model.id,
    emulated: pool.now.emulated,
    need: judged.need,
    hosts: layout.hosts,
    crosses: layout.crosses,
    cost: slower === 0 ? judged.estimate.cost : slowed(judged.estimate.cost, slower),
    expectedRunTime: slowedDown(judged.estimate.runTime, slower),
    limit: runLimit(shape, { judged, nowMs: decision.nowMs }),
    candidates,
  };
}

/** A gang that runs so much longer pays its cards for as much longer. */
function slowed(cost: Cost, thousandths: number): Cost {
  const more = divide(cost.compute * BigInt(thousandths), 1000n, "up");
  return {
    ...cost,
    compute: microYuan(cost.compute + more),
    total: microYuan(cost.total + more),
  };
}

/**
 * How long the run may take: the spec's limit, or as long as the budget pays for at this pool's
 * prices from now on, down to the second. The charge is bounded by the hold as well.
 */
export function runLimit(
  shape: Shape,
  { judged, nowMs }: { judged: Eligible; nowMs: number },
): Duration {
  const { budget, maxRunTime } = shape;
  if (budget === null) return maxRunTime;
  const { pool, option, estimate } = judged;
  const start = Temporal.Instant.fromEpochMilliseconds(nowMs + Math.ceil(estimate.startsIn));
  const cards = option.count * shape.replicas;
  const affordable = (seconds: number) => {
    const end = start.add({ seconds });
    const computed = costOver(pool.prices, { start, end, cards });
    const cost = computed.kind === "cost" ? computed.cost : noMoney;
    const share = divide(cost * BigInt(option.share), 1000n, "up");
    return computed.kind === "cost" && share <= budget;
  };
  let low = 0;
  let high = Math.ceil(maxRunTime / 1000);
  if (affordable(high)) return maxRunTime;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (affordable(middle)) low = middle;
    else high = middle;
  }
  return durationOf(low * 1000);
}
