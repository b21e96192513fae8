import { accounts, balanceOf } from "@wadi/core/ledger";
import { formatYuan, total, type ProgrammeId } from "@wadi/core/units";
import { judgeSplit, type ProgrammeRules } from "@wadi/core/vouchers";
import type { ClaimId } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import type { Sql } from "../../db/index.ts";
import { seesTenant } from "../../http/index.ts";
import { findAccounts, lockHead } from "../../ledger/index.ts";
import { Refused, wrongField } from "../../refused.ts";
import { audit, type AuditEntry } from "../../tenants/index.ts";
import { saveHolders, vouchersEver } from "../../vouchers/index.ts";
import { noClaim } from "../claim/no-claim.ts";
import { claimTransfer, postForClaim } from "../redeem/postings.ts";
import { rulesOfClaim } from "../rules/rules-for.ts";
import { canSplit, holdersOf, voucherForJobs } from "./split-vouchers.ts";
import { lockClaim, saveClaim, type StoredClaim } from "../claim/store.ts";
import {
  insertParts,
  insertSubAccount,
  lockTenants,
  parentsOf,
  partsOf,
  subAccountsOf,
  type Part,
  type SubAccount,
} from "./sub-account-store.ts";

type By = AuditEntry["by"];

/**
 * Says that a tenant is a sub-account of another one. Again it changes nothing.
 * @throws Refused `not-found`, `wrong-state` for one that is another's, or has sub-accounts itself
 */
export function putSubAccount(
  hub: Pick<Hub, "db" | "clock">,
  { account, parent, by }: SubAccount & { by: By },
): Promise<SubAccount> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const known = await lockTenants(sql, [account, parent]);
    for (const id of [account, parent]) {
      if (!known.has(id)) throw new Refused("not-found", {}, `there is no tenant ${id}`);
    }
    if (account === parent) throw wrongState(`${account} cannot be a sub-account of itself`);
    const parents = await parentsOf(sql, [account, parent]);
    const before = parents.get(account);
    if (before === parent) return { account, parent };
    if (before !== undefined) throw wrongState(`${account} is a sub-account of ${before}`);
    const above = parents.get(parent);
    if (above !== undefined) throw wrongState(`${parent} is a sub-account itself, of ${above}`);
    const [below] = await subAccountsOf(sql, account);
    if (below !== undefined) throw wrongState(`${account} has a sub-account itself, ${below}`);
    await insertSubAccount(sql, { account, parent, by: by.signer.key, at });
    const [subject, facts] = [`tenant/${parent}`, { account }];
    await audit(sql, { by, at, action: "sub-account.put", subject, facts });
    return { account, parent };
  });
}

const wrongState = (detail: string) => new Refused("wrong-state", {}, detail);

interface Splitting {
  readonly id: ClaimId;
  readonly parts: readonly Part[];
  readonly by: By;
}

/**
 * R34: gives parts of an issued voucher to sub-accounts of its tenant, whose jobs can then use
 * them. Each sub-account is given one part of a claim; the same again changes nothing.
 * @throws Refused `not-found`, `wrong-state`, `invalid-request`, `insufficient-funds` where the
 *   tenant has less left than is to be given
 */
export function splitClaim(
  hub: Pick<Hub, "db" | "clock">,
  { id, parts, by }: Splitting,
): Promise<StoredClaim> {
  const at = hub.clock.now();
  return hub.db.transaction(async (sql) => {
    const claim = await lockClaim(sql, id);
    if (!claim || !seesTenant(by.signer, claim.tenant)) throw noClaim(id);
    const before = await partsOf(sql, id);
    const given = parts.filter((one) => !before.some((had) => isSame(had, one)));
    if (given.length === 0) return claim;
    if (!["issued", "redeeming"].includes(claim.state)) {
      throw wrongState(`claim ${id} is ${claim.state}; only an issued voucher is split`);
    }
    const rules = await rulesOfClaim(sql, claim);
    refuseSplit(claim, { rules, before, given, parts });
    await refuseOthers(sql, claim, parts);
    await lockHead(sql);
    await refuseShort(sql, claim, { rules, given });
    await insertParts(sql, id, { parts: given, by: by.signer.key, at });
    await saveHolders(
      sql,
      given.map(({ account }) => ({ tenant: account, programme: claim.programme })),
    );
    const facts = { parts: given.map(({ account, amount }) => ({ account, amount })) };
    const event = { at, by: by.signer.key, action: "split", facts };
    const { state } = claim;
    const split = { ...claim, happened: [{ ...event, from: state, to: state }] };
    await saveClaim(sql, split);
    await audit(sql, { by, at, action: "claim.split", subject: `claim/${id}`, facts });
    const own = voucherForJobs(claim, rules);
    const transfers = given.map(({ account, amount }) => {
      const [from, to] = [accounts.issued(own), accounts.issued({ ...own, tenant: account })];
      const fact = `split/claim/${id}/part/${account}`;
      return claimTransfer({ kind: "split", from, to, amount, fact }, { at });
    });
    await postForClaim(sql, transfers, at);
    return split;
  });
}

const isSame = (one: Part, other: Part) =>
  one.account === other.account && one.amount === other.amount;

/** @throws Refused `wrong-state` for rules that allow none, `invalid-request` by field */
function refuseSplit(
  { programme, granted }: StoredClaim,
  of: {
    rules: ProgrammeRules;
    before: readonly Part[];
    given: readonly Part[];
    parts: readonly Part[];
  },
): void {
  const { rules, before, given, parts } = of;
  if (!canSplit(rules)) {
    const why = rules.lifecycle.transfer === "none" ? "are not split" : "pay no jobs";
    throw wrongState(`vouchers of ${programme} ${why}, by its rules`);
  }
  const all = [...before, ...given];
  const face = total(all.map(({ amount }) => amount));
  const refused = judgeSplit(rules, { face, parts: all });
  if (refused === null) {
    if (face <= granted) return;
    const [sum, most] = [face, granted].map(formatYuan);
    throw wrongField("/parts", `come to ${sum}; the claim was granted ${most}`);
  }
  switch (refused.code) {
    case "too-many-accounts":
      throw wrongField("/parts", `would be ${all.length}; the rules allow ${refused.most}`);
    case "account-twice": {
      const had = before.find(({ account }) => account === refused.account);
      const what = had ? `was given ${formatYuan(had.amount)} already` : "is there twice";
      const place = parts.findLastIndex(({ account }) => account === refused.account);
      throw wrongField(`/parts/${place}/tenant`, `"${refused.account}" ${what}`);
    }
    case "amount-not-positive": {
      const place = parts.findIndex(({ account }) => account === refused.account);
      throw wrongField(`/parts/${place}/amount`, "must be above 0.00");
    }
    default:
      throw new Error(`splitting a voucher: ${refused.code}`);
  }
}

/** Only the tenant's own sub-accounts, and none with a voucher of its own of the programme. */
async function refuseOthers(sql: Sql, claim: StoredClaim, parts: readonly Part[]): Promise<void> {
  const { tenant, programme } = claim;
  const parents = await parentsOf(
    sql,
    parts.map(({ account }) => account),
  );
  const holders = await holdersOf(sql, claim);
  for (const [place, { account }] of parts.entries()) {
    const at = `/parts/${place}/tenant`;
    if (parents.get(account) !== tenant) {
      const cure = `the operator makes it one: wadi tenant sub-account ${tenant} ${account}`;
      throw wrongField(at, `"${account}" is no sub-account of ${tenant}; ${cure}`);
    }
    if (holders.includes(account)) continue;
    const isOwn = (one: { programme: ProgrammeId }) => one.programme === programme;
    if ((await vouchersEver(sql, account)).some(isOwn)) {
      throw wrongField(at, `"${account}" has a voucher of ${programme} of its own`);
    }
  }
}

async function refuseShort(
  sql: Sql,
  claim: StoredClaim,
  { rules, given }: { rules: ProgrammeRules; given: readonly Part[] },
): Promise<void> {
  const { path } = accounts.issued(voucherForJobs(claim, rules));
  const [account] = await findAccounts(sql, [path]);
  const free = account ? balanceOf(account) : 0n;
  const wanted = total(given.map(({ amount }) => amount));
  if (wanted <= free) return;
  const left = `${claim.tenant} has less left of its voucher`;
  const detail = `${formatYuan(wanted)} are to be given; ${left}`;
  throw new Refused("insufficient-funds", { account: path }, detail);
}
