import { decide, keysOf, overlay, turnAlone } from "@wadi/core/vouchers";
import type { ClaimId } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import { gather, isOutage, type Sql } from "../../db/index.ts";
import { claimKeys, releaseKeys } from "../../http/idempotency-store.ts";
import { withoutTwins } from "../../http/without-twins.ts";
import { Refused } from "../../refused.ts";
import { auditAll, knownProviders, knownTenants, type AuditEntry } from "../../tenants/index.ts";
import { saveHolders } from "../../vouchers/index.ts";
import {
  takeIn,
  type Application,
  type Applied,
  type ApplyOutcome,
  type Known,
} from "./application.ts";
import { caseOfClaim, dayOf } from "../claim/claim-case.ts";
import { conclude, type Moved } from "./concluded.ts";
import { addToCounters, lockCounters, readCounters } from "../counters/counter-store.ts";
import { contractNumber } from "../claim/contract-number.ts";
import { bansOf } from "../claim/event-store.ts";
import { countsSpend, giveBackRefused } from "../counters/give-back-refused.ts";
import { postForClaims } from "../redeem/postings.ts";
import { approvedRules } from "../rules/rules-for.ts";
import { firstStep, holderOf, keepForRound } from "./settle-state.ts";
import { insertClaims, readClaims, type StoredClaim } from "../claim/store.ts";
import { parentsOf } from "../split/sub-account-store.ts";
import { withApprovals } from "../approvals/with-approvals.ts";

/** What of the hub it takes. */
export type Applying = Pick<Hub, "db" | "clock" | "newId">;

/** Applications that one transaction decides. */
const applicationsPerBatch = 100;

/** Takes applications in; those that come at once are decided in one transaction, in order. */
export interface Applications {
  /**
   * Takes a claim in and decides it as far as it can be decided at once. What is missing is asked
   * for; nothing is refused because of it. The same request again is the same claim.
   * @throws Refused `not-found`, `programme-expired`, `key-reused`, `invalid-request`,
   *   `not-allowed` where nobody applies, `insufficient-funds` where a voucher would be issued at
   *   once and the fund is short; TooBusy
   */
  apply(of: Application): Promise<StoredClaim>;
}

export function openApplications(hub: Applying): Applications {
  const gathered = gather({
    run: (all: readonly Application[]) => applyInWaves(hub, all),
    itemsMax: applicationsPerBatch,
    waitingMax: applicationsPerBatch * 40,
    isOutage,
  });
  return {
    apply: async (of) => {
      const outcome = await gathered.add(of);
      if (outcome.kind === "refused") throw outcome.refused;
      return outcome.claim;
    },
  };
}

/**
 * Applications for one contract see what became of each other: the second is decided once the first
 * is stored, in a transaction of its own. Where a wave fails, those before it are found done when
 * they are tried again.
 */
async function applyInWaves(
  hub: Applying,
  applications: readonly Application[],
): Promise<ApplyOutcome[]> {
  const { firsts, firstOf } = withoutTwins(applications);
  const outcomes = new Map<Application, ApplyOutcome>();
  for (let waiting = firsts; waiting.length > 0;) {
    const wave = Map.groupBy(waiting, contractOf)
      .values()
      .map(([first]) => first!)
      .toArray();
    const done = await applyTogether(hub, wave);
    for (const [i, one] of wave.entries()) outcomes.set(one, done[i]!);
    waiting = waiting.filter((one) => !outcomes.has(one));
  }
  return applications.map((one) => outcomes.get(firstOf.get(one)!)!);
}

const contractOf = ({ programme, tenant, asked }: Application) =>
  [programme, tenant, contractNumber(asked.contract)].join("/");

/**
 * Decides applications one after another in one transaction, so that a budget that they share is
 * locked once for all of them. The refusal of one leaves the others as they are.
 * @throws Refused `insufficient-funds` where a fund is short for one of them: then none is taken
 *   in, and each is to be tried alone
 */
async function applyTogether(
  hub: Applying,
  applications: readonly Application[],
): Promise<ApplyOutcome[]> {
  const at = hub.clock.now();
  const drafts = applications.map((of): Draft => ({ of, id: hub.newId() as ClaimId }));
  return hub.db.transaction(async (sql) => {
    const done = await answeredBefore(sql, drafts);
    const known = await readKnown(sql, applications);
    const taken = new Map<Draft, Applied>();
    for (const draft of drafts.filter((one) => !done.has(one))) {
      try {
        taken.set(draft, takeIn(draft.of, { id: draft.id, at, known }));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        done.set(draft, { kind: "refused", refused: error });
      }
    }
    const claims = await decideInTurn(sql, [...taken.values()], at);
    for (const [i, draft] of [...taken.keys()].entries()) {
      done.set(draft, { kind: "applied", claim: claims[i]!.claim });
    }
    await releaseKeys(sql, drafts.filter((one) => isRefused(done.get(one)!)).map(keyOf));
    await save(sql, { drafts: [...taken.keys()], moved: claims, at });
    return drafts.map((one) => done.get(one)!);
  });
}

interface Draft {
  readonly of: Application;
  readonly id: ClaimId;
}

const isRefused = ({ kind }: ApplyOutcome) => kind === "refused";

const keyOf = ({ of, id }: Draft) => ({
  ...{ owner: of.by ? `tenant/${of.tenant}` : "hub", key: of.idempotencyKey },
  ...{ fingerprint: of.fingerprint, subject: id },
});

/** Requests whose keys were used before; the keys of the others are taken. */
async function answeredBefore(
  sql: Sql,
  drafts: readonly Draft[],
): Promise<Map<Draft, ApplyOutcome>> {
  const keys = await claimKeys(sql, drafts.map(keyOf));
  const repeats = keys.flatMap((one) => (one.kind === "repeat" ? [one.subject as ClaimId] : []));
  const made = new Map((await readClaims(sql, repeats)).map((claim) => [claim.id, claim]));
  const outcomes = new Map<Draft, ApplyOutcome>();
  for (const [i, key] of keys.entries()) {
    if (key.kind === "reused") {
      outcomes.set(drafts[i]!, { kind: "refused", refused: new Refused("key-reused") });
    }
    if (key.kind !== "repeat") continue;
    const claim = made.get(key.subject as ClaimId);
    if (!claim) throw new Error(`the key of claim ${key.subject} names none that is there`);
    outcomes.set(drafts[i]!, { kind: "applied", claim });
  }
  return outcomes;
}

async function readKnown(sql: Sql, applications: readonly Application[]): Promise<Known> {
  const programmes = [...new Set(applications.map(({ programme }) => programme))];
  const applicants = applications.map(({ tenant }) => tenant);
  const [tenants, parentOf, providers, rules] = await Promise.all([
    knownTenants(sql, applicants),
    parentsOf(sql, applicants),
    knownProviders(
      sql,
      applications.map(({ asked }) => asked.supplier),
    ),
    Promise.all(programmes.map((one) => approvedRules(sql, one))),
  ]);
  const rulesOf = new Map(programmes.map((one, i) => [one, rules[i]!]));
  return { tenants, parentOf, providers, rulesOf };
}

/**
 * Each is looked at with nothing locked; those that take something of counters are decided once
 * more, in their order and each after the one before, with all of their counters locked. What
 * earlier refused claims for the same contracts had counted is given back before.
 */
async function decideInTurn(
  sql: Sql,
  applied: readonly Applied[],
  at: Temporal.Instant,
): Promise<Moved[]> {
  if (applied.length === 0) return [];
  const banOf = await bansOf(
    sql,
    applied.map(({ claim }) => claim),
  );
  const raised = await withApprovals(
    sql,
    applied.map(({ claim }) => claim),
  );
  const asked = applied.map(({ rules }, i) => {
    const claim = raised[i]!;
    const inquiry = { rules, case: caseOfClaim(claim, banOf(claim)), asOf: dayOf(at, rules) };
    return { claim, inquiry, keys: keysOf(inquiry) };
  });
  const byHub = { as: "platform", at, by: null } as const;
  const seen = await readCounters(
    sql,
    asked.flatMap(({ keys }) => keys),
  );
  const counted = asked.filter(({ inquiry: { rules } }) => countsSpend(rules));
  const earlier = await giveBackRefused(
    sql,
    counted.map(({ claim }) => claim),
    at,
  );
  const before = overlay(seen);
  before.add(earlier);
  const steps = asked.map(({ claim, inquiry }) => {
    const decision = decide({ ...inquiry, counters: before.counters }, turnAlone(inquiry.rules));
    return firstStep(claim, { ...inquiry, ...byHub, decision });
  });
  const locked = await lockCounters(sql, [
    ...earlier.map(({ key }) => key),
    ...asked.flatMap(({ keys }, i) => (steps[i] === null ? keys : [])),
  ]);
  const { counters, add } = overlay(locked);
  add(earlier);
  const concluded = asked.flatMap(({ claim, inquiry }, i) => {
    if (steps[i] !== null) return [];
    const decision = decide({ ...inquiry, counters }, turnAlone(inquiry.rules));
    const one = conclude(claim, { ...inquiry, ...byHub, decision });
    add(one.touched);
    return [one];
  });
  await addToCounters(sql, [...earlier, ...concluded.flatMap(({ touched }) => touched)]);
  const inOrder = concluded.values();
  const moved = steps.map((step) => step ?? inOrder.next().value!);
  return Promise.all(
    moved.map((one, i) => keepForRound(sql, one, { rules: applied[i]!.rules, at })),
  );
}

async function save(
  sql: Sql,
  of: { drafts: readonly Draft[]; moved: readonly Moved[]; at: Temporal.Instant },
): Promise<void> {
  const { drafts, moved, at } = of;
  const claims = moved.map(({ claim }) => claim);
  const entries = claims.flatMap(({ id, programme, contract, state }, i): AuditEntry[] => {
    const facts = { programme, contract, state };
    const { by } = drafts[i]!.of;
    return by ? [{ by, at, action: "claim.apply", subject: `claim/${id}`, facts }] : [];
  });
  const issued = claims.filter(({ issuedOn }) => issuedOn !== null);
  // Sent together and run in this order: others wait for the counters that are locked here.
  await Promise.all([
    saveHolders(sql, issued.map(holderOf)),
    insertClaims(sql, claims),
    auditAll(sql, entries),
    postForClaims(
      sql,
      moved.map(({ transfers }) => transfers),
      at,
    ),
  ]);
}
