import { leastCardPrice, priceAt, type PriceSchedule } from "../capacity/index.ts";
import {
  certify,
  type BoundGroup,
  type BoundOption,
  type BoundPool,
  type BoundProblem,
  type Certificate,
  type Effort,
} from "./bound/index.ts";
import { waitingCost, waitingWorth } from "./cost.ts";
import { judgedOf } from "./judged.ts";
import type { Preferred } from "./preference.ts";
import type { RunNow, Shape } from "./snapshot.ts";
import { runningShape, type PoolState, type RegionState, type WaitingShape } from "./state.ts";

/**
 * How far ahead a certificate looks: hour by hour, then from one change of a price to the next.
 * What would start later is bounded coarsely, as if each job had cards of its own.
 */
const hoursAhead = 48;
const hoursInAll = 7 * 24;
const hourMs = 3_600_000;

/**
 * What no way of running the waiting jobs could cost less than, and what a card-hour is worth to
 * others meanwhile. Runs that hold cards now are taken to end when they are expected to.
 */
export function certifyQueue(state: RegionState, nowMs: number, effort: Effort = {}): Certificate {
  return certify(problemOf(state, nowMs), effort);
}

function problemOf(state: RegionState, nowMs: number): BoundProblem {
  const edgesMs = edgesFrom(state, nowMs);
  const isMovable = ({ shape, stopping }: RunNow) =>
    state.policy.preemption.moves !== null && shape.preemptible && !stopping;
  const pools = state.inOrder.map((pool) => poolOf(pool, { edgesMs, isMovable }));
  const waiting = [...state.queue.entries()].map((entry) => groupOf(state, entry, nowMs));
  const movable = [...state.runs.values()].filter(isMovable);
  const groups = [...waiting, ...movable.map((run) => groupOfRun(state, run, nowMs))];
  return { nowMs, edgesMs, pools, groups: groups.filter(({ options }) => options.length > 0) };
}

/** Now, then each full hour; after the first days those at which a price changes somewhere. */
function edgesFrom({ inOrder }: RegionState, nowMs: number): number[] {
  const first = (Math.floor(nowMs / hourMs) + 1) * hourMs;
  const edges = [nowMs, ...Array.from({ length: hoursAhead }, (_, i) => first + i * hourMs)];
  const schedules = new Set(inOrder.map(({ now }) => now.prices));
  for (let hour = hoursAhead; hour <= hoursInAll; hour += 1) {
    const atMs = first + hour * hourMs;
    const isLast = hour === hoursInAll;
    if (isLast || [...schedules].some((prices) => changesAt(prices, atMs))) edges.push(atMs);
  }
  return edges;
}

const changesAt = (prices: PriceSchedule, atMs: number) =>
  !(prices.periods.length === 1 && prices.periods[0]!.flat !== null) &&
  priceOf(prices, atMs) !== priceOf(prices, atMs - hourMs);

function poolOf(
  { now, hosts, runs }: PoolState,
  { edgesMs, isMovable }: { edgesMs: readonly number[]; isMovable: (run: RunNow) => boolean },
): BoundPool {
  const hours = edgesMs.length - 1;
  const held = new Float64Array(hours);
  const least = new Float64Array(hours);
  for (const run of runs.values()) {
    if (isMovable(run)) continue;
    const { need, shape, expectedEndMs, stopping } = run;
    const cards = (need.cards * shape.replicas * need.share) / 1000;
    for (let hour = 0; hour < hours; hour += 1) {
      const [fromMs, toMs] = [edgesMs[hour]!, edgesMs[hour + 1]!];
      const endMs = stopping ? fromMs : expectedEndMs;
      if (endMs <= fromMs) break;
      held[hour]! += (cards * (Math.min(endMs, toMs) - fromMs)) / (toMs - fromMs);
      if (endMs >= toMs) least[hour]! += cards;
    }
  }
  const free = (used: number) => (now.closed ? 0 : Math.max(0, hosts.totalCards - used));
  return {
    id: now.id,
    freeCards: Array.from(held, free),
    mostFree: Array.from(least, free),
    perCardHour: Array.from({ length: hours }, (_, i) => priceOf(now.prices, edgesMs[i]!)),
    perCardHourAfter: lowestPrice(now.prices),
  };
}

function groupOf(state: RegionState, entry: WaitingShape, nowMs: number): BoundGroup {
  const { shape, groups } = entry;
  const { preferred } = judgedOf(state, entry, nowMs);
  let jobs = 0;
  for (const group of groups.values()) jobs += group.jobs.length;
  return {
    id: shape.key,
    jobs,
    waitingPerHour: Number(waitingWorth(shape, state.policy)),
    options: preferred.map((one) => optionOf(state, shape, { one, nowMs })),
  };
}

/** A run that may be stopped and go elsewhere competes for all cards, those it holds as well. */
function groupOfRun(state: RegionState, run: RunNow, nowMs: number): BoundGroup {
  const { shape } = run;
  const { preferred } = judgedOf(state, runningShape(state, run), nowMs);
  const here = preferred.find(({ judged }) => judged.pool.id === run.pool)?.judged;
  const leftMs = Math.max(60_000, run.expectedEndMs - nowMs);
  const left = here ? Math.min(1, leftMs / here.runTime.expected) : 1;
  return {
    id: `run ${run.job}`,
    jobs: 1,
    waitingPerHour: Number(waitingWorth(shape, state.policy)),
    options: preferred.map((one) => {
      const option = optionOf(state, shape, { one, nowMs });
      // Its data is where it runs; elsewhere all of it is brought again.
      const data = Number(one.judged.estimate.cost.data);
      const isHere = option.pool === run.pool;
      const fixed = (option.fixed - data) * left + (isHere ? 0 : data);
      const readyMs = isHere ? nowMs : option.readyMs;
      const runMs = Math.max(1, option.runMs * left);
      const { prices } = one.judged.pool;
      const perCardAfter = leastCardPrice(prices, { runMs, fromMs: nowMs });
      return { ...option, readyMs, fixed, runMs, perCardAfter };
    }),
  };
}

function optionOf(
  { policy }: RegionState,
  shape: Shape,
  { one, nowMs }: { one: Preferred; nowMs: number },
): BoundOption {
  const { option, estimate, latestStartMs, pool, runTime, shortest } = one.judged;
  const { compute, data, power, carbon, loss } = estimate.cost;
  const slower = waitingCost(shape, Math.max(0, runTime.expected - shortest), policy);
  const runMs = Math.max(1, runTime.expected);
  return {
    pool: pool.id,
    cards: (option.count * shape.replicas * option.share) / 1000,
    runMs,
    readyMs: nowMs + estimate.startsIn,
    latestStartMs: latestStartMs === null ? null : latestStartMs + estimate.startsIn,
    fixed: Number(data + power + carbon + slower),
    loss: compute === 0n ? 0 : Number(loss) / Number(compute),
    perCardAfter: leastCardPrice(pool.prices, { runMs, fromMs: nowMs }),
  };
}

function priceOf(prices: PriceSchedule, atMs: number): number {
  const found = priceAt(prices, Temporal.Instant.fromEpochMilliseconds(atMs));
  return found.kind === "price" ? Number(found.perCardHour) : lowestPrice(prices);
}

const lowestPrice = ({ periods }: PriceSchedule): number =>
  periods.reduce(
    (least, { week }) => week.reduce((low, price) => Math.min(low, Number(price)), least),
    Infinity,
  );
