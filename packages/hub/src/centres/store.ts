import type { CentreId, PlaceId, PoolId, ProviderId } from "@wadi/core/units";
import { centreSpec, inventory, type Inventory } from "@wadi/protocol";
import { z } from "zod";

import { json, type Sql } from "../db/index.ts";
import type { CentreSpec } from "./wire.ts";

export interface StoredCentre {
  readonly id: CentreId;
  readonly spec: CentreSpec;
}

/** Locks the centre's row: whoever changes the centre next has to wait. */
export async function saveCentre(
  sql: Sql,
  { id, spec }: StoredCentre,
  at: Temporal.Instant,
): Promise<void> {
  await sql`
    insert into centres (id, provider, spec, changed_at)
    values (${id}, ${spec.provider}, ${json(z.encode(centreSpec, spec))}, ${at})
    on conflict (id) do update
    set provider = excluded.provider, spec = excluded.spec, changed_at = excluded.changed_at`;
}

export async function readCentre(sql: Sql, id: CentreId): Promise<StoredCentre | undefined> {
  const [row] = await sql<CentreRow>`select id, spec from centres where id = ${id}`;
  return row && toCentre(row);
}

/** All of them, by id. */
export async function readCentres(sql: Sql): Promise<StoredCentre[]> {
  const rows = await sql<CentreRow>`select id, spec from centres order by id`;
  return rows.map(toCentre);
}

/** Where these centres stand. */
export async function readPlaces(
  sql: Sql,
  centres: readonly CentreId[],
): Promise<Map<CentreId, PlaceId>> {
  if (centres.length === 0) return new Map();
  const rows = await sql<{ id: CentreId; place: PlaceId }>`
    select id, spec ->> 'place' as place from centres where id = any(${centres}::text[])`;
  return new Map(rows.map(({ id, place }) => [id, place]));
}

export async function readProviderOf(sql: Sql, id: CentreId): Promise<ProviderId | undefined> {
  const [row] = await sql<{ provider: ProviderId }>`select provider from centres where id = ${id}`;
  return row?.provider;
}

/**
 * Claims ids of pools for a centre, for ever.
 * @returns those that another centre has
 */
export async function claimPools(
  sql: Sql,
  { centre, pools }: { centre: CentreId; pools: readonly PoolId[] },
): Promise<{ pool: PoolId; centre: CentreId }[]> {
  await sql`
    insert into pools (id, centre) select id, ${centre} from unnest(${pools}::text[]) id
    order by id on conflict do nothing`;
  return sql`
    select id as pool, centre from pools
    where id = any(${pools}::text[]) and centre <> ${centre} order by id`;
}

export async function readVersion(sql: Sql): Promise<bigint> {
  const [row] = await sql<{ version: bigint }>`select version from region_version`;
  return row!.version;
}

/** Tells every hub that the region has changed. */
export async function raiseVersion(sql: Sql): Promise<void> {
  await sql`update region_version set version = version + 1`;
}

export async function saveInventory(
  sql: Sql,
  { centre, inventory: found }: { centre: CentreId; inventory: Inventory },
  at: Temporal.Instant,
): Promise<void> {
  await sql`
    insert into centre_inventories (centre, inventory, reported_at)
    values (${centre}, ${json(z.encode(inventory, found))}, ${at})
    on conflict (centre) do update
    set inventory = excluded.inventory, reported_at = excluded.reported_at`;
}

export async function readInventory(sql: Sql, centre: CentreId): Promise<Inventory | null> {
  const [row] = await sql<{ inventory: z.input<typeof inventory> }>`
    select inventory from centre_inventories where centre = ${centre}`;
  return row ? z.decode(inventory, row.inventory) : null;
}

/** How the centres keep runs apart, as far as their agents have said. */
export async function readIsolations(
  sql: Sql,
  centres: readonly CentreId[],
): Promise<Map<CentreId, Inventory["isolation"]>> {
  const rows = await sql<{ centre: CentreId; isolation: Inventory["isolation"] }>`
    select centre, inventory -> 'isolation' as isolation from centre_inventories
    where centre = any(${centres}::text[])`;
  return new Map(rows.map(({ centre, isolation }) => [centre, isolation]));
}

interface CentreRow {
  id: CentreId;
  spec: z.input<typeof centreSpec>;
}

const toCentre = ({ id, spec }: CentreRow): StoredCentre => ({
  id,
  spec: z.decode(centreSpec, spec),
});
