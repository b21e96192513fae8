import type { AgentId, CentreId, RunId } from "@wadi/core/units";
import type { JournalId } from "@wadi/protocol";

import { json, type Sql } from "../db/index.ts";

/** An agent as the link knows it. */
export interface LinkedAgent {
  readonly id: AgentId;
  readonly centre: CentreId;
  readonly journal: JournalId;
  /** The number of the last entry of `journal` that was taken. */
  readonly acked: bigint;
  readonly joinedAt: Temporal.Instant;
  /** Until then the agent before it, or what that started, may still be running. */
  readonly aloneFrom: Temporal.Instant;
  /** Null while it is its centre's own. */
  readonly replacedAt: Temporal.Instant | null;
  /** Its Ed25519 public key, raw; null: it signs nothing. */
  readonly signingKey: Buffer | null;
}

export async function insertAgent(
  sql: Sql,
  agent: {
    readonly id: AgentId;
    readonly centre: CentreId;
    readonly credential: Buffer;
    readonly signingKey: Buffer | null;
    readonly journal: JournalId;
    readonly joinedAt: Temporal.Instant;
    readonly aloneFrom: Temporal.Instant;
  },
): Promise<void> {
  await sql`
    insert into agents (id, centre, credential, signing_key, journal, joined_at, alone_from)
    values (${agent.id}, ${agent.centre}, ${agent.credential}, ${agent.signingKey},
      ${agent.journal}, ${agent.joinedAt}, ${agent.aloneFrom})`;
}

/** The agent that a centre has now, locked. */
export async function lockAgentOf(sql: Sql, centre: CentreId): Promise<LinkedAgent | undefined> {
  const [row] = await sql<LinkedAgent>`
    select id, centre, journal, acked, joined_at as "joinedAt", alone_from as "aloneFrom",
      replaced_at as "replacedAt", signing_key as "signingKey"
    from agents where centre = ${centre} and replaced_at is null for update`;
  return row;
}

/** Locks the agent, so that its syncs come one after another. */
export async function lockAgent(sql: Sql, id: AgentId): Promise<LinkedAgent> {
  const [row] = await sql<LinkedAgent>`
    select id, centre, journal, acked, joined_at as "joinedAt", alone_from as "aloneFrom",
      replaced_at as "replacedAt", signing_key as "signingKey"
    from agents where id = ${id} for update`;
  return row!;
}

export async function readAgentByCredential(
  sql: Sql,
  credential: Buffer,
): Promise<{ id: AgentId; centre: CentreId } | undefined> {
  const [row] = await sql<{ id: AgentId; centre: CentreId }>`
    select id, centre from agents where credential = ${credential}`;
  return row;
}

export async function isReplaced(sql: Sql, id: AgentId): Promise<boolean> {
  const rows = await sql`select from agents where id = ${id} and replaced_at is not null`;
  return rows.length > 0;
}

export async function markReplaced(sql: Sql, id: AgentId, at: Temporal.Instant): Promise<void> {
  await sql`update agents set replaced_at = ${at} where id = ${id}`;
}

/** The same agent has joined again: from now on it proves itself by these. */
export async function changeCredential(
  sql: Sql,
  id: AgentId,
  { credential, signingKey }: { credential: Buffer; signingKey: Buffer | null },
): Promise<void> {
  await sql`
    update agents set credential = ${credential}, signing_key = ${signingKey} where id = ${id}`;
}

export async function saveAcked(sql: Sql, id: AgentId, acked: bigint): Promise<void> {
  await sql`update agents set acked = ${acked} where id = ${id}`;
}

/** Begins another journal of the same agent: its numbers begin anew. */
export async function changeJournal(
  sql: Sql,
  { agent, journal, at }: { agent: LinkedAgent; journal: JournalId; at: Temporal.Instant },
): Promise<void> {
  await sql`
    insert into retired_journals (journal, agent, acked, retired_at)
    values (${agent.journal}, ${agent.id}, ${agent.acked}, ${at})`;
  await sql`update agents set journal = ${journal}, acked = 0 where id = ${agent.id}`;
}

export async function isRetired(sql: Sql, journal: JournalId): Promise<boolean> {
  const rows = await sql`select from retired_journals where journal = ${journal}`;
  return rows.length > 0;
}

/** An entry that could be taken in no way. */
export interface OddEntry {
  readonly seq: bigint;
  readonly why: string;
  /** As it travelled, or as much of it as could be read. */
  readonly entry: unknown;
}

export async function insertOddities(
  sql: Sql,
  from: {
    readonly centre: CentreId;
    readonly journal: JournalId;
    readonly at: Temporal.Instant;
    readonly entries: readonly OddEntry[];
  },
): Promise<void> {
  const { centre, journal, at, entries } = from;
  if (entries.length === 0) return;
  await sql`
    insert into link_oddities (journal, seq, centre, why, entry, taken_at)
    select ${journal}, seq, ${centre}, why, entry, ${at} from unnest(
      ${entries.map(({ seq }) => seq)}::bigint[],
      ${entries.map(({ why }) => why)}::text[],
      ${entries.map(({ entry }) => json(entry))}::json[]) as odd (seq, why, entry)
    on conflict do nothing`;
}

export interface RunInput {
  readonly run: RunId;
  readonly sha256: string;
}

/** Lets a centre read the uploads of runs that it is handed. */
export async function insertRunInputs(
  sql: Sql,
  centre: CentreId,
  inputs: readonly RunInput[],
): Promise<void> {
  if (inputs.length === 0) return;
  await sql`
    insert into run_inputs (run, sha256, centre)
    select run, sha256, ${centre} from unnest(
      ${inputs.map(({ run }) => run)}::uuid[],
      ${inputs.map(({ sha256 }) => sha256)}::text[]) as input (run, sha256)
    order by run, sha256 on conflict do nothing`;
}

/** The runs have ended at the centre: it has no more need of their inputs. */
export async function removeRunInputs(sql: Sql, runs: readonly RunId[]): Promise<void> {
  if (runs.length === 0) return;
  await sql`delete from run_inputs where run = any(${runs}::uuid[])`;
}

export async function mayReadInput(
  sql: Sql,
  { centre, sha256 }: { centre: CentreId; sha256: string },
): Promise<boolean> {
  const rows = await sql`
    select from run_inputs where centre = ${centre} and sha256 = ${sha256} limit 1`;
  return rows.length > 0;
}
