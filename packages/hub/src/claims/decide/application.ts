import { noMoney, type ProgrammeId, type TenantId } from "@wadi/core/units";
import { checkCase, modeFacts, noProgress, type ProgrammeRules } from "@wadi/core/vouchers";
import type { ClaimId } from "@wadi/protocol";

import { seesTenant } from "../../http/index.ts";
import { Refused, wrongField } from "../../refused.ts";
import type { AuditEntry } from "../../tenants/index.ts";
import { caseOfClaim, dayOf } from "../claim/claim-case.ts";
import { contractNumber } from "../claim/contract-number.ts";
import { make } from "../claim/move.ts";
import { rulesInForce } from "../rules/rules-for.ts";
import { canSplit } from "../split/split-vouchers.ts";
import type { Asked, StoredClaim } from "../claim/store.ts";

/** One request for a voucher. */
export interface Application {
  readonly programme: ProgrammeId;
  readonly tenant: TenantId;
  readonly asked: Asked;
  readonly idempotencyKey: string;
  readonly fingerprint: Uint8Array;
  /** Null: the hub itself, for a programme that nobody applies to. */
  readonly by: AuditEntry["by"] | null;
}

/** What the hub knows that applications are judged by, read for all of a batch at once. */
export interface Known {
  readonly tenants: ReadonlySet<string>;
  readonly providers: ReadonlySet<string>;
  /** Whose sub-accounts tenants are. */
  readonly parentOf: ReadonlyMap<TenantId, TenantId>;
  /** Approved versions, oldest first. */
  readonly rulesOf: ReadonlyMap<ProgrammeId, readonly ProgrammeRules[]>;
}

/** An application that may be decided: the claim that it becomes, and the version that decides. */
export interface Applied {
  readonly claim: StoredClaim;
  readonly rules: ProgrammeRules;
}

/**
 * The claim that an application becomes, not decided yet.
 * @throws Refused `not-found`, `programme-expired`, `invalid-request`, `not-allowed` where nobody
 *   applies
 */
export function takeIn(
  of: Application,
  { id, at, known }: { id: ClaimId; at: Temporal.Instant; known: Known },
): Applied {
  const { programme, tenant, by } = of;
  const isOwn = by === null || seesTenant(by.signer, tenant);
  if (!isOwn || !known.tenants.has(tenant)) {
    throw wrongField("/tenant", `"${tenant}" is no tenant of yours`);
  }
  const versions = known.rulesOf.get(programme) ?? [];
  const parent = known.parentOf.get(tenant);
  if (parent !== undefined && versions.some(canSplit)) {
    const detail = `"${tenant}" is a sub-account of ${parent}, which applies and gives it a part`;
    throw wrongField("/tenant", detail);
  }
  const rules = rulesToApply(versions, of, at);
  if (by !== null && !modeFacts(rules.lifecycle.mode).applied) {
    const detail = `nobody applies to ${programme}: the platform claims for what is used on it`;
    throw new Refused("not-allowed", { mode: rules.lifecycle.mode }, detail);
  }
  const asked = { ...of.asked, contract: contractNumber(of.asked.contract) };
  const draft: StoredClaim = {
    ...{ id, programme, tenant, asked, contract: asked.contract },
    ...{ version: rules.version.number, state: "draft", stage: 0, decision: null },
    ...{ progress: noProgress, granted: noMoney, redeemed: noMoney, released: noMoney },
    ...{ appliedAt: at, appliedOn: dayOf(at, rules) },
    ...{ issuedOn: null, lastDay: null, noticeUntil: null, happened: [], unitMoves: [] },
  };
  refuseContradictions(draft, rules, known);
  return {
    claim: make(draft, { move: "apply", as: by ? "applicant" : "platform", at, by }),
    rules,
  };
}

/** The version that decides: where it is that of the day of signing, the day must be told. */
function rulesToApply(
  versions: readonly ProgrammeRules[],
  { programme, asked }: Application,
  at: Temporal.Instant,
): ProgrammeRules {
  const signed = asked.facts["contract.signedOn"] ?? null;
  const isDay = signed instanceof Temporal.PlainDate;
  return rulesInForce(versions, programme, (first) => {
    if (!isDay && first.version.decidedBy === "signed") {
      const detail = "must be given: the day of signing says which version of the rules decides";
      throw wrongField("/facts/contract.signedOn", detail);
    }
    const today = dayOf(at, first);
    return { signed: isDay ? signed : null, applied: today, redeemed: today };
  });
}

function refuseContradictions(claim: StoredClaim, rules: ProgrammeRules, known: Known): void {
  if (claim.asked.approvals.length > 0) {
    const detail = "are not the applicant's to bring: who raises a cap speaks for a fund";
    throw wrongField("/approvals", detail);
  }
  const [wrong] = checkCase(caseOfClaim(claim, null));
  if (wrong) throw wrongField(wrong.path, wrong.message);
  const paysSupplier =
    modeFacts(rules.lifecycle.mode).offsetsBill ||
    rules.parts.some(({ payee }) => payee === "supplier");
  const { supplier } = claim.asked;
  if (paysSupplier && !known.providers.has(supplier)) {
    const detail = `must be a provider of the region, which the programme pays; read "${supplier}"`;
    throw wrongField("/supplier", detail);
  }
}

/** What became of an application. */
export type ApplyOutcome =
  | { readonly kind: "applied"; readonly claim: StoredClaim }
  | { readonly kind: "refused"; readonly refused: Refused };
