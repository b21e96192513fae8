import { costOver } from "../capacity/index.ts";
import { divide, durationOf, microYuan, noMoney, type Duration } from "../units/index.ts";
import { slowedDown, slowerBy, type Choice } from "./choose.ts";
import type { Cost } from "./cost.ts";
import { backlogOf, inRound, type Decision } from "./decision.ts";
import { candidatesOf } from "./explain.ts";
import type { Placement } from "./plan.ts";
import type { Eligible } from "./refuse.ts";
import type { QueuedJob, Shape } from "./snapshot.ts";
import { useOf, type WaitingShape } from "./state.ts";

/** Starts a job where `choose` found it a place, for the rest of the round. */
export function place(
  decision: Decision,
  { entry, job, choice }: { entry: WaitingShape; job: QueuedJob; choice: Choice },
): void {
  const { state, undo, leasesLeft, startedOf } = decision;
  const { pool, layout, preferred } = choice;
  const { need } = preferred.judged;
  const { shape } = entry;
  decision.placements.push(placementOf(decision, { entry, job, choice }));

  const taken = { need, hosts: layout.hosts };
  pool.hosts.take(taken);
  const use = useOf({ shape, need, pool: pool.now.id }, state)!;
  state.fairness.place(job.tenant, use);
  undo.push(() => {
    state.fairness.takeBack(job.tenant, use);
    pool.hosts.give(taken);
  });
  const { centre } = pool.now;
  const left = leasesLeft.get(centre);
  if (left !== undefined) leasesLeft.set(centre, left - 1);
  if (job.array !== null) startedOf.set(job.array, (startedOf.get(job.array) ?? 0) + 1);
  addToTimeline(decision, { entry, job, choice });
  const { startsIn, runTime } = preferred.judged.estimate;
  const cards = need.cards * shape.replicas;
  backlogOf(decision).place(pool, { cards, untilMs: decision.nowMs + startsIn + runTime });
}

/** Bookings that come after must know of it. */
function addToTimeline(
  decision: Decision,
  { entry, job, choice }: { entry: WaitingShape; job: QueuedJob; choice: Choice },
): void {
  const { pool, layout, preferred } = choice;
  const { need, estimate } = preferred.judged;
  const { nowMs, undo } = decision;
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
  undo.push(() => pool.timeline.remove(job.id));
}

function placementOf(
  decision: Decision,
  { entry, job, choice }: { entry: WaitingShape; job: QueuedJob; choice: Choice },
): Placement {
  const { shape } = entry;
  const { pool, layout, preferred } = choice;
  const { judged } = preferred;
  const { told } = inRound(decision, entry);
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
