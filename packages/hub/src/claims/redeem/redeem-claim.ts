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
  inKindUnits,
  keysOfRedemption,
  modeFacts,
  redeem,
  rulesToRedeem,
  type ProgrammeRules,
  type RedemptionDecision,
  type Settlement,
} from "@wadi/core/vouchers";
import type { ClaimId } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import type { Sql } from "../../db/index.ts";
import { seesFund } from "../../http/index.ts";
import { lockHead, sha256 } from "../../ledger/index.ts";
import { Refused, wrongField } from "../../refused.ts";
import { audit, type AuditEntry } from "../../tenants/index.ts";
import { noClaim } from "../claim/no-claim.ts";
import { dayOf, grantedClaim } from "../claim/claim-case.ts";
import { addToCounters, lockCounters } from "../counters/counter-store.ts";
import { bannedUntil } from "../claim/event-store.ts";
import { make, nextState } from "../claim/move.ts";
import { claimTransfer, postForClaim, releaseTransfers, voucherOfPayer } from "./postings.ts";
import { approvedRules, rulesOfClaim } from "../rules/rules-for.ts";
import { findSettlement, saveSettlement, type SettlementAnswer } from "./settlement-store.ts";
import { fromParts, ofFirstPayer } from "../split/split-vouchers.ts";
import { lockClaim, saveClaim, type StoredClaim } from "../claim/store.ts";
import { unitMoves } from "../units/units.ts";
import { withJobUse } from "./used-by-jobs.ts";

/**
 * Redeems a bill under a claim. The bill's id makes it one of its kind: the same bill again gives
 * the same answer and moves nothing; another bill under that id is refused.
 *
 * @param of.by  null: the hub itself, for what is redeemed at once
 * @throws Refused `not-found`, `wrong-state`, `key-reused`, `invalid-request` for a bill of a day
 *   to come
 */
export function redeemClaim(
  hub: Pick<Hub, "db" | "clock">,
  of: { id: ClaimId; settlement: Settlement; by: AuditEntry["by"] | null },
): Promise<{ claim: StoredClaim; redemption: SettlementAnswer }> {
  const { id, settlement, by } = of;
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const claim = await lockClaim(sql, id);
    if (!claim) throw noClaim(id);
    const decidedBy = await rulesOfClaim(sql, claim);
    const isOwn = by === null || decidedBy.payers.some(({ fund }) => seesFund(by.signer, fund));
    if (!isOwn) throw noClaim(id);
    const before = await findSettlement(sql, { claim: id, settlement });
    if (before === "other") {
      const detail = `bill "${settlement.id}" was redeemed with other lines; give it another id`;
      throw new Refused("key-reused", {}, detail);
    }
    if (before) return { claim, redemption: before };
    nextState(claim, { move: settlement.last ? "settle" : "redeem", as: moverOf(by) });

    const today = dayOf(at, decidedBy);
    if (Temporal.PlainDate.compare(settlement.on, today) > 0) {
      throw wrongField("/on", `must be today, ${today.toString()}, or before: the day of the bill`);
    }

    if (by !== null) refuseOtherUnits(claim, settlement);
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

/** A quantity that nothing was granted for would draw nothing, and nobody would be told. */
function refuseOtherUnits({ decision }: StoredClaim, { lines }: Settlement): void {
  for (const [index, { line, quantities = {} }] of lines.entries()) {
    for (const unit of inKindUnits) {
      if (quantities[unit] === undefined) continue;
      const parts = decision?.inKind.filter((part) => part.unit === unit) ?? [];
      if (parts.some((part) => part.lines.includes(line))) continue;
      const known = [...new Set(parts.flatMap((part) => part.lines))];
      const cure = known.length > 0 ? `there are on line ${known.join(", ")}` : "leave it out";
      const detail = `the claim has no ${unit} in kind on line "${line}"; ${cure}`;
      throw wrongField(`/lines/${index}/quantities/${unit}`, detail);
    }
  }
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
  readonly by: AuditEntry["by"] | null;
}

const moverOf = (by: AuditEntry["by"] | null) => (by === null ? "platform" : "officer");

async function take(sql: Sql, claim: StoredClaim, of: Taking): Promise<StoredClaim> {
  const { redemption, settlement, rules, at, by } = of;
  if (redemption.outcome === "incomplete") return claim;
  await addToCounters(sql, redemption.touched);
  await saveSettlement(sql, { claim: claim.id, settlement, outcome: redemption, at });
  const { redeemed, released, inKind, progress } = redemption;
  const units = inKind.map(({ code, unit, drawn }) => ({ code, unit, drawn }));
  const facts = {
    ...{ settlement: settlement.id, redeemed, released },
    ...(units.length > 0 && { units }),
  };
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
      unitMoves: [...claim.unitMoves, ...movesOf(claim, of)],
    },
    {
      move: settlement.last ? "settle" : "redeem",
      ...{ as: moverOf(by), at, by },
      facts,
    },
  );
  await saveClaim(sql, moved);
  if (by !== null) {
    await audit(sql, { by, at, action: "claim.redeem", subject: `claim/${claim.id}`, facts });
  }
  const given = [...redemption.payers, ...(settlement.last ? redemption.releasedPayers : [])];
  const back = await fromParts(sql, claim, {
    ...{ rules, at, amount: ofFirstPayer(given, rules), ends: settlement.last },
    fact: `claim/${claim.id}/bill/${settlement.id}`,
  });
  await postForClaim(
    sql,
    [
      ...back,
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

/** What is drawn in kind, and what is given back with the last bill. */
function movesOf(claim: StoredClaim, { redemption: { inKind }, settlement, at }: Taking) {
  const fact = `claim/${claim.id}/draw/${settlement.id}`;
  const drawn = inKind.map((one) => ({ ...one, quantity: one.drawn }));
  const back = inKind.map((one) => ({ ...one, quantity: one.released }));
  return [
    ...unitMoves({ fact, kind: "draw", at }, drawn),
    ...unitMoves({ fact: `claim/${claim.id}/settled`, kind: "release", at }, back),
  ];
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
