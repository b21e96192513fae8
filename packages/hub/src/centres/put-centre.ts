import type { CentreId, PoolId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { Refused, wrongField } from "../refused.ts";
import { audit, providerOf, type AuditEntry } from "../tenants/index.ts";
import { addPresence } from "./presence-store.ts";
import { claimPools, raiseVersion, readCentre, saveCentre } from "./store.ts";
import { partsOf, type CentreSpec } from "./wire.ts";

/** Cards that runs hold now, by pool; jobs know. */
export type CardsInUse = (sql: Sql) => Promise<ReadonlyMap<PoolId, number>>;

/**
 * Registers a centre or replaces its description. Runs that were leased before keep the prices
 * that they were leased under. Safe to repeat.
 * @throws Refused `invalid-request` with every wrong field; `already-exists` when a pool's id is
 *   another centre's; `centre-busy` when a pool that is left out still holds runs
 */
export async function putCentre(
  hub: Hub,
  put: { id: CentreId; spec: CentreSpec; by: AuditEntry["by"]; cardsInUse: CardsInUse },
): Promise<void> {
  const { id, spec, by, cardsInUse } = put;
  const parts = partsOf(id, spec);
  if ("problems" in parts) {
    const [first, ...more] = parts.problems;
    const rest = more.length > 0 ? `, and ${more.length} more` : "";
    const detail = `${first!.pointer} ${first!.detail}${rest}`;
    throw new Refused("invalid-request", {}, detail, parts.problems);
  }

  const now = hub.clock.now();
  await hub.db.transaction(async (sql) => {
    if (!(await providerOf(sql, spec.provider))) throw unknownProvider(spec);
    const before = await readCentre(sql, id);
    await saveCentre(sql, { id, spec }, now);
    await addPresence(sql, id);
    await refuseTaken(sql, id, spec);
    if (before) await refuseBusy({ before: before.spec, spec, inUse: await cardsInUse(sql) });
    await raiseVersion(sql);
    const facts = { isNew: before === undefined, pools: spec.pools.map((pool) => pool.id) };
    await audit(sql, { by, at: now, action: "centre.put", subject: `centre/${id}`, facts });
    await hub.signals.raise(sql, "round");
  });
}

const unknownProvider = ({ provider }: CentreSpec) =>
  wrongField("/provider", `names no provider; register it first: PUT /v1/providers/${provider}`);

async function refuseTaken(sql: Sql, id: CentreId, { pools }: CentreSpec): Promise<void> {
  const taken = await claimPools(sql, { centre: id, pools: pools.map((pool) => pool.id) });
  if (taken.length === 0) return;
  const errors = taken.map(({ pool, centre }) => {
    const pointer = `/pools/${pools.findIndex((one) => one.id === pool)}/id`;
    const detail = `"${pool}" is a pool of ${centre}; pools keep their ids, choose another`;
    return { pointer, in: "body" as const, detail };
  });
  const detail = `${errors[0]!.pointer} ${errors[0]!.detail}`;
  throw new Refused("already-exists", { pools: taken.map(({ pool }) => pool) }, detail, errors);
}

async function refuseBusy(change: {
  before: CentreSpec;
  spec: CentreSpec;
  inUse: ReadonlyMap<PoolId, number>;
}): Promise<void> {
  const kept = new Set(change.spec.pools.map(({ id }) => id));
  const busy = change.before.pools
    .filter(({ id }) => !kept.has(id) && (change.inUse.get(id) ?? 0) > 0)
    .map(({ id }) => id);
  if (busy.length === 0) return;
  const cure = "drain the centre and wait for its runs to end, then leave the pool out";
  throw new Refused("centre-busy", { pools: busy }, `${busy.join(", ")} still holds runs; ${cure}`);
}
