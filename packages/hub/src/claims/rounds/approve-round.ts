import { accounts, balanceOf, type AccountPath } from "@wadi/core/ledger";
import { formatYuan, microYuan, type ProgrammeId } from "@wadi/core/units";
import { windowFor, type ProgrammeRules } from "@wadi/core/vouchers";
import type { ClaimId, RoundId } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import type { Sql } from "../../db/index.ts";
import { seesFund } from "../../http/index.ts";
import { findAccounts } from "../../ledger/index.ts";
import { Refused } from "../../refused.ts";
import { audit, type AuditEntry } from "../../tenants/index.ts";
import { saveHolders } from "../../vouchers/index.ts";
import { dayOf } from "../claim/claim-case.ts";
import { announce, claimedAgain, conclude, type Concluded } from "../decide/concluded.ts";
import { addToCounters } from "../counters/counter-store.ts";
import {
  claimsOfRound,
  decideRound,
  differencesOf,
  placesOfDecided,
  type DecidedRound,
  type PlaceDifference,
} from "./decide-round.ts";
import { postForClaims } from "../redeem/postings.ts";
import { lockWaiting, saveDecided } from "./round-claims-store.ts";
import {
  decidedWindows,
  insertApproval,
  lastRounds,
  placesOf,
  readRound,
  type Place,
  type Round,
} from "./round-store.ts";
import { approvedRules } from "../rules/rules-for.ts";
import { lockRules } from "../rules/rules-store.ts";
import { holderOf, lastOfNotice, tooLate } from "../decide/settle-state.ts";
import { readClaims, type StoredClaim } from "../claim/store.ts";

type By = AuditEntry["by"];

/**
 * Decides a round as another person proposed it: all of it in one transaction, with the claims
 * locked in the order of their ids, then the counters, then the books. It is worked out anew; where
 * one claim would get another thing than was proposed, nobody is granted anything. With a public
 * notice the money is set aside now and the vouchers come when it ends. Claims that are late wait
 * for the next round, or are refused where none comes. Approved again, it changes nothing.
 * @throws Refused `not-found`, `needs-another-person`, `wrong-state`, `changed-meanwhile`,
 *   `insufficient-funds`
 */
export function approveRound(
  hub: Pick<Hub, "db" | "clock">,
  { programme, id, by }: { programme: ProgrammeId; id: RoundId; by: By },
): Promise<Round> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    await lockRules(sql, programme); // another hub may decide it just now
    const round = await readRound(sql, { programme, id });
    const versions = await approvedRules(sql, programme);
    const rules = versions.find(({ version }) => version.number === round?.version);
    if (!round || !rules?.payers.some(({ fund }) => seesFund(by.signer, fund))) {
      throw new Refused("not-found", {}, `there is no round ${id} of a programme of yours`);
    }
    if (round.approvedAt !== null) return round;
    await refuseUnfit(sql, round, by);
    const found = await lockRound(sql, round);
    const claims = await claimsOfRound(sql, found.members);
    const deciding = { rules, claims, asOf: dayOf(at, rules), at };
    const decision = await decideRound(sql, deciding);
    const places = await placesOfDecided(sql, decision.decided);
    refuseChanged(round, differencesOf(found.proposed, places));
    await refuseShort(sql, decision);
    const concluded = concludeAll(decision, { ...deciding, round, by });
    const late = await readClaims(sql, found.late);
    await insertApproval(sql, { round, by: by.signer.key, at });
    const decided = await decidedWindows(sql, round);
    await save(sql, { round, rules, decided, concluded, late, earlier: decision.earlier, by, at });
    return (await readRound(sql, round))!;
  });
}

/** @throws Refused `needs-another-person`, `wrong-state` */
async function refuseUnfit(sql: Sql, round: Round, by: By): Promise<void> {
  if (round.proposedBy === by.signer.key) {
    const detail = "whoever proposed a round cannot approve it";
    throw new Refused("needs-another-person", {}, detail);
  }
  const { programme, version, window } = round;
  const last = (await lastRounds(sql, programme)).find(
    (one) => one.version === version && one.window === window,
  );
  if (last?.id === round.id) return;
  const detail = `round ${window} was proposed again as ${last?.id}; only that can be approved`;
  throw new Refused("wrong-state", { round: last?.id }, detail);
}

/**
 * The claims of a round, locked with all that are late for it. Where no window ends, those that
 * were gathered since it was proposed are left for the next one.
 */
async function lockRound(
  sql: Sql,
  round: Round,
): Promise<{ proposed: Place[]; members: ClaimId[]; late: ClaimId[] }> {
  const proposed = await placesOf(sql, round.id);
  const there = new Set(proposed.map(({ claim }) => claim));
  const waiting = await lockWaiting(sql, round);
  const gathered = waiting.flatMap(({ id, state }) => (state === "gathered" ? [id] : []));
  if (round.until === null) {
    return { proposed, members: gathered.filter((id) => there.has(id)), late: [] };
  }
  const late = waiting.flatMap(({ id, state }) => (state === "gathered" ? [] : [id]));
  if (late.length === 0 || round.isClosing) return { proposed, members: gathered, late };
  const detail = `${late.length} claims are on their way again; propose the round anew`;
  throw new Refused("changed-meanwhile", { claims: late.slice(0, toldMax) }, detail);
}

/** As many differences as are told. */
const toldMax = 20;

/** @throws Refused `changed-meanwhile` */
function refuseChanged({ window }: Round, differences: readonly PlaceDifference[]): void {
  const [first] = differences;
  if (!first) return;
  const yuan = (amount: PlaceDifference["now"]) =>
    amount === null ? "nothing" : formatYuan(amount);
  const rest = differences.length === 1 ? "" : `, and ${differences.length - 1} more differ`;
  const changed =
    first.proposed === first.now
      ? `claim ${first.claim} would get as much, for other reasons or in another place`
      : `claim ${first.claim} was to get ${yuan(first.proposed)} and would get ${yuan(first.now)}`;
  const detail = `round ${window} is not what was proposed: ${changed}${rest}; propose it anew`;
  const told = differences.slice(0, toldMax).map((one) => ({
    ...one,
    proposed: one.proposed && formatYuan(one.proposed),
    now: one.now && formatYuan(one.now),
  }));
  throw new Refused("changed-meanwhile", { differences: told }, detail);
}

/**
 * Vouchers that come after a notice are posted then; what no fund has now is not promised.
 * @throws Refused `insufficient-funds`
 */
async function refuseShort(sql: Sql, { decided }: DecidedRound): Promise<void> {
  const needs = new Map<string, bigint>();
  for (const { fund, amount } of decided.flatMap(({ decision }) => decision.payers)) {
    const { path } = accounts.available(fund);
    needs.set(path, (needs.get(path) ?? 0n) + amount);
  }
  const found = await findAccounts(sql, needs.keys() as Iterable<AccountPath>);
  const stands = new Map<string, bigint>(found.map((one) => [one.path, balanceOf(one)]));
  for (const [account, needed] of needs) {
    const has = stands.get(account) ?? 0n;
    if (has >= needed) continue;
    const [all, left] = [needed, has].map((amount) => formatYuan(microYuan(amount)));
    const detail = `${account} has ${left} and the round needs ${all}; appropriate more`;
    throw new Refused("insufficient-funds", { account }, detail);
  }
}

interface Concluding {
  readonly rules: ProgrammeRules;
  readonly claims: readonly StoredClaim[];
  readonly asOf: Temporal.PlainDate;
  readonly round: Round;
  readonly at: Temporal.Instant;
  readonly by: By;
}

/** In the order in which they were decided, which is that of the postings. */
function concludeAll({ decided }: DecidedRound, of: Concluding): Concluded[] {
  const { rules, asOf, at, by, round } = of;
  const noticeUntil = lastOfNotice(rules, at);
  const claims = new Map<string, StoredClaim>(of.claims.map((claim) => [claim.id, claim]));
  const again = new Set(decided.map(({ insteadOf }) => insteadOf));
  return decided.map(({ claim: id, turn, decision }, index) => {
    const claim = claims.get(id)!;
    const facts = { turn: { round: round.id, place: index + 1, ...turn } };
    const concluding = { decision, rules, asOf, as: "officer", at, by, facts } as const;
    if (again.has(id)) return claimedAgain(conclude(claim, concluding), at);
    if (decision.outcome !== "granted" || noticeUntil === null) return conclude(claim, concluding);
    return announce({ ...claim, noticeUntil }, concluding);
  });
}

async function save(
  sql: Sql,
  of: {
    round: Round;
    rules: ProgrammeRules;
    decided: ReadonlySet<string>;
    concluded: readonly Concluded[];
    late: readonly StoredClaim[];
    earlier: DecidedRound["earlier"];
    at: Temporal.Instant;
    by: By;
  },
): Promise<void> {
  const { round, rules, decided, concluded, earlier, at, by } = of;
  const { programme, id, window } = round;
  const settled = concluded.map(({ claim }) => claim);
  const isLast = (claim: StoredClaim) =>
    windowFor(rules.lifecycle.cadence, { appliedOn: claim.appliedOn, decided }) === null;
  const late = of.late.map((claim) => (isLast(claim) ? tooLate(claim, at) : missed(claim, of)));
  const claims = settled.map((claim) =>
    claim.state === "incomplete" && isLast(claim) ? tooLate(claim, at) : claim,
  );
  const issued = settled.filter(({ issuedOn }) => issuedOn !== null);
  const { grants, granted } = round;
  const facts = { round: id, window, claims: claims.length, grants, granted, late: late.length };
  await addToCounters(sql, [...earlier, ...concluded.flatMap(({ touched }) => touched)]);
  await saveHolders(sql, issued.map(holderOf));
  await saveDecided(sql, [...claims, ...late]);
  await audit(sql, { by, at, action: "round.approve", subject: `programme/${programme}`, facts });
  await postForClaims(
    sql,
    concluded.map(({ transfers }) => transfers),
    at,
  );
}

/** Told that its round went by without it; it is in the next one if it comes through until then. */
function missed(
  claim: StoredClaim,
  { round, at }: { round: Round; at: Temporal.Instant },
): StoredClaim {
  const facts = { window: round.window, round: round.id };
  const event = {
    ...{ at, by: null, action: "missed-round", from: claim.state, to: claim.state },
    facts,
  };
  return { ...claim, happened: [...claim.happened, event] };
}
