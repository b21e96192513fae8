import type { CardModelId } from "../units/index.ts";
import type { Decision } from "./decision.ts";
import type { Reason } from "./reason.ts";
import type { ArrayNow, QueuedJob, Shape } from "./snapshot.ts";
import type { WaitingShape } from "./state.ts";

/** The rule of its array that keeps a job from starting now, whatever room there is. */
export function heldBack({ state, startedOf }: Decision, { array }: QueuedJob): Reason | undefined {
  if (array === null) return undefined;
  const now = state.arrays.get(array);
  return now && atBound({ ...now, running: now.running + (startedOf.get(array) ?? 0) });
}

/** Whether so many of an array hold cards that no more may. */
export const atBound = (array: ArrayNow): Reason | undefined =>
  array.running >= array.parallel ? { code: "array-bound", facts: { ...array } } : undefined;

/** What its quotas keep from a job. */
export interface Barred {
  readonly models: ReadonlySet<CardModelId>;
  /** The rule that keeps the first of them; undefined when none is kept. */
  readonly reason: Reason | undefined;
  /** Of some it has a quota that others use: they may be asked to give back. */
  readonly isOwed: boolean;
}

const nothingBarred: Barred = { models: new Set(), reason: undefined, isOwed: false };

/** Card models that a quota keeps from the job's tenant now. */
export function barredModels(
  { state }: Decision,
  { shape }: WaitingShape,
  { tenant }: QueuedJob,
): Barred {
  const own = state.tenants.get(tenant)?.cardQuota ?? null;
  if (own === null && state.policy.fairness.organisations.length === 0) return nothingBarred;
  let barred: Barred | undefined;
  for (const { model, count, share } of shape.cards.options) {
    const wanted = { model, cards: count * shape.replicas, share };
    const reason = state.fairness.check(tenant, wanted);
    if (!reason) continue;
    const models = new Set(barred?.models).add(model);
    const isOwed = (barred?.isOwed ?? false) || reason.code === "quota-taken";
    barred = { models, reason: barred?.reason ?? reason, isOwed };
  }
  return barred ?? nothingBarred;
}

/** The fewest cards that a job of the shape holds, on whichever card it runs. */
export const leastCards = ({ cards, replicas }: Pick<Shape, "cards" | "replicas">) =>
  replicas * Math.min(...cards.options.map(({ count }) => count));
