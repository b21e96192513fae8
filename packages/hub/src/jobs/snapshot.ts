import { cardModel, type Centre, type Pool } from "@wadi/core/capacity";
import type {
  ArrayNow,
  HostNow,
  Policy,
  PoolNow,
  Reason,
  ShapeQueue,
  Snapshot,
  TenantNow,
} from "@wadi/core/dispatch";
import {
  mebibytes,
  milliCores,
  yuan,
  type CentreId,
  type JobId,
  type TenantId,
} from "@wadi/core/units";

import { centreStates, readRegion, type CentreState, type Region } from "../centres/index.ts";
import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { tenantQuotas } from "../tenants/index.ts";
import { readHostUse, readTenantUse, type HostUse } from "./run-store.ts";

/** What an hour of waiting is worth where the tenant says nothing; yuan, by priority class. */
export const defaultPolicy: Policy = {
  waitingCostPerHour: { urgent: yuan(20n), high: yuan(5n), normal: yuan(1n), low: yuan(0n) },
};

/**
 * The region as a round or a quote sees it: pools with what is free, centres with whether they
 * take runs, tenants with what they hold. The queue and the arrays are the caller's.
 */
export async function readSnapshot(
  hub: Hub,
  sql: Sql,
  waiting: { queue: readonly ShapeQueue[]; arrays: ReadonlyMap<JobId, ArrayNow> },
): Promise<Snapshot> {
  const region = await readRegion(hub);
  const [states, use, held, quotas] = await Promise.all([
    centreStates(hub, sql),
    readHostUse(sql),
    readTenantUse(sql),
    tenantQuotas(sql),
  ]);
  return {
    now: hub.clock.now(),
    pools: poolsNow(region, { states, use }),
    links: region.links,
    policy: defaultPolicy,
    tenants: tenantsNow(held, quotas),
    ...waiting,
  };
}

function poolsNow(
  region: Region,
  { states, use }: { states: ReadonlyMap<CentreId, CentreState>; use: readonly HostUse[] },
): PoolNow[] {
  const centres = new Map(region.centres.map((centre) => [centre.id, centre]));
  const usedBy = new Map(use.map((one) => [`${one.pool} ${one.host}`, one]));
  return region.pools.flatMap((pool) => {
    const centre = centres.get(pool.centreId);
    return centre ? [poolNow(pool, { centre, state: states.get(centre.id), usedBy })] : [];
  });
}

function poolNow(
  pool: Pool,
  at: { centre: Centre; state: CentreState | undefined; usedBy: ReadonlyMap<string, HostUse> },
): PoolNow {
  const { centre, state, usedBy } = at;
  const model = cardModel(pool.model);
  if (!model)
    throw new Error(`pool ${pool.id} has the card model ${pool.model}, not in the catalogue`);
  return {
    id: pool.id,
    centre: centre.id,
    place: centre.place,
    model,
    emulated: pool.hosts.some(({ emulated }) => emulated),
    prices: pool.prices,
    wattsPerCard: pool.wattsPerCard,
    powerPricePerKwh: centre.powerPricePerKwh,
    reclaimsPer1000Hours: pool.reclaimsPer1000Hours,
    closed: whyClosed(centre.id, state),
    hosts: pool.hosts.map((host): HostNow => {
      const used = usedBy.get(`${pool.id} ${host.id}`);
      return {
        id: host.id,
        cards: host.cards,
        cpu: host.cpu,
        memory: host.memory,
        freeCards: host.cards - (used?.cards ?? 0),
        freeCpu: milliCores(host.cpu - (used?.cpu ?? 0)),
        freeMemory: mebibytes(host.memory - (used?.memory ?? 0)),
      };
    }),
  };
}

function whyClosed(centre: CentreId, state: CentreState | undefined): Reason | null {
  switch (state?.state ?? "never-joined") {
    case "up":
      return null;
    case "unknown":
      return {
        code: "centre-unknown",
        facts: { centre, heardAt: state?.heardAt?.toString() ?? "never" },
      };
    case "draining":
      return { code: "centre-draining", facts: { centre } };
    case "left":
      return { code: "centre-left", facts: { centre } };
    case "never-joined":
      return { code: "centre-never-joined", facts: { centre } };
  }
}

function tenantsNow(
  held: ReadonlyMap<TenantId, number>,
  quotas: ReadonlyMap<TenantId, { readonly cards: number | null }>,
): Map<TenantId, TenantNow> {
  const all = new Map<TenantId, TenantNow>();
  for (const [tenant, cardsInUse] of held) {
    all.set(tenant, { cardsInUse, cardQuota: quotas.get(tenant)?.cards ?? null });
  }
  for (const [tenant, { cards }] of quotas) {
    if (!all.has(tenant)) all.set(tenant, { cardsInUse: 0, cardQuota: cards });
  }
  return all;
}

/** The region as it is registered, all of it free and every centre open: what can ever run. */
export function emptySnapshot(region: Region, now: Temporal.Instant): Snapshot {
  const up: CentreState = { state: "up", heardAt: now };
  const states = new Map(region.centres.map(({ id }) => [id, up]));
  return {
    now,
    pools: poolsNow(region, { states, use: [] }),
    links: region.links,
    policy: defaultPolicy,
    tenants: new Map(),
    arrays: new Map(),
    queue: [],
  };
}
