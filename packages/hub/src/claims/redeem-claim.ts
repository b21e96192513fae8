import { accounts, type Transfer, type VoucherRef } from "@wadi/core/ledger";
import {
  asId,
  least,
  minus,
  noMoney,
  plus,
  total,
  type HoldId,
  type MicroYuan,
  type ProviderId,
} from "@wadi/core/units";
import {
  keysOfRedemption,
  modeFacts,
  redeem,
  type ProgrammeRules,
  type RedemptionDecision,
  type Settlement,
} from "@wadi/core/vouchers";
import type { ClaimId } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { seesFund } from "../http/index.ts";
import { lockHead, sha256 } from "../ledger/index.ts";
import { Refused, wrongField } from "../refused.ts";
import { audit, type AuditEntry } from "../tenants/index.ts";
import { noClaim } from "./apply.ts";
import { dayOf, grantedClaim } from "./claim-case.ts";
import { addToCounters, lockCounters } from "./counter-store.ts";
import { bannedUntil } from "./event-store.ts";
import { make, nextState } from "./move.ts";
import { claimTransfer, postForClaim, releaseTransfers, voucherOfPayer } from "./postings.ts";
import { approvedRules, rulesOfClaim } from "./rules-for.ts";
import { rulesToRedeem } from "./rules-to-redeem.ts";
import { findSettlement, saveSettlement, type SettlementAnswer } from "./settlement-store.ts";
import { lockClaim, saveClaim, type StoredClaim } from "./store.ts";
import { withJobUse } from "./used-by-jobs.ts";

/**
 * Redeems a bill under a claim. The bill's id makes it one of its kind: the same bill again gives
 * the same answer and moves nothing; another bill under that id is refused.
 * @throws Refused `not-found`, `wrong-state`, `key-reused`, `invalid-request` for a bill of a day
 *   to come
 */
export function redeemClaim(
  hub: Hub,
  { id, settlement, by }: { id: ClaimId; settlement: Settlement; by: AuditEntry["by"] },
): Promise<{ claim: StoredClaim; redemption: SettlementAnswer }> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const claim = await lockClaim(sql, id);
    if (!claim) throw noClaim(id);
    const decidedBy = await rulesOfClaim(sql, claim);
    if (!decidedBy.payers.some(({ fund }) => seesFund(by.signer, fund))) throw noClaim(id);
    const before = await findSettlement(sql, { claim: id, settlement });
    if (before === "other") {
      const detail = `bill "${settlement.id}" was redeemed with other lines; give it another id`;
      throw new Refused("key-reused", {}, detail);
    }
    if (before) return { claim, redemption: before };
    nextState(claim, { move: settlement.last ? "settle" : "redeem", as: "officer" });

    const today = dayOf(at, decidedBy);
    if (Temporal.PlainDate.compare(settlement.on, today) > 0) {
      throw wrongField("/on", `must be today, ${today.toString()}, or before: the day of the bill`);
    }

    const versions = await approvedRules(sql, claim.programme);
    const { decision } = claim;
    const rules = rulesToRedeem(versions, { decidedBy, decision, redeemedOn: settlement.on });
    const banned = await bannedUntil(sql, claim);
    const inquiry = { rules, settlement, asOf: dayOf(at, rules) };
    const keys = keysOfRedemption({ ...inquiry, claim: grantedClaim(claim, banned) });
    const counters = await lockCounters(sql, keys);
    const open = await afterJobs(sql, claim, rules);
    const redemption = redeem({ ...inquiry, claim: grantedClaim(open, banned), counters });
    const done = await take(sql, open, { redemption, settlement, rules, at, by });
    return { claim: done, redemption };
  });
}

/** The claim less what jobs used of its voucher; none uses it from here on. */
async function afterJobs(
  sql: Sql,
  claim: StoredClaim,
  rules: ProgrammeRules,
): Promise<StoredClaim> {
  if (!modeFacts(rules.lifecycle.mode).offsetsBill) return claim;
  await lockHead(sql);
  return withJobUse(sql, claim, rules);
}

interface Taking {
  readonly redemption: RedemptionDecision;
  readonly settlement: Settlement;
  readonly rules: ProgrammeRules;
  readonly at: Temporal.Instant;
  readonly by: AuditEntry["by"];
}

async function take(sql: Sql, claim: StoredClaim, of: Taking): Promise<StoredClaim> {
  const { redemption, settlement, rules, at, by } = of;
  if (redemption.outcome === "incomplete") return claim;
  await addToCounters(sql, redemption.touched);
  await saveSettlement(sql, { claim: claim.id, settlement, outcome: redemption, at });
  const { redeemed, released, progress } = redemption;
  if (redemption.outcome === "refused" && !settlement.last) {
    const kept = { ...claim, progress }; // what was settled counts, though it brought nothing
    await saveClaim(sql, kept);
    return kept;
  }
  const moved = make(
    {
      ...claim,
      progress,
      redeemed: plus(claim.redeemed, redeemed),
      released: plus(claim.released, released),
    },
    {
      move: settlement.last ? "settle" : "redeem",
      ...{ as: "officer", at, by },
      facts: { settlement: settlement.id, redeemed, released },
    },
  );
  await saveClaim(sql, moved);
  const facts = { settlement: settlement.id, redeemed, released };
  await audit(sql, { by, at, action: "claim.redeem", subject: `claim/${claim.id}`, facts });
  await postForClaim(
    sql,
    [
      ...redemptionTransfers(claim, of),
      ...(settlement.last
        ? releaseTransfers(claim, {
            ...{ rules, at, why: "ungrant", shares: redemption.releasedPayers },
            fact: `claim/${claim.id}/settled`,
          })
        : []),
    ],
    at,
  );
  return moved;
}

/**
 * Per payer: the voucher is used up in the fund's book, and the fund owes as much in the book of
 * money: to the supplier whose bill was reduced, or to the applicant who paid it.
 */
function redemptionTransfers(
  claim: StoredClaim,
  { redemption, settlement, rules, at }: Taking,
): Transfer[] {
  let forSupplier = supplierPart(redemption, rules);
  return redemption.payers
    .filter(({ amount }) => amount > 0n)
    .flatMap(({ payer, fund, amount }) => {
      const voucher = voucherOfPayer(claim, { rules, payer, fund });
      const fact = `claim/${claim.id}/${settlement.id}/${payer}`;
      const hold = holdOf(fact);
      const [issued, reserved] = [accounts.issued(voucher), accounts.reserved(voucher)];
      const subsidy = least(amount, forSupplier);
      forSupplier = minus(forSupplier, subsidy);
      return [
        claimTransfer(
          { kind: "reserve", from: issued, to: reserved, amount, hold, fact: `${fact}/reserve` },
          { at },
        ),
        claimTransfer(
          {
            ...{ kind: "redeem", from: reserved, to: accounts.redeemed(voucher), amount, hold },
            fact: `${fact}/redeem`,
          },
          { at },
        ),
        ...payOut(claim, { fund, fact, subsidy, reimbursed: minus(amount, subsidy), at }),
      ];
    });
}

/** All of it where bills are reduced; else what the parts give whose payee the supplier is. */
function supplierPart({ redeemed, parts }: RedemptionDecision, rules: ProgrammeRules): MicroYuan {
  if (modeFacts(rules.lifecycle.mode).offsetsBill) return redeemed;
  return total(parts.map((part) => (part.payee === "supplier" ? part.redeemed : noMoney)));
}

function payOut(
  { tenant, asked }: StoredClaim,
  of: {
    fund: VoucherRef["fund"];
    fact: string;
    subsidy: MicroYuan;
    reimbursed: MicroYuan;
    at: Temporal.Instant;
  },
): Transfer[] {
  const { fund, fact, subsidy, reimbursed, at } = of;
  const from = accounts.due(fund);
  const [supplier, applicant] = [
    accounts.payable(asked.supplier as ProviderId),
    accounts.prepaid(tenant),
  ];
  const both = [
    { kind: "subsidy", to: supplier, amount: subsidy, fact: `${fact}/pay` },
    { kind: "reimburse", to: applicant, amount: reimbursed, fact: `${fact}/pay-back` },
  ] as const;
  return both
    .filter(({ amount }) => amount > 0n)
    .map((one) => claimTransfer({ ...one, from }, { at }));
}

/** A hold of its own for each bill and payer: made of the fact, so that it is the same again. */
function holdOf(fact: string): HoldId {
  const hex = sha256(`hold/${fact}`);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return asId<HoldId>(`${parts.join("-")}-${hex.slice(20, 32)}`);
}
