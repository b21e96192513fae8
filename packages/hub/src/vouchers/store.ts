import type { Programme } from "@wadi/core/vouchers";
import { microYuan, rate, type FundId, type ProgrammeId, type TenantId } from "@wadi/core/units";

import { fragment, type Sql } from "../db/index.ts";

export interface Fund {
  readonly id: FundId;
  readonly name: string;
}

/** @returns whether the fund is new */
export async function saveFund(
  sql: Sql,
  { id, name }: Fund,
  now: Temporal.Instant,
): Promise<boolean> {
  const rows = await sql<{ isNew: boolean }>`
    insert into funds as f (id, name, opened_at) values (${id}, ${name}, ${now})
    on conflict (id) do update set name = excluded.name returning xmax = 0 as "isNew"`;
  return rows[0]!.isNew;
}

export async function fundOf(sql: Sql, id: FundId): Promise<Fund | undefined> {
  const rows = await sql<Fund>`select id, name from funds where id = ${id}`;
  return rows[0];
}

/**
 * Makes sure that the programme is there, and locks it.
 * @returns its fund, which is the given one only if it is new or was this fund's before, and its
 *   last version, 0 when it is new
 */
export async function claimProgramme(
  sql: Sql,
  { id, fund }: { id: ProgrammeId; fund: FundId },
): Promise<{ fund: FundId; version: number }> {
  const rows = await sql<{ fund: FundId; version: number }>`
    insert into programmes as p (id, fund, version) values (${id}, ${fund}, 0)
    on conflict (id) do update set version = p.version returning p.fund, p.version`;
  return rows[0]!;
}

/** Adds a version to a claimed programme. */
export async function saveVersion(
  sql: Sql,
  { id, version, name, rate: share, capPerTenant, expiresAt }: Programme,
  now: Temporal.Instant,
): Promise<void> {
  await sql`
    insert into programme_versions
      (programme, version, name, rate, cap_per_tenant, expires_at, made_at)
    values (${id}, ${version}, ${name}, ${share}, ${capPerTenant}, ${expiresAt}, ${now})`;
  await sql`update programmes set version = ${version} where id = ${id}`;
}

/** A programme as its last version has it. */
export async function programmeOf(sql: Sql, id: ProgrammeId): Promise<Programme | undefined> {
  const rows = await sql<ProgrammeRow>`select ${columns} from ${tables} where p.id = ${id}`;
  return rows[0] && toProgramme(rows[0]);
}

/** Programmes by id, those after `after`. */
export async function readProgrammes(
  sql: Sql,
  { after, limit }: { after: ProgrammeId | null; limit: number },
): Promise<Programme[]> {
  const rows = await sql<ProgrammeRow>`
    select ${columns} from ${tables} where p.id > ${after ?? ""} order by p.id limit ${limit}`;
  return rows.map(toProgramme);
}

/** Programmes of a fund, by id. */
export async function programmesOf(sql: Sql, fund: FundId): Promise<Programme[]> {
  const rows = await sql<ProgrammeRow>`
    select ${columns} from ${tables} where p.fund = ${fund} order by p.id`;
  return rows.map(toProgramme);
}

/** Programmes that have expired. */
export async function expiredProgrammes(sql: Sql, now: Temporal.Instant): Promise<Programme[]> {
  const rows = await sql<ProgrammeRow>`
    select ${columns} from ${tables} where v.expires_at <= ${now}`;
  return rows.map(toProgramme);
}

/** Programmes that the tenants were ever granted a voucher of. */
export async function programmesHeld(
  sql: Sql,
  tenants: readonly TenantId[],
): Promise<{ tenant: TenantId; programme: Programme }[]> {
  const rows = await sql<ProgrammeRow & { tenant: TenantId }>`
    select h.tenant, ${columns} from voucher_holders h join ${tables} on p.id = h.programme
    where h.tenant = any(${tenants}::text[])`;
  return rows.map(({ tenant, ...row }) => ({ tenant, programme: toProgramme(row) }));
}

/** Notes who holds a voucher of which programme; those noted before stay. */
export async function saveHolders(
  sql: Sql,
  holders: readonly { readonly tenant: TenantId; readonly programme: ProgrammeId }[],
): Promise<void> {
  if (holders.length === 0) return;
  // Sorted, so that two batches of new holders do not wait for each other.
  await sql`
    insert into voucher_holders (tenant, programme)
    select distinct tenant, programme from unnest(
      ${holders.map(({ tenant }) => tenant)}::text[],
      ${holders.map(({ programme }) => programme)}::text[]) as given (tenant, programme)
    order by tenant, programme on conflict do nothing`;
}

const tables = fragment`(programmes p
  join programme_versions v on v.programme = p.id and v.version = p.version)`;
const columns = fragment`p.id, p.fund, p.version, v.name, v.rate,
  v.cap_per_tenant as "capPerTenant", v.expires_at as "expiresAt"`;

interface ProgrammeRow {
  readonly id: ProgrammeId;
  readonly fund: FundId;
  readonly version: number;
  readonly name: string;
  readonly rate: bigint;
  readonly capPerTenant: bigint;
  readonly expiresAt: Temporal.Instant;
}

const toProgramme = (row: ProgrammeRow): Programme => ({
  ...row,
  rate: rate(row.rate),
  capPerTenant: microYuan(row.capPerTenant),
});
