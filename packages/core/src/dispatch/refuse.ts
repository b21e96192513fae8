import type { PricePeriod } from "../capacity/index.ts";
import type { CardOption } from "../job/index.ts";
import { durationOf, formatYuan, type Duration } from "../units/index.ts";
import { estimate, estimateAgain, type CostFacts, type Estimate } from "./cost.ts";
import type { Layout, PoolHosts } from "./fit/index.ts";
import type { Reason } from "./reason.ts";
import { runTimeOn, type RunTime, type RunTimeFacts } from "./run-time.ts";
import type { Need, PoolNow, Shape } from "./snapshot.ts";

/** What can be said of one pool for one shape, whatever is free in it now. */
export type Judgement = Refused | Eligible;

export interface Refused {
  readonly kind: "refused";
  readonly pool: PoolNow;
  readonly reason: Reason;
}

export interface Eligible {
  readonly kind: "eligible";
  readonly pool: PoolNow;
  readonly option: CardOption;
  /** Place of the option in the job's list. */
  readonly rank: number;
  readonly need: Need;
  readonly runTime: RunTime;
  readonly estimate: Extract<Estimate, { kind: "estimate" }>;
  /** Beyond this it would miss its deadline; null without one. */
  readonly latestStartMs: number | null;
  /** On the fastest of the cards it may have. */
  readonly shortest: Duration;
  /** What was found of its room there, whatever it cost, and what one card costs it at least. */
  readonly kept: { laidOut: LaidOut | null; leastPerCard: number | null };
}

/** Where a gang would go in a pool in which nothing is promised, as of its room at some moment. */
export interface LaidOut {
  readonly hosts: PoolHosts;
  /** Of the pool, by then. */
  readonly changes: number;
  readonly gains: number;
  /** Undefined: nowhere. */
  readonly layout: Layout | undefined;
}

export interface JudgeFacts extends CostFacts, RunTimeFacts {
  /** By id, so that every list that follows from it is in one order. */
  readonly pools: readonly PoolNow[];
  /** When runs would start that start now. */
  readonly startMs: number;
  /** How many replicas the empty pool holds, at most `replicas`. */
  readonly fitsEmpty: (pool: PoolNow, gang: { replicas: number; need: Need }) => number;
}

/**
 * Judges every pool for a shape: its total cost there if it started now, or the one reason why it
 * can never run there. In the pools' order.
 * @param before  what the same facts said at another time: what time does not change is kept
 */
export function judge(shape: Shape, facts: JudgeFacts, before?: readonly Judgement[]): Judgement[] {
  let all: PoolFacts | undefined;
  return facts.pools.map((pool, i) => {
    const known = before?.[i];
    if (known && isTimeless(known)) return known;
    if (known?.kind === "eligible") return priced(shape, known, facts);
    return judgePool(shape, pool, (all ??= withRunTimes(shape, facts)));
  });
}

function withRunTimes(shape: Shape, facts: JudgeFacts): PoolFacts {
  const runTimes = new Map(
    shape.cards.options.map((option) => [option, runTimeOn(shape, option, facts)]),
  );
  const has = new Set(facts.pools.map(({ model }) => model.id));
  const times = [...runTimes].filter(([{ model }]) => has.has(model)).map(([, time]) => time);
  const shortest = durationOf(Math.min(...times.map(({ expected }) => expected)));
  return { ...facts, runTimes, shortest };
}

/** Whether it says the same at any time. */
function isTimeless(one: Judgement): boolean {
  if (one.kind === "refused") return !(one.reason.code in changing);
  const { periods } = one.pool.prices;
  return one.latestStartMs === null && periods.length === 1 && isWithoutEnd(periods[0]!);
}

const changing = { "past-deadline": true, "over-budget": true, "no-price": true };
const isWithoutEnd = ({ from, to, flat }: PricePeriod) =>
  flat !== null && from === null && to === null;

type PoolFacts = JudgeFacts & {
  readonly runTimes: ReadonlyMap<CardOption, RunTime>;
  readonly shortest: Duration;
};

function judgePool(shape: Shape, pool: PoolNow, facts: PoolFacts): Judgement {
  const never = (reason: Reason): Judgement => ({ kind: "refused", pool, reason });
  const rank = shape.cards.options.findIndex(({ model }) => model === pool.model.id);
  const option = shape.cards.options[rank];
  if (!option) {
    const asked = shape.cards.options.map(({ model }) => model).join(", ");
    return never({ code: "other-model", facts: { model: pool.model.id, asked } });
  }
  const need = needOf(shape, option);
  const reason = outsideConstraints(shape, pool) ?? tooSmall(shape, { pool, need, facts });
  if (reason) return never(reason);

  const runTime = facts.runTimes.get(option)!;
  const { shortest } = facts;
  const kept = { laidOut: null, leastPerCard: null };
  return priced(shape, { pool, option, rank, need, runTime, shortest, kept }, facts);
}

/**
 * What the run costs there if it starts now, and whether that is in its budget and in time.
 * @param run  with what it cost at another time, where that is known
 */
function priced(
  shape: Shape,
  run: Omit<Eligible, "kind" | "estimate" | "latestStartMs"> & Partial<Pick<Eligible, "estimate">>,
  facts: JudgeFacts,
): Judgement {
  const { pool, option, rank, need, runTime, shortest, kept } = run;
  const never = (reason: Reason): Judgement => ({ kind: "refused", pool, reason });
  const { startMs } = facts;
  const start = { pool, option, startMs, waitedMs: 0, runTime: runTime.expected, shortest };
  const estimated = run.estimate
    ? estimateAgain(shape, start, run.estimate)
    : estimate(shape, start, facts);
  if (estimated.kind === "refused") return never(estimated.reason);
  const spent = estimated.cost.compute;
  if (shape.budget !== null && spent > shape.budget) {
    const budget = formatYuan(shape.budget);
    return never({ code: "over-budget", facts: { cost: formatYuan(spent), budget } });
  }
  const { deadlineMs } = shape;
  const takesMs = estimated.startsIn + runTime.expected;
  const latestStartMs = deadlineMs === null ? null : deadlineMs - takesMs;
  if (latestStartMs !== null && latestStartMs < startMs) {
    const end = Temporal.Instant.fromEpochMilliseconds(startMs + Math.ceil(takesMs));
    const deadline = Temporal.Instant.fromEpochMilliseconds(deadlineMs!);
    return never({ code: "past-deadline", facts: { end: `${end}`, deadline: `${deadline}` } });
  }
  const known = { pool, option, rank, need, runTime, latestStartMs, shortest, kept };
  return { kind: "eligible", ...known, estimate: estimated };
}

/** What one replica takes of its host on the cards of an option. */
export const needOf = (shape: Shape, option: CardOption): Need => ({
  cards: option.count,
  share: option.share,
  cpu: shape.cpu,
  memory: shape.memory,
});

function outsideConstraints(shape: Shape, pool: PoolNow): Reason | undefined {
  const { places, domesticOnly, allowCentres, denyCentres } = shape.constraints;
  if (places.length > 0 && !places.includes(pool.place)) {
    return { code: "other-place", facts: { place: pool.place, asked: places.join(", ") } };
  }
  if (domesticOnly && pool.model.origin !== "domestic") {
    return { code: "not-domestic", facts: { model: pool.model.id } };
  }
  if (allowCentres.length > 0 && !allowCentres.includes(pool.centre)) {
    return { code: "centre-not-allowed", facts: { allowed: allowCentres.join(", ") } };
  }
  if (denyCentres.includes(pool.centre)) {
    return { code: "centre-denied", facts: { centre: pool.centre } };
  }
  if (shape.ruledOut.includes(pool.id)) {
    return { code: "refused-before", facts: { pool: pool.id } };
  }
  return undefined;
}

function tooSmall(
  shape: Shape,
  at: { pool: PoolNow; need: Need; facts: Pick<JudgeFacts, "fitsEmpty"> },
): Reason | undefined {
  const { pool, need, facts } = at;
  if (need.share < 1000 && pool.minimumSlice >= 1000) {
    return { code: "whole-cards-only", facts: { pool: pool.id, share: need.share / 1000 } };
  }
  const fits = facts.fitsEmpty(pool, { replicas: shape.replicas, need });
  if (fits >= shape.replicas) return undefined;
  const { cards } = need;
  if (fits > 0) return { code: "pool-too-small", facts: { replicas: shape.replicas, cards, fits } };
  const lacking = { cards, cpu: need.cpu / 1000, memoryMiB: need.memory };
  return { code: "host-too-small", facts: lacking };
}
