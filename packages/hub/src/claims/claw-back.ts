import { accounts, balanceOf, type Transfer } from "@wadi/core/ledger";
import { downToFen, microYuan, minus, noMoney, total, type MicroYuan } from "@wadi/core/units";
import { clawback, type ProgrammeRules } from "@wadi/core/vouchers";

import type { Sql } from "../db/index.ts";
import { findAccounts } from "../ledger/index.ts";
import { Refused } from "../refused.ts";
import type { AuditEntry } from "../tenants/index.ts";
import { dayOf } from "./claim-case.ts";
import { make, nextState } from "./move.ts";
import { claimTransfer, voucherOfPayer } from "./postings.ts";
import { releaseRest } from "./release-rest.ts";
import type { Moved } from "./settle-state.ts";
import { paidUnder } from "./settlement-store.ts";
import type { StoredClaim } from "./store.ts";

interface ClawingBack {
  readonly rules: ProgrammeRules;
  readonly note: string;
  readonly at: Temporal.Instant;
  readonly by: AuditEntry["by"];
}

/**
 * Asks back what was redeemed, with interest by the day for every bill from when it was paid; what
 * jobs used of the voucher is asked back without. What was not redeemed yet is released. The
 * tenant's free money pays as far as it goes; the rest it owes. It is banned from claiming as long
 * as the rules say.
 * @throws Refused `wrong-state` where the rules know no clawback, or nothing was redeemed
 */
export async function clawBack(sql: Sql, claim: StoredClaim, of: ClawingBack): Promise<Moved> {
  const { rules, note, at, by } = of;
  nextState(claim, { move: "claw-back", as: "officer" });
  const rule = rules.control.clawback;
  if (rule === null) {
    throw wrongState(claim, "its programme has no clawback");
  }
  const fact = `claim/${claim.id}/claw-back/rest`;
  const rest = await releaseRest(sql, claim, { rules, at, fact, why: "ungrant" });
  if (rest.claim.redeemed === 0n) throw wrongState(claim, "nothing of it was redeemed");
  const backOn = dayOf(at, rules);
  const asked = (await redeemedOf(sql, rest.claim, of)).map(
    ({ at: paidAt, payer, fund, amount }) => {
      const paidOn = dayOf(paidAt, rules);
      return { payer, fund, ...clawback(rule, { redeemed: amount, paidOn, backOn }) };
    },
  );
  const amount = total(asked.map((one) => one.amount));
  const interest = total(asked.map((one) => one.interest));
  const bannedUntil = asked[0]?.bannedUntil?.toString() ?? null;
  const moved = make(rest.claim, {
    ...{ move: "claw-back", as: "officer", at, by },
    facts: { ...rest.facts, amount, interest, bannedUntil, note },
  });
  const back = await backTransfers(sql, claim, { ...of, asked });
  return { claim: moved, transfers: [...rest.transfers, ...back] };
}

const wrongState = ({ id }: StoredClaim, why: string) =>
  new Refused("wrong-state", {}, `claim ${id} cannot be clawed back: ${why}`);

/** What the bills were paid, and what jobs used beside them, as if of today. */
async function redeemedOf(sql: Sql, claim: StoredClaim, { at }: ClawingBack) {
  const paid = await paidUnder(sql, claim.id);
  const byJobs = minus(claim.redeemed, total(paid.map(({ amount }) => amount)));
  const [first] = claim.decision?.payers ?? [];
  if (byJobs <= 0n || !first) return paid;
  return [...paid, { at, payer: first.payer, fund: first.fund, amount: byJobs }];
}

type Asked = { payer: string } & Pick<
  Awaited<ReturnType<typeof paidUnder>>[number],
  "fund" | "amount"
> & { interest: MicroYuan };

/** The journal's head is locked: what the tenant has free stays so until it was taken. */
async function backTransfers(
  sql: Sql,
  claim: StoredClaim,
  { rules, note, at, asked }: ClawingBack & { asked: readonly Asked[] },
): Promise<Transfer[]> {
  const prepaid = accounts.prepaid(claim.tenant);
  const [account] = await findAccounts(sql, [prepaid.path]);
  let free: MicroYuan = downToFen(account ? balanceOf(account) : noMoney);
  return asked.flatMap(({ payer, fund, ...back }, place): Transfer[] => {
    const voucher = voucherOfPayer(claim, { rules, payer, fund });
    const fact = `claim/${claim.id}/claw-back/${place}/${payer}`;
    const due = accounts.due(fund);
    const move = (name: string, what: Omit<Parameters<typeof claimTransfer>[0], "fact">) =>
      what.amount > 0n ? [claimTransfer({ ...what, fact: `${fact}/${name}` }, { at, note })] : [];
    const payBack = (name: string, sum: MicroYuan) => {
      const paid = sum < free ? sum : free;
      free = microYuan(free - paid);
      const owed = microYuan(sum - paid);
      const from = accounts.receivable(claim.tenant);
      return [
        ...move(`${name}-paid`, { kind: "pay-back", from: prepaid, to: due, amount: paid }),
        ...move(`${name}-owed`, { kind: "owe-back", from, to: due, amount: owed }),
      ];
    };
    const [used, back1] = [accounts.redeemed(voucher), accounts.clawback(voucher)];
    const available = accounts.available(fund);
    return [
      ...move("asked", { kind: "claw-back", from: used, to: back1, amount: back.amount }),
      ...payBack("amount", back.amount),
      ...move("back", { kind: "clawed-back", from: back1, to: available, amount: back.amount }),
      ...payBack("interest", back.interest),
      ...move("earned", {
        ...{ kind: "appropriate", from: accounts.appropriation(fund), to: available },
        amount: back.interest,
      }),
    ];
  });
}
