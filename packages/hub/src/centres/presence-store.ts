import type { CentreId } from "@wadi/core/units";

import type { Reading } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { stateOf, type CentreMode, type CentreState, type Presence } from "./presence.ts";

/** All registered centres as they are now. */
export async function centreStates(hub: Reading, sql: Sql): Promise<Map<CentreId, CentreState>> {
  const now = hub.clock.now();
  const { leaseMs } = hub.config.timings;
  const rows = await sql<Presence & { centre: CentreId }>`
    select centre, mode, joined_at as "joinedAt", heard_at as "heardAt" from centre_presence`;
  return new Map(
    rows.map((row) => [
      row.centre,
      { state: stateOf(row, { now, leaseMs }), heardAt: row.heardAt },
    ]),
  );
}

/** Begins the presence of a centre that has none. */
export async function addPresence(sql: Sql, centre: CentreId): Promise<void> {
  await sql`insert into centre_presence (centre) values (${centre}) on conflict do nothing`;
}

/** An agent has joined: a centre that had left is open again. */
export async function noteJoined(sql: Sql, centre: CentreId, at: Temporal.Instant): Promise<void> {
  await sql`
    update centre_presence set joined_at = ${at},
      mode = case mode when 'left' then 'open' else mode end
    where centre = ${centre}`;
}

/**
 * The centre's agent has been heard. Locks the centre's presence until the transaction ends.
 * @returns how the centre was and is: when it was heard last, and its mode
 */
export async function hear(
  sql: Sql,
  centre: CentreId,
  at: Temporal.Instant,
): Promise<{ mode: CentreMode; heardBefore: Temporal.Instant | null }> {
  const [row] = await sql<{ mode: CentreMode; heardBefore: Temporal.Instant | null }>`
    with before as (
      select centre, heard_at from centre_presence where centre = ${centre} for update)
    update centre_presence as present
    set heard_at = greatest(present.heard_at, ${at}::timestamptz)
    from before where present.centre = before.centre
    returning present.mode, before.heard_at as "heardBefore"`;
  return row!;
}

export async function readMode(sql: Sql, centre: CentreId): Promise<CentreMode> {
  const [row] = await sql<{ mode: CentreMode }>`
    select mode from centre_presence where centre = ${centre}`;
  return row!.mode;
}

export async function saveMode(sql: Sql, centre: CentreId, mode: CentreMode): Promise<void> {
  await sql`update centre_presence set mode = ${mode} where centre = ${centre}`;
}

/** Centres that have joined and were last heard before `since`, longest ago first. */
export async function readSilent(sql: Sql, since: Temporal.Instant): Promise<CentreId[]> {
  const rows = await sql<{ centre: CentreId }>`
    select centre from centre_presence where heard_at < ${since} order by heard_at, centre`;
  return rows.map(({ centre }) => centre);
}

/**
 * Locks the centre's presence, so that a sync has to wait.
 * @returns whether it was last heard before `since`
 */
export async function isStillSilent(
  sql: Sql,
  centre: CentreId,
  since: Temporal.Instant,
): Promise<boolean> {
  const rows = await sql`
    select from centre_presence where centre = ${centre} and heard_at < ${since} for update`;
  return rows.length > 0;
}
