import { accounts, balanceOf, type Transfer } from "@wadi/core/ledger";
import {
  downToFen,
  least,
  microYuan,
  minus,
  noMoney,
  total,
  type MicroYuan,
} from "@wadi/core/units";
import {
  banFrom,
  clawback,
  clawbackUnits,
  type ClawbackRule,
  type ProgrammeRules,
} from "@wadi/core/vouchers";

import type { Sql } from "../../db/index.ts";
import { findAccounts } from "../../ledger/index.ts";
import { Refused } from "../../refused.ts";
import type { AuditEntry } from "../../tenants/index.ts";
import { dayOf } from "../claim/claim-case.ts";
import type { Moved } from "../decide/concluded.ts";
import { make, nextState } from "../claim/move.ts";
import { claimTransfer, voucherOfPayer } from "./postings.ts";
import { releaseRest } from "./release-rest.ts";
import { paidUnder } from "./settlement-store.ts";
import { holdersOf, voucherForJobs } from "../split/split-vouchers.ts";
import type { StoredClaim } from "../claim/store.ts";
import { unitMoves, unitsOf } from "../units/units.ts";

interface ClawingBack {
  readonly rules: ProgrammeRules;
  readonly note: string;
  readonly at: Temporal.Instant;
  readonly by: AuditEntry["by"];
}

/**
 * Asks back what was redeemed, with interest by the day for every bill from when it was paid; what
 * jobs used of the voucher is asked back without. What was not redeemed yet is released. The
 * tenant's free money pays as far as it goes; the rest it owes. Units that were drawn are noted as
 * asked back: what they are worth in money the rules do not say. The tenant is banned from claiming
 * as long as the rules say.
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
  const drawn = unitsBack(rest.claim, rule);
  if (rest.claim.redeemed === 0n && drawn.length === 0) {
    throw wrongState(claim, "nothing of it was redeemed");
  }
  const backOn = dayOf(at, rules);
  const asked = (await redeemedOf(sql, rest.claim, of)).map(
    ({ at: paidAt, holder, payer, fund, amount }) => {
      const paidOn = dayOf(paidAt, rules);
      return { holder, payer, fund, ...clawback(rule, { redeemed: amount, paidOn, backOn }) };
    },
  );
  const amount = total(asked.map((one) => one.amount));
  const interest = total(asked.map((one) => one.interest));
  const bannedUntil = banFrom(rule, backOn)?.toString() ?? null;
  const unitsAsked = unitMoves(
    { fact: `claim/${claim.id}/claw-back`, kind: "claw-back", at },
    drawn,
  );
  const clawed = { ...rest.claim, unitMoves: [...rest.claim.unitMoves, ...unitsAsked] };
  const moved = make(clawed, {
    ...{ move: "claw-back", as: "officer", at, by },
    facts: {
      ...{ ...rest.facts, amount, interest, bannedUntil, note },
      ...(drawn.length > 0 && { unitsAsked: drawn }),
    },
  });
  const back = await backTransfers(sql, claim, { ...of, asked });
  return { claim: moved, transfers: [...rest.transfers, ...back] };
}

/** What is asked back of units that bills drew, by part. */
const unitsBack = ({ decision, progress }: StoredClaim, rule: ClawbackRule) =>
  unitsOf(decision!, progress)
    .filter(({ drawn }) => drawn > 0n)
    .map(({ part, unit, drawn }) => ({ code: part, unit, quantity: clawbackUnits(rule, drawn) }));

const wrongState = ({ id }: StoredClaim, why: string) =>
  new Refused("wrong-state", {}, `claim ${id} cannot be clawed back: ${why}`);

/**
 * What the bills were paid, and what jobs used beside them, as if of today: jobs of sub-accounts
 * first, since only jobs ever used their parts.
 */
async function redeemedOf(sql: Sql, claim: StoredClaim, { rules, at }: ClawingBack) {
  const { tenant } = claim;
  const paid = (await paidUnder(sql, claim.id)).map((one) => ({ ...one, holder: tenant }));
  let byJobs: MicroYuan = minus(claim.redeemed, total(paid.map(({ amount }) => amount)));
  const [first] = claim.decision?.payers ?? [];
  if (byJobs <= 0n || !first) return paid;
  const { payer, fund } = first;
  const [, ...subAccounts] = await holdersOf(sql, claim);
  for (const holder of subAccounts) {
    const { path } = accounts.redeemed({ ...voucherForJobs(claim, rules), tenant: holder });
    const [used] = await findAccounts(sql, [path]);
    const amount = least(byJobs, used ? balanceOf(used) : noMoney);
    if (amount > 0n) paid.push({ at, payer, fund, amount, holder });
    byJobs = minus(byJobs, amount);
  }
  return byJobs > 0n ? [...paid, { at, payer, fund, amount: byJobs, holder: tenant }] : paid;
}

type Asked = Pick<
  Awaited<ReturnType<typeof redeemedOf>>[number],
  "holder" | "payer" | "fund" | "amount"
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
  return asked.flatMap(({ holder, payer, fund, ...back }, place): Transfer[] => {
    const voucher = { ...voucherOfPayer(claim, { rules, payer, fund }), tenant: holder };
    const fact = `claim/${claim.id}/claw-back/${place}/${payer}`;
    // A sub-account's own transfers are not those of a claim of its own.
    const ofVoucher = holder === claim.tenant ? "" : "split/";
    const due = accounts.due(fund);
    const move = (name: string, what: Omit<Parameters<typeof claimTransfer>[0], "fact">) =>
      what.amount > 0n ? [claimTransfer({ ...what, fact: `${fact}/${name}` }, { at, note })] : [];
    const moveVoucher = (...[name, what]: Parameters<typeof move>) =>
      move(name, what).map((one) => ({ ...one, fact: `${ofVoucher}${one.fact}` }));
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
      ...moveVoucher("asked", { kind: "claw-back", from: used, to: back1, amount: back.amount }),
      ...payBack("amount", back.amount),
      ...moveVoucher("back", {
        kind: "clawed-back",
        from: back1,
        to: available,
        amount: back.amount,
      }),
      ...payBack("interest", back.interest),
      ...move("earned", {
        ...{ kind: "appropriate", from: accounts.appropriation(fund), to: available },
        amount: back.interest,
      }),
    ];
  });
}
