import type { KeyId, MicroYuan } from "@wadi/core/units";
import { judgeRaise, type ProgrammeRules } from "@wadi/core/vouchers";
import type { ApprovalId, ApprovalView } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import type { Sql } from "../../db/index.ts";
import { seesFund } from "../../http/index.ts";
import { Refused, wrongField } from "../../refused.ts";
import { audit, tenantOf, type AuditEntry } from "../../tenants/index.ts";
import {
  addApprovalEvent,
  claimsOfContracts,
  insertApproval,
  lockApproval,
  sameApproval,
  type AskedApproval,
  type OfContract,
  type StoredApproval,
} from "./approval-store.ts";
import { contractNumber } from "../claim/contract-number.ts";
import { heldByClaims } from "../counters/held-store.ts";
import { approvedRules, officersRules } from "../rules/rules-for.ts";
import { lockRules } from "../rules/rules-store.ts";
import { readClaims } from "../claim/store.ts";
import { approvalIn, isOf } from "./with-approvals.ts";

type By = AuditEntry["by"];

/** What a person of a fund asks for. */
export type Raising = OfContract & Pick<AskedApproval, "cap" | "limit" | "note">;

/**
 * Asks to raise a cap for the claims of one contract. The same again is the same approval.
 * @throws Refused `not-found` for who does not speak for a fund of the programme,
 *   `invalid-request`, `needs-another-person`
 */
export function raiseCap(
  hub: Pick<Hub, "db" | "clock" | "newId">,
  { by, ...raising }: Raising & { by: By },
): Promise<ApprovalView> {
  const at = hub.clock.now();
  const of = { ...raising, contract: contractNumber(raising.contract) };
  return hub.db.transaction(async (sql) => {
    await officersRules(sql, of.programme, by.signer);
    if (!(await tenantOf(sql, of.tenant))) {
      throw wrongField("/tenant", `"${of.tenant}" is no tenant of the region`);
    }
    const wrong = judgeRaise(await approvedRules(sql, of.programme), of);
    if (wrong) throw wrongField(wrong.path, wrong.message);
    await lockRules(sql, of.programme); // two that ask for the same at once
    const before = await sameApproval(sql, of);
    if (before) return viewOfOne(sql, before);
    await refuseApplicant(sql, of, by);
    const id = hub.newId() as ApprovalId;
    const asked = { ...of, id, askedBy: by.signer.key, askedAt: at };
    await insertApproval(sql, asked);
    const { programme, ...facts } = of;
    const subject = `programme/${programme}`;
    await audit(sql, { by, at, action: "cap.raise", subject, facts: { approval: id, ...facts } });
    return viewOfOne(sql, { ...asked, ...nothingSaid });
  });
}

const nothingSaid = { secondedBy: null, secondedAt: null, revokedBy: null, revokedAt: null };

interface Saying extends Pick<AskedApproval, "id" | "programme"> {
  readonly by: By;
}

/**
 * Seconds what another person asked for: it is in force from then on. Again, by the same person, it
 * changes nothing.
 * @throws Refused `not-found`, `not-allowed` for who does not speak for every fund that pays,
 *   `needs-another-person`, `wrong-state` for one that was revoked or seconded by somebody else
 */
export function secondApproval(
  hub: Pick<Hub, "db" | "clock">,
  { by, ...of }: Saying,
): Promise<ApprovalView> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const rules = await officersRules(sql, of.programme, by.signer);
    const approval = await theApproval(sql, of);
    const { id, askedBy, secondedBy, revokedAt } = approval;
    const person = by.signer.key;
    if (revokedAt !== null) throw wrongState(id, `was revoked at ${revokedAt.toString()}`);
    if (secondedBy === person) return viewOfOne(sql, approval);
    if (secondedBy !== null) throw wrongState(id, "was seconded already");
    refusePartial(rules, by);
    if (askedBy === person) {
      const detail =
        "whoever asked to raise a cap cannot second it; another person of the fund must";
      throw new Refused("needs-another-person", {}, detail);
    }
    await refuseApplicant(sql, approval, by);
    await addApprovalEvent(sql, approval, { what: "seconded", by: person, at });
    await auditSaid(sql, approval, { by, at, action: "cap.second" });
    return viewOfOne(sql, { ...approval, secondedBy: person, secondedAt: at });
  });
}

/**
 * Revokes an approval, seconded or not. Again it changes nothing.
 * @throws Refused `not-found`, `wrong-state` once a claim was granted while it was in force
 */
export function revokeApproval(
  hub: Pick<Hub, "db" | "clock">,
  { by, ...of }: Saying,
): Promise<ApprovalView> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await officersRules(sql, of.programme, by.signer);
    const approval = await theApproval(sql, of);
    if (approval.revokedAt !== null) return viewOfOne(sql, approval);
    const [used] = (await viewOfOne(sql, approval)).usedBy;
    if (used) {
      const cure = "to take that grant back, move the claim";
      throw wrongState(approval.id, `is what claim ${used} was granted by; ${cure}`);
    }
    const person = by.signer.key;
    await addApprovalEvent(sql, approval, { what: "revoked", by: person, at });
    await auditSaid(sql, approval, { by, at, action: "cap.revoke" });
    return viewOfOne(sql, { ...approval, revokedBy: person, revokedAt: at });
  });
}

async function theApproval(sql: Sql, of: Pick<Saying, "id" | "programme">) {
  const approval = await lockApproval(sql, of);
  if (approval) return approval;
  throw new Refused("not-found", {}, `there is no approval ${of.id} of ${of.programme}`);
}

const wrongState = (id: ApprovalId, why: string) =>
  new Refused("wrong-state", {}, `approval ${id} ${why}`);

const auditSaid = (
  sql: Sql,
  { id, programme, tenant, contract, cap, limit }: StoredApproval,
  of: Pick<AuditEntry, "by" | "at" | "action">,
) => {
  const facts = { approval: id, tenant, contract, cap, limit };
  return audit(sql, { ...of, subject: `programme/${programme}`, facts });
};

/** Room under a cap is spent out of every fund that pays, as with rules. */
function refusePartial({ id, payers }: ProgrammeRules, by: By): void {
  if (payers.every(({ fund }) => seesFund(by.signer, fund))) return;
  const detail = `${id} spends from other funds too; the operator seconds it`;
  throw new Refused("not-allowed", {}, detail);
}

/** Nobody raises a cap for what he applied for himself. */
async function refuseApplicant(sql: Sql, of: OfContract, { signer }: By): Promise<void> {
  const claims = await claimsOfContracts(sql, [of]);
  const isApplicant = (person: KeyId) => claims.some(({ persons }) => persons.includes(person));
  if (signer.tenant === null && !isApplicant(signer.key)) return;
  const detail = `this person applied for contract ${of.contract}; another one of the fund must`;
  throw new Refused("needs-another-person", { code: "own-claim" }, detail);
}

/** Approvals as callers see them, with the claims that were granted by them. */
export async function viewOfApprovals(
  sql: Sql,
  approvals: readonly StoredApproval[],
): Promise<ApprovalView[]> {
  const ids = (await claimsOfContracts(sql, approvals)).map(({ id }) => id);
  const decided = (await readClaims(sql, ids)).filter(
    ({ decision }) => decision?.outcome === "granted",
  );
  const held = await heldByClaims(
    sql,
    decided.map(({ id }) => id),
  );
  const granted = decided.filter(({ id, issuedOn }) => issuedOn !== null || held.has(id));
  return approvals.map((one) => {
    const usedBy = granted.filter((claim) => isOf(one, claim) && isAmong(one, claim.asked));
    return { ...one, state: stateOf(one), usedBy: usedBy.map(({ id }) => id) };
  });
}

const viewOfOne = async (sql: Sql, approval: StoredApproval): Promise<ApprovalView> =>
  (await viewOfApprovals(sql, [approval]))[0]!;

const stateOf = ({ secondedAt, revokedAt }: StoredApproval) =>
  revokedAt !== null ? "revoked" : secondedAt !== null ? "in-force" : "asked";

interface Signed {
  readonly cap: string;
  readonly limit: MicroYuan;
  readonly approvedBy: readonly string[];
}

function isAmong(approval: StoredApproval, asked: { approvals: readonly Signed[] }): boolean {
  if (approval.secondedAt === null) return false;
  const own = approvalIn(approval);
  return asked.approvals.some(
    ({ cap, limit, approvedBy }) =>
      cap === own.cap && limit === own.limit && approvedBy.join() === own.approvedBy.join(),
  );
}
