import type { CardModelId, CentreId, PoolId } from "../../units/index.ts";
import type { Plan } from "../plan.ts";
import type { Need, PoolNow, Snapshot } from "../snapshot.ts";

/** Cards of one pool, parts as fractions, once the plan is carried out. */
export interface PoolUse {
  readonly pool: PoolNow;
  readonly total: number;
  /** Held by runs before the plan. */
  readonly used: number;
  /** Held by what the plan starts. */
  readonly starting: number;
  readonly free: number;
}

/** Cards of one centre or model. Those of emulated pools are no real cards. */
export interface Utilisation<N extends string> {
  readonly name: N;
  readonly total: number;
  readonly used: number;
  readonly starting: number;
  readonly free: number;
  /** Of `total`: slots that a machine only pretends to have. */
  readonly emulated: number;
}

/** By the pools' ids. */
export function usesOf({ pools, runs }: Snapshot, { placements }: Plan): PoolUse[] {
  const used = heldBy(runs.map(({ pool, need, shape }) => ({ pool, need, shape })));
  const starting = heldBy(placements);
  return pools
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((pool) => {
      const total = pool.hosts.reduce((sum, { cards }) => sum + cards, 0);
      const now = used.get(pool.id) ?? 0;
      const soon = starting.get(pool.id) ?? 0;
      const free = Math.max(0, total * 1000 - now - soon) / 1000;
      return { pool, total, used: now / 1000, starting: soon / 1000, free };
    });
}

/** In thousandths of a card. */
function heldBy(
  holders: readonly { pool: PoolId; need: Need; shape: { replicas: number } }[],
): Map<PoolId, number> {
  const held = new Map<PoolId, number>();
  for (const { pool, need, shape } of holders) {
    const cards = need.cards * need.share * shape.replicas;
    held.set(pool, (held.get(pool) ?? 0) + cards);
  }
  return held;
}

export const byCentre = (uses: readonly PoolUse[]): Utilisation<CentreId>[] =>
  summed(uses, ({ pool }) => pool.centre);

export const byModel = (uses: readonly PoolUse[]): Utilisation<CardModelId>[] =>
  summed(uses, ({ pool }) => pool.model.id);

/** By name. */
function summed<N extends string>(
  uses: readonly PoolUse[],
  nameOf: (use: PoolUse) => N,
): Utilisation<N>[] {
  const sums = new Map<N, Utilisation<N>>();
  for (const use of uses) {
    const name = nameOf(use);
    const none = { total: 0, used: 0, starting: 0, free: 0, emulated: 0 };
    const before = sums.get(name) ?? none;
    sums.set(name, {
      name,
      total: before.total + use.total,
      used: before.used + use.used,
      starting: before.starting + use.starting,
      free: before.free + use.free,
      emulated: before.emulated + (use.pool.emulated ? use.total : 0),
    });
  }
  return [...sums.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
