import { priorities } from "../job/index.ts";
import { formatYuan, microYuan } from "../units/index.ts";
import { choose, type Chosen } from "./choose.ts";
import { backlogOf, inRound, openDecision, type Decision } from "./decision.ts";
import { tellWaiting } from "./explain.ts";
import { barredModels, heldBack } from "./held-back.ts";
import { waitsUntil } from "./later.ts";
import { moveRuns } from "./move-runs.ts";
import { place } from "./place.ts";
import type { Booking, Plan } from "./plan.ts";
import type { Group } from "./queue/groups.ts";
import { openLanes, classOf } from "./queue/lanes.ts";
import type { Reason } from "./reason.ts";
import { keepPromise, reserve } from "./reserve.ts";
import type { QueuedJob } from "./snapshot.ts";
import type { RegionState, WaitingShape } from "./state.ts";
import { stopOthers } from "./stop-others.ts";
import { deferAtOnce, waitForHour } from "./wait-for-hour.ts";

export interface DecideOptions {
  /** Whether the plan says of every pool why it was or was not chosen; false leaves that out. */
  readonly explains?: boolean;
  /** Starts that an earlier round has promised to jobs not in this one: nothing delays them. */
  readonly promised?: readonly Booking[];
}

/**
 * Decides one round.
 *
 * Priority classes come one after the other, jobs that waited long in a higher one. Inside a class
 * the policy's order says who is next: under `fair` the tenant whose organisation, then who itself,
 * has the smallest share, and of that tenant the oldest job. It starts in the pool where it costs
 * least in total, or waits for an hour at which it costs less still. What finds no room may stop
 * others where the policy lets it, else has its start booked, and whoever comes after starts only
 * where that is not delayed.
 *
 * A shape that finds no room is passed over for the rest of the round, since room only shrinks: the
 * cost of a round grows with jobs placed and with groups waiting, not with the queue.
 */
export function decide(
  state: RegionState,
  nowMs: number,
  { explains = false, promised = [] }: DecideOptions = {},
): Plan {
  const decision = openDecision(state, nowMs, { explains });
  for (const booking of promised) keepPromise(decision, booking);
  const lanes = openLanes(decision, deferAtOnce(decision));
  for (let rank = 0; rank < priorities.length; rank += 1) {
    const line = lanes.ofClass(rank);
    for (let group = line.next(); group; group = line.next()) {
      const outcome = step(decision, group);
      if (outcome === "leave") line.leave(group);
      else if (classOf(decision, group) > rank) lanes.lower(group);
      else line.settle(group);
    }
  }
  moveRuns(decision);
  const waiting = tellWaiting(decision);
  for (const takeBack of decision.undo.toReversed()) takeBack();
  const { placements, preemptions, bookings, held } = decision;
  return { atMs: nowMs, placements, preemptions, bookings, waiting, held };
}

/** Deals with the group's next job. `leave`: nothing more of the group can start in this round. */
function step(decision: Decision, group: Group): "next" | "leave" {
  const entry = group.entry as WaitingShape;
  const found = inRound(decision, entry);
  const job = group.jobs[group.taken]!;
  if (found.parked === "no-room") {
    waitTurn(decision, group);
    return "leave";
  }
  if (found.parked && waitsUntil(decision.state.policy, job) > decision.nowMs) return "leave";
  const reason = heldBack(decision, job);
  if (reason) return hold(decision, group, reason);

  const barred = barredModels(decision, entry, job);
  const chosen = choose(decision, group, barred.models);
  if (chosen.kind === "now") {
    place(decision, { entry, job, choice: chosen });
    return take(decision, group);
  }
  if (barred.reason) {
    if (barred.isOwed && stopOthers(decision, entry, job)) return take(decision, group);
    return hold(decision, group, barred.reason);
  }
  switch (chosen.kind) {
    case "later":
      waitForHour(decision, { entry, chosen });
      return "leave";
    case "full":
      return waitForPool(decision, { group, entry, chosen });
    case "none":
      return withoutRoom(decision, { group, entry, job });
  }
}

/** The next job of the group sees this one ahead of it, and may start elsewhere after all. */
function waitForPool(
  decision: Decision,
  at: { group: Group; entry: WaitingShape; chosen: Extract<Chosen, { kind: "full" }> },
): "next" | "leave" {
  const { group, entry, chosen } = at;
  const found = inRound(decision, entry);
  found.waitsFor ??= decision.explains ? whyFull(chosen) : cheaperFull;
  decision.patience -= 1;
  if (decision.patience <= 0) {
    found.parked = found.waitsFor;
    return "leave";
  }
  backlogOf(decision).hold(chosen.start);
  return take(decision, group);
}

function take(decision: Decision, group: Group): "next" | "leave" {
  group.taken += 1;
  decision.undo.push(() => (group.taken -= 1));
  return group.taken < group.jobs.length ? "next" : "leave";
}

function hold(decision: Decision, { tenant, entry }: Group, reason: Reason): "leave" {
  decision.held.push({ tenant, shape: entry.shape, reason });
  return "leave";
}

/** Where the round does not explain itself. */
const cheaperFull: Reason = { code: "cheaper-full", facts: {} };

function whyFull({ start, instead }: Extract<Chosen, { kind: "full" }>): Reason {
  const at = Temporal.Instant.fromEpochMilliseconds(Math.ceil(start.startMs)).toString();
  const { pool, estimate } = instead.judged;
  const saved = microYuan(Math.max(0, Math.round(Number(instead.rank) - start.worth)));
  const facts = { at, pool: start.pool.now.id, saved: formatYuan(saved) };
  const now = formatYuan(estimate.cost.total);
  return { code: "cheaper-full", facts: { ...facts, now, instead: pool.id } };
}

function withoutRoom(
  decision: Decision,
  at: { group: Group; entry: WaitingShape; job: QueuedJob },
): "next" | "leave" {
  const { group, entry, job } = at;
  if (makesRoom(decision, entry, job)) return take(decision, group);
  inRound(decision, entry).parked = "no-room";
  waitTurn(decision, group);
  return "leave";
}

/** Stops others for the job, where it may; asked for a shape until that fails. */
function makesRoom(decision: Decision, entry: WaitingShape, job: QueuedJob): boolean {
  const found = inRound(decision, entry);
  if (found.triedToStop) return false;
  found.triedToStop = !stopOthers(decision, entry, job);
  return !found.triedToStop;
}

function waitTurn(decision: Decision, group: Group): void {
  backlogOf(decision).wait(group);
  bookAll(decision, group);
}

/** Books as many of the group's jobs as the policy's depth still lets. */
function bookAll(decision: Decision, group: Group): void {
  const { policy } = decision.state;
  const depth = policy.booking.depth ?? Infinity;
  for (let i = group.taken; i < group.jobs.length; i += 1) {
    if (decision.bookings.length >= depth) return;
    if (!reserve(decision, group.entry as WaitingShape, group.jobs[i]!)) return;
  }
}
