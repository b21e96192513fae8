import type { KeyId, ProgrammeId } from "@wadi/core/units";
import type { ProgrammeRules } from "@wadi/core/vouchers";
import { programmeRules, type ProgrammeJson } from "@wadi/protocol";
import { z } from "zod";

import { json, type Sql } from "../../db/index.ts";

/** One version of a programme's rules, as it is stored. */
export interface StoredRules {
  readonly rules: ProgrammeRules;
  readonly putBy: KeyId;
  readonly putAt: Temporal.Instant;
  /** Null: a draft. */
  readonly approvedBy: KeyId | null;
  readonly approvedAt: Temporal.Instant | null;
}

/** Whoever changes a programme's rules waits here for the one before. */
export async function lockRules(sql: Sql, programme: ProgrammeId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`rules/${programme}`}, 0))`;
}

/** Puts a draft, in place of an earlier draft of the same version. */
export async function saveDraft(sql: Sql, { rules, putBy, putAt }: StoredRules): Promise<void> {
  await sql`
    insert into programme_rules (programme, version, rules, put_by, put_at)
    values (${rules.id}, ${rules.version.number}, ${json(z.encode(programmeRules, rules))},
      ${putBy}, ${putAt})
    on conflict (programme, version) do update
      set rules = excluded.rules, put_by = excluded.put_by, put_at = excluded.put_at`;
}

export async function saveApproval(
  sql: Sql,
  { rules, by, at }: { rules: ProgrammeRules; by: KeyId; at: Temporal.Instant },
): Promise<void> {
  await sql`
    update programme_rules set approved_by = ${by}, approved_at = ${at}
    where programme = ${rules.id} and version = ${rules.version.number}`;
}

/** All versions of a programme, oldest first, drafts included. */
export async function rulesOf(sql: Sql, programme: ProgrammeId): Promise<StoredRules[]> {
  const rows = await sql<RulesRow>`
    select rules, put_by as "putBy", put_at as "putAt", approved_by as "approvedBy",
      approved_at as "approvedAt"
    from programme_rules where programme = ${programme} order by version`;
  return rows.map((row) => ({ ...row, rules: z.decode(programmeRules, row.rules) }));
}

/** The versions of a programme that were approved, oldest first; each is decoded once. */
export async function approvedRulesOf(sql: Sql, programme: ProgrammeId): Promise<ProgrammeRules[]> {
  const approvals = await sql<Approval>`
    select version, put_by || '/' || approved_by || '/' || approved_at as name
    from programme_rules where programme = ${programme} and approved_at is not null
    order by version`;
  const known = approvals.map(({ name }) => decoded.get(`${programme}/${name}`));
  if (known.every((rules) => rules !== undefined)) return known;
  const stored = (await rulesOf(sql, programme)).filter(({ approvedAt }) => approvedAt !== null);
  if (decoded.size > decodedMax) decoded.clear();
  for (const { rules } of stored) {
    const approval = approvals.find(({ version }) => version === rules.version.number);
    if (approval) decoded.set(`${programme}/${approval.name}`, rules);
  }
  return stored.map(({ rules }) => rules);
}

/**
 * Approved rules by programme and approval. They never change (the database sees to that), so that
 * what is here holds for as long as the approval is there.
 */
const decoded = new Map<string, ProgrammeRules>();
const decodedMax = 1000;

interface Approval {
  readonly version: number;
  readonly name: string;
}

interface RulesRow extends Omit<StoredRules, "rules"> {
  readonly rules: ProgrammeJson;
}
