import type { ProgrammeId } from "@wadi/core/units";
import { versionFor, type ProgrammeRules, type VersionDays } from "@wadi/core/vouchers";

import type { Sql } from "../db/index.ts";
import { Refused } from "../refused.ts";
import { approvedRulesOf } from "./rules-store.ts";

/** The versions of a programme that hold, oldest first. */
export async function approvedRules(sql: Sql, programme: ProgrammeId): Promise<ProgrammeRules[]> {
  return approvedRulesOf(sql, programme);
}

/** @throws Refused `not-found`, or `programme-expired` where none was in force on its day */
export function rulesInForce(
  versions: readonly ProgrammeRules[],
  programme: ProgrammeId,
  daysIn: (rules: ProgrammeRules) => VersionDays,
): ProgrammeRules {
  const [first] = versions;
  if (!first) {
    const detail = `there is no programme ${programme} with rules that were approved`;
    throw new Refused("not-found", {}, detail);
  }
  const found = versionFor(versions, daysIn(first));
  if (found) return found;
  const detail = `no version of ${programme} was in force on the day that decides`;
  throw new Refused("programme-expired", {}, detail);
}

/** @throws Error where a claim names a version that is not there */
export async function rulesOfClaim(
  sql: Sql,
  { programme, version }: { programme: ProgrammeId; version: number },
): Promise<ProgrammeRules> {
  const versions = await approvedRules(sql, programme);
  const found = versions.find((rules) => rules.version.number === version);
  if (!found) throw new Error(`version ${version} of ${programme} is not there`);
  return found;
}
