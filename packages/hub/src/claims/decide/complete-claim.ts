import { closest } from "@wadi/core/capacity";
import {
  bringFacts,
  versionFor,
  type BroughtValue,
  type Bringing,
  type ProgrammeRules,
  type Told,
} from "@wadi/core/vouchers";
import type { ClaimId } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import type { Sql } from "../../db/index.ts";
import { seesTenant } from "../../http/index.ts";
import { refuseWrongFields, wrongField, type WrongField } from "../../refused.ts";
import { audit, type AuditEntry } from "../../tenants/index.ts";
import { caseOfClaim } from "../claim/claim-case.ts";
import { bannedUntil, wasReturned } from "../claim/event-store.ts";
import { make, nextState } from "../claim/move.ts";
import { noClaim } from "../claim/no-claim.ts";
import { postForClaim } from "../redeem/postings.ts";
import { approvedRules, rulesOfClaim } from "../rules/rules-for.ts";
import { settleState } from "./settle-state.ts";
import { lockClaim, saveClaim, type Asked, type StoredClaim } from "../claim/store.ts";

/** A document that a claim lacked. */
export type NewEvidence = Asked["evidence"][number];

/** What an applicant brings to a claim: the parts of a case, those left out empty or null. */
export type Brought = Pick<
  Asked,
  "facts" | "lines" | "evidence" | "relations" | "otherMoney" | "registrations"
>;

interface Completing {
  readonly id: ClaimId;
  readonly brought: Brought;
  readonly by: AuditEntry["by"];
}

/**
 * Adds what a claim lacked; once nothing is missing any more, the claim goes on. What was told
 * before stays, unless an office returned the claim: then it may be corrected. The same again
 * changes nothing.
 * @throws Refused `not-found`, `wrong-state`, `invalid-request` with every wrong field
 */
export function completeClaim(
  hub: Pick<Hub, "db" | "clock">,
  { id, brought, by }: Completing,
): Promise<StoredClaim> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const claim = await lockClaim(sql, id);
    if (!claim || !seesTenant(by.signer, claim.tenant)) throw noClaim(id);
    const own = { ...caseOfClaim(claim, null), facts: claim.asked.facts };
    const bringing = bringFacts(own, brought as Told);
    const documents = brought.evidence.filter((one) => !hasEvidence(claim.asked, one));
    if (isNothing(bringing, documents)) return claim;
    nextState(claim, { move: "complete", as: "applicant" });
    const rules = await rulesOfClaim(sql, claim);
    const unasked = kindsNotAsked(rules, brought.evidence);
    refuseWrong(bringing, { unasked, mayCorrect: await wasReturned(sql, id) });
    const asked = withDocuments({ ...claim.asked, ...(bringing.told as Brought) }, documents);
    await refuseOtherVersion(sql, { ...claim, asked }, rules);
    const facts = whatCame(bringing, documents);
    const move = { move: "complete", as: "applicant", at, by, facts } as const;
    const completed = make({ ...claim, asked }, move);
    const banned = await bannedUntil(sql, claim);
    const settled = await settleState(sql, completed, { rules, banned, at, by });
    await saveClaim(sql, settled.claim);
    await audit(sql, { by, at, action: "claim.complete", subject: `claim/${id}`, facts });
    await postForClaim(sql, settled.transfers, at);
    return settled.claim;
  });
}

/**
 * Adds a document, or the days of one that is there already.
 * @throws as `completeClaim`
 */
export const addEvidence = (
  hub: Pick<Hub, "db" | "clock">,
  { evidence, ...of }: Omit<Completing, "brought"> & { evidence: NewEvidence },
): Promise<StoredClaim> =>
  completeClaim(hub, { ...of, brought: { ...nothing, evidence: [evidence] } });

const nothing: Brought = {
  ...{ facts: {}, lines: [], evidence: [], otherMoney: null, registrations: null },
  relations: { holdings: null, controllers: null, officers: null },
};

const isNothing = (
  { added, corrected, problems }: Bringing,
  documents: readonly NewEvidence[],
): boolean => [added, corrected, problems, documents].every(({ length }) => length === 0);

/** A document that no rule asks for would be taken in and change nothing: its kind is mistyped. */
function kindsNotAsked(
  { id, redemption }: ProgrammeRules,
  evidence: Brought["evidence"],
): WrongField[] {
  const kinds = redemption.evidence.map(({ kind }) => kind);
  return evidence.flatMap(({ kind }, place) => {
    if (kinds.includes(kind)) return [];
    const [meant] = closest(kind, kinds, 1);
    const cure = meant ? `did you mean "${meant}"?` : `it asks for ${kinds.join(", ") || "none"}`;
    const detail = `"${kind}" is evidence that ${id} does not ask for; ${cure}`;
    return [{ pointer: `/evidence/${place}/kind`, detail }];
  });
}

function refuseWrong(
  { corrected, problems }: Bringing,
  of: {
    mayCorrect: boolean;
    unasked: readonly WrongField[];
  },
): void {
  const { mayCorrect, unasked } = of;
  const cure = "leave it out, or withdraw the claim and apply again";
  const changed = mayCorrect
    ? []
    : corrected.map(({ path, name, line, from, to }) => {
        const what = `${name}${line === null ? "" : ` of line ${line}`}`;
        const detail = `${what} was told as ${from} and is not changed to ${to}; ${cure}`;
        return { path, message: detail };
      });
  const told = [...problems, ...changed].map(({ path, message }) => {
    return { pointer: path, detail: message };
  });
  refuseWrongFields([...told, ...unasked]);
}

/** A corrected day of signing must not make the claim one of another version of the rules. */
async function refuseOtherVersion(
  sql: Sql,
  { programme, asked }: StoredClaim,
  rules: ProgrammeRules,
): Promise<void> {
  const signed = asked.facts["contract.signedOn"];
  if (rules.version.decidedBy !== "signed" || !(signed instanceof Temporal.PlainDate)) return;
  const versions = await approvedRules(sql, programme);
  const decides = versionFor(versions, { signed, applied: null, redeemed: null });
  if (decides?.version.number === rules.version.number) return;
  const other = decides ? `version ${decides.version.number}` : "no version";
  const cure = "withdraw the claim and apply again";
  const detail = `${signed.toString()} is a day that ${other} of the rules decides; ${cure}`;
  throw wrongField("/facts/contract.signedOn", detail);
}

/** For the claim's event: names of what was added, and both values of what was corrected. */
const whatCame = ({ added, corrected }: Bringing, documents: readonly NewEvidence[]) => ({
  ...(added.length > 0 && { added: added.map(nameOf) }),
  ...(corrected.length > 0 && {
    corrected: corrected.map((one) => ({ what: nameOf(one), from: one.from, to: one.to })),
  }),
  ...(documents.length > 0 && {
    evidence: documents.map(({ kind, sha256 }) => ({ kind, sha256 })),
  }),
});

const nameOf = ({ name, line }: BroughtValue) => (line === null ? name : `${line} ${name}`);

const isSameFile = (one: NewEvidence, other: NewEvidence) =>
  one.kind === other.kind && one.sha256 === other.sha256;

const hasEvidence = ({ evidence }: Asked, one: NewEvidence) =>
  evidence.some(
    (had) =>
      isSameFile(had, one) &&
      isSameDay(had.madeOn, one.madeOn) &&
      isSameDay(had.validUntil, one.validUntil),
  );

/** A document that came before under other days is replaced. */
function withDocuments(asked: Asked, documents: readonly NewEvidence[]): Asked {
  const others = asked.evidence.filter((had) => !documents.some((one) => isSameFile(had, one)));
  return { ...asked, evidence: [...others, ...documents] };
}

const isSameDay = (one: Temporal.PlainDate | null, other: Temporal.PlainDate | null) =>
  one === other || (one !== null && other !== null && one.equals(other));
