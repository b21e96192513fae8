import { accounts, describeRefusal, type Transfer, type VoucherRef } from "@wadi/core/ledger";
import { type FundId, type MicroYuan, type ProgrammeId } from "@wadi/core/units";
import type { Decision, ProgrammeRules } from "@wadi/core/vouchers";

import type { Sql } from "../../db/index.ts";
import { postTransfers } from "../../ledger/index.ts";
import { Refused } from "../../refused.ts";
import type { StoredClaim } from "../claim/store.ts";

/**
 * What a payer's voucher of a tenant is called in the ledger. A path names one account for ever, so
 * that the vouchers of a programme's further funds have the payer's code in theirs.
 */
export function voucherOfPayer(
  { programme, tenant }: Pick<StoredClaim, "programme" | "tenant">,
  { rules, payer, fund }: { rules: ProgrammeRules; payer: string; fund: FundId },
): VoucherRef {
  const isFirst = rules.payers[0]!.code === payer;
  return {
    fund,
    tenant,
    programme: isFirst ? programme : (`${programme}--${payer}` as ProgrammeId),
  };
}

type Moved = Pick<Transfer, "kind" | "from" | "to" | "amount" | "fact"> & {
  readonly hold?: Transfer["hold"];
};

/** A transfer of a claim: no job, no run. */
export const claimTransfer = (
  move: Moved,
  { at, note = "" }: { at: Temporal.Instant; note?: string },
): Transfer => ({ hold: null, ...move, job: null, run: null, note, happenedAt: at });

/** Each payer's part of a grant out of its fund: the voucher is there. */
export function grantTransfers(
  claim: StoredClaim,
  { decision, rules, at }: { decision: Decision; rules: ProgrammeRules; at: Temporal.Instant },
): Transfer[] {
  return decision.payers
    .filter(({ amount }) => amount > 0n)
    .map(({ payer, fund, amount }) =>
      claimTransfer(
        {
          kind: "grant",
          from: accounts.available(fund),
          to: accounts.issued(voucherOfPayer(claim, { rules, payer, fund })),
          amount,
          fact: `claim/${claim.id}/grant/${payer}`,
        },
        { at },
      ),
    );
}

/** What is open of a claim goes back to the funds, or is noted as expired. */
export function releaseTransfers(
  claim: StoredClaim,
  of: {
    rules: ProgrammeRules;
    shares: readonly { payer: string; fund: FundId; amount: MicroYuan }[];
    why: "expire" | "ungrant";
    fact: string;
    at: Temporal.Instant;
  },
): Transfer[] {
  const { rules, shares, why, fact, at } = of;
  return shares
    .filter(({ amount }) => amount > 0n)
    .map(({ payer, fund, amount }) => {
      const voucher = voucherOfPayer(claim, { rules, payer, fund });
      const to = why === "expire" ? accounts.expired(voucher) : accounts.available(fund);
      const from = accounts.issued(voucher);
      return claimTransfer({ kind: why, from, to, amount, fact: `${fact}/${payer}` }, { at });
    });
}

/**
 * Posts all of a claim's transfers or none.
 * @throws Refused `insufficient-funds` where a fund has not so much at its disposal
 */
export const postForClaim = (sql: Sql, transfers: readonly Transfer[], at: Temporal.Instant) =>
  postForClaims(sql, [transfers], at);

/** The same for several claims, each a group; throws where one of them cannot be posted. */
export async function postForClaims(
  sql: Sql,
  groups: readonly (readonly Transfer[])[],
  at: Temporal.Instant,
): Promise<void> {
  const moving = groups.filter((group) => group.length > 0);
  if (moving.length === 0) return;
  const { outcomes } = await postTransfers(sql, moving, at);
  for (const outcome of outcomes) {
    if (outcome.kind === "posted" || outcome.kind === "repeated") continue;
    if (outcome.kind === "refused" && outcome.reason.code === "below-floor") {
      const { account } = outcome.reason;
      const cure = "appropriate more, or wait until something comes back";
      const detail = `${account} has less than the claim needs; ${cure}`;
      throw new Refused("insufficient-funds", { account }, detail);
    }
    const why = outcome.kind === "refused" ? describeRefusal(outcome.reason) : outcome.kind;
    throw new Error(`posting for a claim: ${why}`);
  }
}
