import { windowFor, type ClaimWindow, type ProgrammeRules } from "@wadi/core/vouchers";
import type { ClaimView } from "@wadi/protocol";

import type { Sql } from "../../db/index.ts";
import { decidedWindows } from "../rounds/round-store.ts";
import type { StoredClaim } from "../claim/store.ts";
import { viewOfClaim } from "../claim/views.ts";

/** Claims as callers see them, in their order, with the rounds that gathered ones wait for. */
export async function showClaims(
  sql: Sql,
  claims: readonly StoredClaim[],
  rulesOf: (claim: StoredClaim) => ProgrammeRules,
): Promise<ClaimView[]> {
  const waiting = Map.groupBy(
    claims.filter(({ state }) => state === "gathered"),
    ({ programme, version }) => `${programme}/${version}`,
  );
  const awaited = new Map<string, ClaimWindow | null>();
  for (const same of waiting.values()) {
    const decided = await decidedWindows(sql, same[0]!);
    for (const claim of same) {
      const { cadence } = rulesOf(claim).lifecycle;
      awaited.set(claim.id, windowFor(cadence, { appliedOn: claim.appliedOn, decided }));
    }
  }
  return claims.map((claim) => {
    return viewOfClaim(claim, { rules: rulesOf(claim), window: awaited.get(claim.id) ?? null });
  });
}

/** The same of one claim. */
export const showClaim = async (
  sql: Sql,
  claim: StoredClaim,
  rules: ProgrammeRules,
): Promise<ClaimView> => (await showClaims(sql, [claim], () => rules))[0]!;
