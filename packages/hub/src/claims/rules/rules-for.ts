import type { ProgrammeId } from "@wadi/core/units";
import { versionFor, type ProgrammeRules, type VersionDays } from "@wadi/core/vouchers";

import type { Sql } from "../../db/index.ts";
import { seesFund, type Signer } from "../../http/index.ts";
import { Refused } from "../../refused.ts";
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

/** What of a claim says which rules decided it. */
interface ByRules {
  readonly programme: ProgrammeId;
  readonly version: number;
}

/** @throws Error where a claim names a version that is not there */
export async function rulesOfClaim(sql: Sql, claim: ByRules): Promise<ProgrammeRules> {
  return (await rulesOfClaims(sql, [claim]))(claim);
}

/** The same for several claims; each programme is read once. */
export async function rulesOfClaims(
  sql: Sql,
  claims: readonly ByRules[],
): Promise<(claim: ByRules) => ProgrammeRules> {
  const programmes = [...new Set(claims.map(({ programme }) => programme))];
  const all = await Promise.all(programmes.map((one) => approvedRules(sql, one)));
  return ({ programme, version }) => {
    const found = all.flat().find((one) => one.id === programme && one.version.number === version);
    if (!found) throw new Error(`version ${version} of ${programme} is not there`);
    return found;
  };
}

/** The last rules of a programme that has a fund of the caller's among its payers. */
export async function officersRules(
  sql: Sql,
  id: ProgrammeId,
  signer: Signer,
): Promise<ProgrammeRules> {
  const rules = (await approvedRules(sql, id)).at(-1);
  if (rules?.payers.some(({ fund }) => seesFund(signer, fund))) return rules;
  throw new Refused("not-found", {}, `there is no programme ${id} of yours with approved rules`);
}
