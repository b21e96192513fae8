import {
  divide,
  durationOf,
  formatDuration,
  formatYuan,
  microYuan,
  parseYuan,
  type MicroYuan,
} from "../../units/index.ts";
import { estimate, waitingWorth } from "../cost.ts";
import { costedFrom } from "../judged.ts";
import type { Candidate } from "../plan.ts";
import { runTimeOn } from "../run-time.ts";
import type { PoolNow } from "../snapshot.ts";
import type { Answer, Asked } from "./ask.ts";
import { ofJob, type Proposal } from "./proposal.ts";

/** Deadline, budget, the worth of waiting and the longest run time, each as far as needed. */
export function otherTerms(answer: Answer): Proposal[] {
  const { shape } = answer.asked;
  return [
    ...(shape.deadlineMs === null ? [] : [noDeadline(shape.deadlineMs)]),
    ...(shape.budget === null ? [] : [noBudget(shape.budget)]),
    ...dearerWaiting(answer, { tries: 3 }),
    ...shorterLimits(answer),
  ];
}

/** Deadlines are told as the full five minutes after the end. */
const stepMs = 300_000;
const minuteMs = 60_000;
const iso = (atMs: number) => Temporal.Instant.fromEpochMilliseconds(atMs).toString();

const noDeadline = (wasMs: number): Proposal =>
  ofJob(
    "later-deadline",
    { deadline: "*", was: iso(wasMs) },
    {
      change: () => ({ deadlineMs: null }),
      isProbe: true,
      narrow: (answer) =>
        ends(answer)
          .slice(0, 3)
          .map((endMs) => laterDeadline(endMs, wasMs)),
    },
  );

function laterDeadline(endMs: number, wasMs: number): Proposal {
  const deadlineMs = Math.ceil(endMs / stepMs) * stepMs;
  return ofJob(
    "later-deadline",
    { deadline: iso(deadlineMs), was: iso(wasMs) },
    {
      amount: deadlineMs - wasMs,
      change: () => ({ deadlineMs }),
    },
  );
}

/** When it would end in the pools that can start it now, else where its start is booked. */
function ends({ asked, quoted }: Answer): number[] {
  const { candidates, booking } = quoted;
  const { nowMs } = asked.snapshot;
  const now = candidates.flatMap(({ startsIn, runTime }) =>
    startsIn === null || runTime === null ? [] : [nowMs + startsIn + runTime],
  );
  if (now.length > 0) return [...new Set(now)].toSorted((a, b) => a - b);
  const there = candidates.find(({ pool }) => pool.id === booking?.pool);
  if (!booking || !there) return [];
  return [booking.startMs + dataTimeTo(there.pool, asked) + (there.runTime ?? 0)];
}

/** How long its data takes to get there. */
function dataTimeTo(pool: PoolNow, { shape, snapshot }: Asked): number {
  const option = shape.cards.options.find(({ model }) => model === pool.model.id)!;
  const runTime = durationOf(0);
  const at = { pool, option, startMs: snapshot.nowMs, waitedMs: 0, runTime, shortest: runTime };
  const estimated = estimate(shape, at, snapshot);
  return estimated.kind === "estimate" ? estimated.startsIn : 0;
}

const noBudget = (was: MicroYuan): Proposal =>
  ofJob(
    "higher-budget",
    { budget: "*", more: "*" },
    {
      change: () => ({ budget: null }),
      isProbe: true,
      narrow: ({ quoted }) => {
        const startable = quoted.candidates.filter(({ startsIn }) => startsIn !== null);
        const costs = (startable.length > 0 ? startable : quoted.candidates)
          .flatMap(({ cost }) => (cost && cost.compute > was ? [cost.compute] : []))
          .toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        return [...new Set(costs)].slice(0, 3).map((budget) => higherBudget(budget, was));
      },
    },
  );

const higherBudget = (budget: MicroYuan, was: MicroYuan): Proposal =>
  ofJob(
    "higher-budget",
    { budget: formatYuan(budget), more: formatYuan(microYuan(budget - was)) },
    {
      amount: Number(budget - was),
      change: () => ({ budget }),
    },
  );

/**
 * It waits for a cheaper hour: what waiting must be worth so that it does not. Another hour may
 * then still be cheaper, so it is worked out again, `tries` times at most.
 */
function dearerWaiting(
  { asked, quoted }: Answer,
  { tries, from }: { tries: number; from?: MicroYuan },
): Proposal[] {
  const { shape, snapshot } = asked;
  const { why } = quoted;
  if (why?.code !== "cheaper-later" || tries === 0) return [];
  const atMs = Temporal.Instant.from(String(why.facts.at)).epochMilliseconds;
  const waitMs = atMs - costedFrom(snapshot.nowMs);
  const told = waitingWorth(shape, snapshot.policy);
  const was = from ?? told;
  const saved = BigInt(Math.ceil((Number(why.facts.now) - Number(why.facts.cost)) * 1e6));
  const more = divide(saved * 3_600_000n, BigInt(Math.max(1, waitMs)), "up");
  const perHour = microYuan(divide(told + more, 10_000n, "up") * 10_000n);
  const facts = { perHour: formatYuan(perHour), was: formatYuan(was) };
  const change = () => ({ waitingCostPerHour: perHour });
  const narrow = (answer: Answer) => dearerWaiting(answer, { tries: tries - 1, from: was });
  return [ofJob("dearer-waiting", facts, { amount: Number(perHour - was), change, narrow })];
}

/** Limits that may do: the two longest, and the shortest, which is the surest. */
function shorterLimits({ asked, quoted }: Answer): Proposal[] {
  const found = quoted.candidates
    .flatMap((candidate) => limitsIn(candidate, asked).map((limitMs) => ({ limitMs, candidate })))
    .filter(({ limitMs, candidate }) => {
      return limitMs >= leastRunMs(candidate.pool, asked) && limitMs < asked.shape.maxRunTime;
    })
    .toSorted(
      (a, b) => b.limitMs - a.limitMs || (a.candidate.pool.id < b.candidate.pool.id ? -1 : 1),
    );
  return [...new Set([...found.slice(0, 2), ...found.slice(-1)])].map(({ limitMs, candidate }) => {
    const { reason, pool } = candidate;
    const code = reason?.code === "kept-for-booked" ? "shorter-limit" : "limit-to-end-in-time";
    const maxRunTime = durationOf(limitMs);
    const was = formatDuration(asked.shape.maxRunTime);
    return ofJob(
      code,
      { limit: formatDuration(maxRunTime), was, pool: pool.id },
      { amount: asked.shape.maxRunTime - limitMs, change: () => ({ maxRunTime }) },
    );
  });
}

/** The longest runs that this pool might take, by the reason why it does not; in full minutes. */
function limitsIn({ pool, reason }: Candidate, asked: Asked): number[] {
  const { shape, snapshot, promised } = asked;
  const { nowMs } = snapshot;
  const full = (limitMs: number) => Math.floor(limitMs / minuteMs) * minuteMs;
  if (reason?.code === "kept-for-booked") {
    const booked = promised.filter((one) => one.pool === pool.id).map(({ startMs }) => startMs);
    const kept = [...pool.maintenance.map(({ fromMs }) => fromMs), ...booked];
    const readyMs = nowMs + dataTimeTo(pool, asked);
    return [...new Set(kept)].map((fromMs) => full(fromMs - readyMs)).filter((limit) => limit > 0);
  }
  if (reason?.code === "past-deadline" && shape.deadlineMs !== null) {
    const endMs = Temporal.Instant.from(String(reason.facts.end)).epochMilliseconds;
    const overMs = endMs - shape.deadlineMs + (nowMs - costedFrom(nowMs));
    return [full(shape.maxRunTime - overMs)];
  }
  if (reason?.code === "over-budget" && shape.budget !== null) {
    const cost = parseYuan(String(reason.facts.cost)) ?? 0n;
    if (cost > 0n) return [full((shape.maxRunTime * Number(shape.budget)) / Number(cost))];
  }
  return [];
}

/** What it is known to take on these cards: a limit below that would only cut it off. */
function leastRunMs(pool: PoolNow, { shape, snapshot }: Asked): number {
  const option = shape.cards.options.find(({ model }) => model === pool.model.id);
  if (!option) return Infinity;
  const models = new Map(snapshot.pools.map(({ model }) => [model.id, model]));
  const known = runTimeOn(shape, option, { learnt: snapshot.learnt, models });
  return known.from === "limit" ? minuteMs : known.p90;
}
