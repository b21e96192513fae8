import {
  asId,
  microYuan,
  noMoney,
  type HoldId,
  type MicroYuan,
  type TenantId,
} from "@wadi/core/units";
import { sharesFor, type Share } from "@wadi/core/vouchers";

import type { Hub } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { placeHolds, type NewHold } from "../ledger/index.ts";
import { Refused } from "../refused.ts";
import { vouchersOf, type UsableVoucher } from "../vouchers/index.ts";
import type { Draft, Intake } from "./draft.ts";

/**
 * Holds the most that each draft can cost: the voucher's part first, the rest in cash; for an
 * array one hold, of which each job has an equal share. Refuses a draft that the balance does not
 * cover.
 * @returns the share of each job, by draft
 */
export async function holdFor(
  hub: Hub,
  sql: Sql,
  { open, refuse }: Intake,
): Promise<ReadonlyMap<Draft, Share>> {
  const drafts = open();
  const now = hub.clock.now();
  const vouchers = await vouchersOf(sql, [...new Set(drafts.map(({ tenant }) => tenant))], now);
  const left = new Map<TenantId, MicroYuan>();
  const wanted = drafts.map((draft) => {
    const voucher = vouchers.get(draft.tenant);
    const available = left.get(draft.tenant) ?? voucher?.available ?? noMoney;
    const share = shareOf(draft, voucher, available);
    left.set(draft.tenant, microYuan(available - share.voucher * BigInt(countOf(draft))));
    return { draft, share, voucher };
  });

  const outcomes = await placeHolds(
    sql,
    wanted.map((one) => newHold(one, now)),
  );
  const shares = new Map<Draft, Share>();
  for (const [i, { draft, share }] of wanted.entries()) {
    const outcome = outcomes[i]!;
    if (outcome.kind === "held") shares.set(draft, share);
    else refuse(draft, new Refused(outcome.code, outcome.facts, outcome.detail));
  }
  return shares;
}

const countOf = ({ spec }: Draft) => spec.array?.count ?? 1;

function shareOf(draft: Draft, voucher: UsableVoucher | undefined, available: MicroYuan): Share {
  if (!voucher) {
    return { cash: draft.quoted.most, voucher: noMoney, programme: null, voucherRate: null };
  }
  const each = microYuan(available / BigInt(countOf(draft)));
  const parts = sharesFor(draft.quoted.most, { rate: voucher.rate, available: each });
  if (parts.voucher === 0n) {
    return { cash: draft.quoted.most, voucher: noMoney, programme: null, voucherRate: null };
  }
  return { ...parts, programme: voucher.programme, voucherRate: voucher.rate };
}

function newHold(
  { draft, share, voucher }: { draft: Draft; share: Share; voucher: UsableVoucher | undefined },
  at: Temporal.Instant,
): NewHold {
  const count = BigInt(countOf(draft));
  const reserved =
    share.programme !== null && voucher
      ? {
          fund: voucher.fund,
          programme: voucher.programme,
          amount: microYuan(share.voucher * count),
        }
      : null;
  return {
    id: asId<HoldId>(draft.job),
    tenant: draft.tenant,
    job: draft.job,
    cash: microYuan(share.cash * count),
    voucher: reserved,
    at,
  };
}
