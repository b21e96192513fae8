import type { KeyId, ProgrammeId } from "@wadi/core/units";

import type { Sql } from "../../db/index.ts";

/** A person who speaks for an office in the reviews of a programme. */
export interface OfficeMember {
  readonly office: string;
  readonly key: KeyId;
}

export async function officesOf(sql: Sql, programme: ProgrammeId): Promise<OfficeMember[]> {
  return sql<OfficeMember>`
    select office, key from claim_offices where programme = ${programme} order by office, key`;
}

/** Of these keys, those that are there and were not revoked. */
export async function knownKeys(sql: Sql, keys: readonly KeyId[]): Promise<Set<KeyId>> {
  const rows = await sql<{ id: KeyId }>`
    select id from api_keys where id = any(${keys}::uuid[]) and revoked_at is null`;
  return new Set(rows.map(({ id }) => id));
}

/** Puts these persons in the place of those named before. */
export async function saveOffices(
  sql: Sql,
  programme: ProgrammeId,
  members: readonly OfficeMember[],
): Promise<void> {
  await sql`delete from claim_offices where programme = ${programme}`;
  await sql`
    insert into claim_offices (programme, office, key)
    select ${programme}, office, key from unnest(
      ${members.map(({ office }) => office)}::text[],
      ${members.map(({ key }) => key)}::uuid[]) as given (office, key)
    on conflict do nothing`;
}
