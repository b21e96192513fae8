import { accounts, balanceOf, type Transfer, type VoucherRef } from "@wadi/core/ledger";
import {
  least,
  microYuan,
  minus,
  noMoney,
  total,
  type MicroYuan,
  type TenantId,
} from "@wadi/core/units";
import type { ProgrammeRules } from "@wadi/core/vouchers";

import type { Sql } from "../../db/index.ts";
import { findAccounts, lockHead } from "../../ledger/index.ts";
import { partsForJobs } from "../rules/for-jobs.ts";
import { claimTransfer, voucherOfPayer } from "../redeem/postings.ts";
import type { StoredClaim } from "../claim/store.ts";
import { partsBeside } from "./sub-account-store.ts";

/** Whether vouchers of these rules are split: sub-accounts use their parts for jobs. */
export const canSplit = (rules: ProgrammeRules): boolean =>
  rules.lifecycle.transfer !== "none" && partsForJobs(rules).length > 0;

/** The voucher that jobs use of a claim: the first payer's, of the tenant or of a sub-account. */
export function voucherForJobs(
  claim: Pick<StoredClaim, "programme" | "tenant">,
  rules: ProgrammeRules,
): VoucherRef {
  const { code: payer, fund } = rules.payers[0]!;
  return voucherOfPayer(claim, { rules, payer, fund });
}

/** The tenant and the sub-accounts that were ever given a part of its vouchers of the programme. */
export async function holdersOf(
  sql: Sql,
  claim: Pick<StoredClaim, "programme" | "tenant">,
): Promise<TenantId[]> {
  const parts = await partsBeside(sql, claim);
  return [claim.tenant, ...new Set(parts.map(({ account }) => account))];
}

/**
 * What has to come back from sub-accounts so that `amount` can be taken off the tenant's own
 * voucher for this claim. A claim that ends takes its parts back first, the tenant's own comes
 * after; a bill is redeemed out of what the tenant kept as long as there is any. Of several claims'
 * parts on one sub-account the oldest were used first. Counters are locked before.
 */
export async function fromParts(
  sql: Sql,
  claim: StoredClaim,
  of: {
    rules: ProgrammeRules;
    amount: MicroYuan;
    ends: boolean;
    fact: string;
    at: Temporal.Instant;
  },
): Promise<Transfer[]> {
  const { rules, amount, ends, fact, at } = of;
  if (amount === 0n) return [];
  const parts = await partsBeside(sql, claim);
  if (parts.length === 0) return [];
  await lockHead(sql); // no job uses a part from here on
  const own = voucherForJobs(claim, rules);
  const holders = [...new Set(parts.map(({ account }) => account))];
  const stand = await standsOf(sql, [own, ...holders.map((tenant) => ({ ...own, tenant }))]);
  const ownFree = stand(claim.tenant).free;

  const took = new Map<TenantId, MicroYuan>();
  let left = ends ? amount : shortOf(amount, ownFree);
  const take = (tenant: TenantId, most: MicroYuan) => {
    const before = took.get(tenant) ?? noMoney;
    const more = least(left, least(most, minus(stand(tenant).free, before)));
    if (more <= 0n) return;
    took.set(tenant, microYuan(before + more));
    left = minus(left, more);
  };
  for (const { account, amount: part, claim: id } of parts) {
    if (id !== claim.id) continue;
    const newer = parts.filter((one) => one.account === account && one.isOpen && one.claim > id);
    const ofNewer = newer.reduce((sum, one) => sum + one.amount, 0n);
    take(account, least(part, shortOf(stand(account).all, microYuan(ofNewer))));
  }
  if (ends) left = shortOf(left, ownFree);
  for (const account of holders) take(account, left);
  return [...took].map(([tenant, back]) =>
    claimTransfer(
      {
        ...{ kind: "split", amount: back, fact: `split/${fact}/${tenant}` },
        from: accounts.issued({ ...own, tenant }),
        to: accounts.issued(own),
      },
      { at },
    ),
  );
}

/** What the first payer bears of these. */
export const ofFirstPayer = (
  shares: readonly { readonly payer: string; readonly amount: MicroYuan }[],
  { payers }: ProgrammeRules,
): MicroYuan =>
  total(shares.map(({ payer, amount }) => (payer === payers[0]!.code ? amount : noMoney)));

/** What is lacking of an amount. */
const shortOf = (amount: MicroYuan, there: MicroYuan): MicroYuan =>
  amount > there ? minus(amount, there) : noMoney;

/** How vouchers stand, by tenant: what is free, and with what is set aside for jobs. */
async function standsOf(
  sql: Sql,
  vouchers: readonly VoucherRef[],
): Promise<(tenant: TenantId) => { free: MicroYuan; all: MicroYuan }> {
  const paths = vouchers.flatMap((of) => [accounts.issued(of).path, accounts.reserved(of).path]);
  const found = new Map((await findAccounts(sql, paths)).map((one) => [one.path, balanceOf(one)]));
  const byTenant = new Map(
    vouchers.map((of) => {
      const free = found.get(accounts.issued(of).path) ?? noMoney;
      const reserved = found.get(accounts.reserved(of).path) ?? noMoney;
      return [of.tenant, { free, all: microYuan(free + reserved) }];
    }),
  );
  return (tenant) => byTenant.get(tenant)!;
}
