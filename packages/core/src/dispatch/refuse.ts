import type { CardOption } from "../job/index.ts";
import { formatYuan } from "../units/index.ts";
import { after, estimate, type Estimate } from "./cost.ts";
import { fitsEmpty, needOf } from "./fit.ts";
import type { Reason, ReasonCode } from "./reason.ts";
import type { PoolNow, Shape, Snapshot } from "./snapshot.ts";

/** What can be said of one pool for one shape, whatever is free in it now. */
export type Judgement =
  | { readonly kind: "refused"; readonly pool: PoolNow; readonly reason: Reason }
  | {
      readonly kind: "eligible";
      readonly pool: PoolNow;
      readonly option: CardOption;
      /** Place of the option in the job's list. */
      readonly rank: number;
      readonly estimate: Extract<Estimate, { kind: "estimate" }>;
    };

/**
 * Judges every pool for a shape: its total cost there, or the one reason why it can never run
 * there. Pools come back by id.
 */
export function judge(shape: Shape, snapshot: Snapshot): Judgement[] {
  return snapshot.pools
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((pool) => judgePool(shape, pool, snapshot));
}

function judgePool(shape: Shape, pool: PoolNow, snapshot: Snapshot): Judgement {
  const never = (code: ReasonCode, facts: Reason["facts"]): Judgement => ({
    kind: "refused",
    pool,
    reason: { code, facts },
  });

  const rank = shape.cards.options.findIndex(({ model }) => model === pool.model.id);
  const option = shape.cards.options[rank];
  if (!option) {
    const asked = shape.cards.options.map(({ model }) => model).join(", ");
    return never("other-model", { model: pool.model.id, asked });
  }
  const reason = outsideConstraints(shape, pool) ?? tooSmall(shape, { pool, option });
  if (reason) return { kind: "refused", pool, reason };

  const estimated = estimate(shape, { pool, option }, snapshot);
  if (estimated.kind === "refused") return { kind: "refused", pool, reason: estimated.reason };
  const beyond = outsideLimits(shape, estimated, snapshot);
  if (beyond) return { kind: "refused", pool, reason: beyond };
  return { kind: "eligible", pool, option, rank, estimate: estimated };
}

function outsideConstraints({ constraints }: Shape, pool: PoolNow): Reason | undefined {
  const { places, domesticOnly, allowCentres, denyCentres } = constraints;
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
  return undefined;
}

function tooSmall(
  shape: Shape,
  { pool, option }: { pool: PoolNow; option: CardOption },
): Reason | undefined {
  const need = needOf(shape, option);
  const fits = pool.hosts.reduce((sum, host) => sum + fitsEmpty(host, need), 0);
  if (fits >= shape.replicas) return undefined;
  const cards = option.count;
  if (fits > 0) return { code: "pool-too-small", facts: { replicas: shape.replicas, cards, fits } };
  const facts = { cards, cpu: shape.cpu / 1000, memoryMiB: shape.memory };
  return { code: "host-too-small", facts };
}

function outsideLimits(
  shape: Shape,
  { cost, startsIn, runTime }: Extract<Estimate, { kind: "estimate" }>,
  { now }: Snapshot,
): Reason | undefined {
  const end = after(after(now, startsIn), runTime);
  if (shape.deadline && Temporal.Instant.compare(end, shape.deadline) > 0) {
    const facts = { end: end.toString(), deadline: shape.deadline.toString() };
    return { code: "past-deadline", facts };
  }
  if (shape.budget !== null && cost.compute > shape.budget) {
    const facts = { cost: formatYuan(cost.compute), budget: formatYuan(shape.budget) };
    return { code: "over-budget", facts };
  }
  return undefined;
}
