import { accounts, balanceOf } from "@wadi/core/ledger";
import { microYuan, minus, noMoney, plus, total, type MicroYuan } from "@wadi/core/units";
import type { ProgrammeRules } from "@wadi/core/vouchers";

import type { Sql } from "../../db/index.ts";
import { findAccounts } from "../../ledger/index.ts";
import { partsForJobs } from "../rules/for-jobs.ts";
import { holdersOf, voucherForJobs } from "../split/split-vouchers.ts";
import { openParts, type StoredClaim } from "../claim/store.ts";

/**
 * The claim with what jobs on the platform used of its voucher noted as redeemed. Jobs draw on a
 * tenant's voucher of a programme as a whole, so what is gone from the account counts for its
 * claims in the order of their ids: an older one is used up first. What sub-accounts used of the
 * parts that they were given counts as the tenant's own use. Safe to repeat.
 */
export async function withJobUse(
  sql: Sql,
  claim: StoredClaim,
  rules: ProgrammeRules,
): Promise<StoredClaim> {
  const { decision, progress } = claim;
  const codes = partsForJobs(rules).map(({ code }) => code);
  const first = rules.payers[0]!.code;
  const isTheirs = decision?.payers.some(({ payer }) => payer === first) ?? false;
  if (decision === null || codes.length === 0 || !isTheirs) return claim;
  const own = voucherForJobs(claim, rules);
  const vouchers = (await holdersOf(sql, claim)).map((tenant) => ({ ...own, tenant }));
  const paths = vouchers.flatMap((of) => [accounts.issued(of).path, accounts.reserved(of).path]);
  const stands = total((await findAccounts(sql, paths)).map(balanceOf));
  const { older, open, all } = await openParts(sql, claim, codes);
  const gone = minus(all, stands);
  const used = clamp(minus(gone, older), { most: open });
  if (used === 0n) return claim;
  let left: MicroYuan = used;
  const redeemed: Record<string, MicroYuan> = { ...progress.redeemed };
  for (const { code, granted } of decision.parts) {
    if (!codes.includes(code)) continue;
    const had = plus(redeemed[code] ?? noMoney, progress.released[code] ?? noMoney);
    const part = clamp(minus(granted, had), { most: left });
    redeemed[code] = plus(redeemed[code] ?? noMoney, part);
    left = minus(left, part);
  }
  return {
    ...claim,
    progress: { ...progress, redeemed },
    redeemed: plus(claim.redeemed, used),
  };
}

const clamp = (amount: MicroYuan, { most }: { most: MicroYuan }): MicroYuan =>
  amount <= 0n ? noMoney : amount < most ? amount : microYuan(most);
