import { microseconds, totalMax } from "@wadi/core/ledger";
import { downToFen } from "@wadi/core/units";
import { grantsByRules, type Programme } from "@wadi/core/vouchers";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { seesFund } from "../http/index.ts";
import { Refused, wrongField } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { claimProgramme, fundOf, programmeOf, saveVersion } from "./store.ts";

export type ProgrammeDraft = Omit<Programme, "version">;

/**
 * Opens a programme or makes its next version; putting what holds already changes nothing. Jobs
 * that were submitted before keep the rate of then.
 * @throws Refused `invalid-request` for a fund that is not there or not the caller's,
 *   `already-exists` for a programme of another fund, `wrong-state` for one that goes by rules
 */
export function putProgramme(
  hub: Hub,
  draft: ProgrammeDraft,
  by: AuditEntry["by"],
): Promise<Programme> {
  const at = hub.clock.now();
  if (grantsByRules(draft)) {
    throw wrongField("/capPerTenant", "is more than the books can count");
  }
  return hub.db.transaction((sql) => putProgrammeIn(sql, draft, { by, at }));
}

/** The same in the caller's transaction, and for programmes with rules: their drafts say so. */
export async function putProgrammeIn(
  sql: Sql,
  draft: ProgrammeDraft,
  { by, at }: Pick<AuditEntry, "by" | "at">,
): Promise<Programme> {
  if (draft.capPerTenant > totalMax) {
    throw wrongField("/capPerTenant", "is more than the books can count");
  }
  if (downToFen(draft.capPerTenant) !== draft.capPerTenant) {
    throw wrongField("/capPerTenant", "must be whole fen, at most two decimals: public money is");
  }
  await refuseForeignFund(sql, draft, by);
  const before = await claimProgramme(sql, draft);
  if (before.fund !== draft.fund) {
    const detail = `${draft.id} is a programme of another fund for ever; take a new name`;
    throw new Refused("already-exists", {}, detail);
  }
  const current = before.version > 0 ? await programmeOf(sql, draft.id) : undefined;
  if (current && isSame(current, draft)) return current;
  if (current && grantsByRules(current) && !grantsByRules(draft)) {
    const cure = "propose their next version, which another person approves";
    throw new Refused("wrong-state", {}, `${draft.id} goes by its rules; ${cure}`);
  }

  const programme = { ...draft, version: before.version + 1 };
  await saveVersion(sql, programme, at);
  const subject = `programme/${draft.id}`;
  await audit(sql, { by, at, action: "programme.put", subject, facts: { ...programme } });
  return programme;
}

async function refuseForeignFund(
  sql: Sql,
  { fund }: ProgrammeDraft,
  { signer }: AuditEntry["by"],
): Promise<void> {
  if (seesFund(signer, fund) && (await fundOf(sql, fund))) return;
  throw wrongField("/fund", `"${fund}" is no fund of yours; open it with PUT /v1/funds/${fund}`);
}

const isSame = (programme: Programme, draft: ProgrammeDraft) =>
  programme.name === draft.name &&
  programme.rate === draft.rate &&
  programme.capPerTenant === draft.capPerTenant &&
  microseconds(programme.expiresAt) === microseconds(draft.expiresAt);
