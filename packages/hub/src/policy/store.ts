import type { Policy } from "@wadi/core/dispatch";
import type { KeyId } from "@wadi/core/units";
import { policySpec, type PolicyJson } from "@wadi/protocol";
import { z } from "zod";

import { json, type Sql } from "../db/index.ts";

/** A policy as it was set. */
export interface PolicyVersion {
  readonly version: number;
  readonly policy: Policy;
  readonly madeAt: Temporal.Instant;
  readonly madeBy: KeyId;
}

/** Whoever sets a policy waits here for the one before, so that versions follow one another. */
export async function lockPolicies(sql: Sql): Promise<void> {
  await sql`lock table policies in share row exclusive mode`;
}

export async function insertPolicy(sql: Sql, one: PolicyVersion): Promise<void> {
  await sql`
    insert into policies (version, policy, made_at, made_by)
    values (${one.version}, ${json(z.encode(policySpec, one.policy))}, ${one.madeAt},
      ${one.madeBy})`;
}

/** The number of the policy that holds; 0 before anybody set one. */
export async function lastVersion(sql: Sql): Promise<number> {
  const [row] = await sql<{ version: number }>`
    select coalesce(max(version), 0)::int as version from policies`;
  return row!.version;
}

export async function readVersion(sql: Sql, version: number): Promise<PolicyVersion | undefined> {
  const [row] = await sql<PolicyRow>`
    select version, policy, made_at as "madeAt", made_by as "madeBy" from policies
    where version = ${version}`;
  return row && { ...row, policy: z.decode(policySpec, inTodaysWords(row.policy)) };
}

/**
 * A stored version in the words of today's grammar. What is stored is never rewritten, so a field
 * that was renamed is read under its old name for ever.
 */
function inTodaysWords({ cheaperHourWithin, ...policy }: StoredPolicy): PolicyJson {
  return cheaperHourWithin === undefined
    ? policy
    : { ...policy, waitForCheaper: cheaperHourWithin };
}

/** `waitForCheaper` was `cheaperHourWithin` once. */
type StoredPolicy = PolicyJson & { readonly cheaperHourWithin?: PolicyJson["waitForCheaper"] };

interface PolicyRow extends Omit<PolicyVersion, "policy"> {
  readonly policy: StoredPolicy;
}
