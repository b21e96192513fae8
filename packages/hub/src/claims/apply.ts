import { noMoney, type ProgrammeId, type TenantId } from "@wadi/core/units";
import { checkCase, modeFacts, noProgress, type ProgrammeRules } from "@wadi/core/vouchers";
import type { ClaimId } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { seesTenant } from "../http/index.ts";
import { claimKeys } from "../http/idempotency-store.ts";
import { Refused, wrongField } from "../refused.ts";
import { audit, providerOf, tenantOf, type AuditEntry } from "../tenants/index.ts";
import { caseOfClaim, dayOf } from "./claim-case.ts";
import { bannedUntil } from "./event-store.ts";
import { fewAtOnce } from "./few-at-once.ts";
import { contractNumber } from "./contract-number.ts";
import { make } from "./move.ts";
import { postForClaim } from "./postings.ts";
import { approvedRules, rulesInForce, rulesOfClaim } from "./rules-for.ts";
import { settleState } from "./settle-state.ts";
import {
  insertClaim,
  lockClaim,
  readClaim,
  saveClaim,
  type Asked,
  type StoredClaim,
} from "./store.ts";

/** What of the hub it takes. */
export type Applying = Pick<Hub, "db" | "clock" | "newId">;

export interface Application {
  readonly programme: ProgrammeId;
  readonly tenant: TenantId;
  readonly asked: Asked;
  readonly idempotencyKey: string;
  readonly fingerprint: Uint8Array;
  readonly by: AuditEntry["by"];
}

/**
 * Takes a claim in and decides it as far as it can be decided at once. What is missing is asked
 * for; nothing is refused because of it. The same request again is the same claim.
 * @throws Refused `not-found`, `programme-expired`, `key-reused`, `invalid-request`,
 *   `insufficient-funds` where a voucher would be issued at once and the fund is short
 */
export function applyForVoucher(hub: Applying, of: Application): Promise<StoredClaim> {
  return fewAtOnce(hub.db, atOnceMax, () => apply(hub, of));
}

/** Half of the hub's connections. */
const atOnceMax = 8;

function apply(hub: Applying, of: Application): Promise<StoredClaim> {
  const { programme, tenant, by } = of;
  const asked = { ...of.asked, contract: contractNumber(of.asked.contract) };
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const id = hub.newId() as ClaimId;
    const keyClaim = {
      ...{ owner: `tenant/${tenant}`, key: of.idempotencyKey },
      ...{ fingerprint: of.fingerprint, subject: id },
    };
    const [found, [key], versions, banned] = await Promise.all([
      seesTenant(by.signer, tenant) ? tenantOf(sql, tenant) : undefined,
      claimKeys(sql, [keyClaim]),
      approvedRules(sql, programme),
      bannedUntil(sql, { programme, tenant }),
    ]);
    if (!found) throw wrongField("/tenant", `"${tenant}" is no tenant of yours`);
    if (key?.kind === "reused") throw new Refused("key-reused");
    if (key?.kind === "repeat") return (await readClaim(sql, key.subject as ClaimId))!;

    const rules = rulesToApply(versions, of, at);
    const draft: StoredClaim = {
      ...{ id, programme, tenant, asked, contract: asked.contract, happened: [] },
      ...{ version: rules.version.number, state: "draft", stage: 0, decision: null },
      ...{ progress: noProgress, granted: noMoney, redeemed: noMoney, released: noMoney },
      ...{ appliedAt: at, appliedOn: dayOf(at, rules) },
      ...{ issuedOn: null, lastDay: null, noticeUntil: null },
    };
    await refuseContradictions(sql, draft, rules);
    const applied = make(draft, { move: "apply", as: "applicant", at, by });
    const { claim, transfers } = await settleState(sql, applied, { rules, banned, at, by });
    const facts = { programme, contract: claim.contract, state: claim.state };
    const entry = { by, at, action: "claim.apply", subject: `claim/${id}`, facts };
    // Sent together and run in this order: others wait for the counters that are locked here.
    await Promise.all([
      insertClaim(sql, claim),
      audit(sql, entry),
      postForClaim(sql, transfers, at),
    ]);
    return claim;
  });
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

/** A document that a claim lacked. */
export type NewEvidence = Asked["evidence"][number];

/**
 * Adds a document; once nothing is missing any more, the claim goes on.
 * @throws Refused `not-found`, `wrong-state`
 */
export function addEvidence(
  hub: Hub,
  { id, evidence, by }: { id: ClaimId; evidence: NewEvidence; by: AuditEntry["by"] },
): Promise<StoredClaim> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const claim = await lockClaim(sql, id);
    if (!claim || !seesTenant(by.signer, claim.tenant)) throw noClaim(id);
    const isOf = ({ kind, sha256 }: NewEvidence) =>
      kind === evidence.kind && sha256 === evidence.sha256;
    const before = claim.asked.evidence.find(isOf);
    if (before && isSameDay(before.madeOn, evidence.madeOn)) {
      if (isSameDay(before.validUntil, evidence.validUntil)) return claim;
    }
    const others = claim.asked.evidence.filter((one) => !isOf(one));
    const asked = { ...claim.asked, evidence: [...others, evidence] };
    const rules = await rulesOfClaim(sql, claim);
    const facts = { evidence: evidence.kind, sha256: evidence.sha256 };
    const move = { move: "complete", as: "applicant", at, by, facts } as const;
    const completed = make({ ...claim, asked }, move);
    const banned = await bannedUntil(sql, claim);
    const settled = await settleState(sql, completed, { rules, banned, at, by });
    await saveClaim(sql, settled.claim);
    await postForClaim(sql, settled.transfers, at);
    return settled.claim;
  });
}

const isSameDay = (one: Temporal.PlainDate | null, other: Temporal.PlainDate | null) =>
  one === other || (one !== null && other !== null && one.equals(other));

export const noClaim = (id: ClaimId) =>
  new Refused("not-found", {}, `there is no claim ${id}, or it is not yours`);

async function refuseContradictions(
  sql: Sql,
  claim: StoredClaim,
  rules: ProgrammeRules,
): Promise<void> {
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
  if (paysSupplier && !(await providerOf(sql, supplier as never))) {
    const detail = `must be a provider of the region, which the programme pays; read "${supplier}"`;
    throw wrongField("/supplier", detail);
  }
}
