import type { PriceSchedule } from "@wadi/core/capacity";
import { describeRefusal } from "@wadi/core/ledger";
import { chargeFor, peakOf, usageOf, type Charge } from "@wadi/core/metering";
import {
  noMoney,
  plus,
  type CardModelId,
  type HoldId,
  type JobId,
  type PoolId,
  type ProviderId,
  type Rate,
  type RunId,
  type TenantId,
} from "@wadi/core/units";
import { isOver, restOf, type Share } from "@wadi/core/vouchers";

import type { Sql } from "../db/index.ts";
import {
  findVouchers,
  lockHead,
  postTransfers,
  type GroupOutcome,
  type VoucherFinder,
} from "../ledger/index.ts";
import { heldVouchers } from "../vouchers/index.ts";
import { findCharges, insertCharges, savePrices, type StoredCharge } from "./charge-store.ts";
import {
  chargeTransfers,
  releaseTransfers,
  restoreTransfers,
  type Parties,
} from "./charge-transfers.ts";
import { storedPrices } from "./prices.ts";
import { readingsOf } from "./reading-store.ts";

/** A run that has come to its end, with all its readings kept. */
export interface EndedRun {
  readonly run: RunId;
  readonly job: JobId;
  readonly hold: HoldId;
  readonly tenant: TenantId;
  readonly provider: ProviderId;
  readonly pool: PoolId;
  readonly model: CardModelId;
  readonly emulated: boolean;
  /** Of each card, in thousandths; the whole of it where this is left out. */
  readonly cardShare?: number;
  /** As they were when the run was leased. */
  readonly prices: PriceSchedule;
  readonly feeRate: Rate;
  /** Core's `isPaid` of how it ended. */
  readonly charged: boolean;
  readonly endedAt: Temporal.Instant;
  /** This job's part of the hold. */
  readonly share: Share;
  /** The job is over, and the rest is freed; or runs again, and the share is made whole. */
  readonly then: "release" | "keep";
}

export interface ChargedRun {
  readonly run: RunId;
  readonly charge: Charge & { readonly chargedAt: Temporal.Instant };
  /** What the job has set aside from now on. */
  readonly share: Share;
  /** `keep`, but what the tenant has did not suffice: the rest of the share was freed as well. */
  readonly short: boolean;
}

/**
 * Charges runs by their readings and posts it, all in the given transaction; then frees or
 * restores what is held for their jobs. A share is restored as it was; where the voucher cannot be
 * reserved again, cash takes its place; where that is short too, nothing stays held. A run that was
 * charged before keeps its charge, and nothing moves.
 *
 * @returns one for each run, in their order
 */
export async function chargeRuns(
  sql: Sql,
  ended: readonly EndedRun[],
  now: Temporal.Instant,
): Promise<ChargedRun[]> {
  if (ended.length === 0) return [];
  const runs = ended.map(({ run }) => run);
  const [, before, readings, voucherOf] = await Promise.all([
    lockHead(sql), // first: what the others read stays so
    findCharges(sql, runs),
    readingsOf(sql, runs),
    findVouchers(
      sql,
      ended.map(({ tenant, share }) => ({ tenant, ...share })),
    ),
  ]);
  const once = new Map(ended.map((one) => [one.run, one])); // whoever names a run twice
  const fresh = [...once.values()]
    .filter(({ run }) => !before.has(run))
    .map((one) => settlementOf(one, readings.get(one.run) ?? [], voucherOf));

  const knownAt = await postCharges(sql, fresh, now);
  const restored = await restoreShares(sql, fresh.filter(mustRestore), now);
  const stored = fresh.map((one) => storedCharge(one, knownAt));
  if (stored.length > 0) {
    await savePrices(
      sql,
      fresh.map(({ ended: { prices } }) => storedPrices(prices)),
    );
    await insertCharges(sql, stored);
  }

  const settled = new Map(fresh.map((one) => [one.ended.run, one]));
  return ended.map((one): ChargedRun => {
    const { run, share } = one;
    const known = before.get(run);
    if (known) return { run, charge: viewOf(known), share, short: false };
    const settlement = settled.get(run)!;
    const after = restored.get(settlement) ?? { share: settlement.left, short: false };
    return { run, charge: { ...settlement.charge, chargedAt: knownAt }, ...after };
  });
}

/** One run's charge and what becomes of its share, before anything is posted. */
interface Settlement {
  readonly ended: EndedRun;
  readonly charge: Charge;
  readonly parties: Parties;
  /** What the job has set aside once the charge is posted and the rest, if it is over, released. */
  readonly left: Share;
}

function settlementOf(
  ended: EndedRun,
  readings: Parameters<typeof usageOf>[0],
  voucherOf: VoucherFinder,
): Settlement {
  const { run, job, hold, tenant, provider, share, endedAt } = ended;
  const peak = peakOf(ended.model);
  const charge = chargeFor(usageOf(readings), { ...ended, peak });
  const voucher = voucherOf({ tenant, ...share });
  const parties = { run, job, hold, tenant, provider, voucher, at: endedAt };
  const rest = restOf(share, charge);
  const left = ended.then === "keep" ? rest : emptied(share);
  return { ended, charge, parties, left };
}

/** @returns when the journal knew of it */
async function postCharges(
  sql: Sql,
  settlements: readonly Settlement[],
  now: Temporal.Instant,
): Promise<Temporal.Instant> {
  const groups = settlements.map(({ ended, charge, parties }) => {
    const rest = restOf(ended.share, charge);
    const freed = ended.then === "release" ? releaseTransfers(parties, rest) : [];
    return [...chargeTransfers(parties, charge), ...freed];
  });
  const { outcomes, knownAt } = await postTransfers(sql, groups, now);
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome.kind === "posted") continue;
    throw new Error(`charging the run ${settlements[i]!.ended.run}: ${describe(outcome)}`);
  }
  return knownAt;
}

function describe(outcome: GroupOutcome): string {
  if (outcome.kind === "refused") return describeRefusal(outcome.reason);
  return "its transfers are in the journal, but it has no charge";
}

const mustRestore = ({ ended, charge }: Settlement) => ended.then === "keep" && charge.charge > 0n;

/** Of each: the share from now on, and whether it is short. */
async function restoreShares(
  sql: Sql,
  settlements: readonly Settlement[],
  now: Temporal.Instant,
): Promise<Map<Settlement, { share: Share; short: boolean }>> {
  const restored = new Map<Settlement, { share: Share; short: boolean }>();
  if (settlements.length === 0) return restored;
  const tenants = [...new Set(settlements.map(({ ended }) => ended.tenant))];
  const vouchers = await heldVouchers(sql, tenants);
  const asBefore = settlements.filter(({ ended: { tenant, share }, charge }) => {
    const voucher = vouchers.get(tenant)?.find(({ programme }) => programme === share.programme);
    return charge.voucher === 0n || (voucher !== undefined && !isOver(voucher, now));
  });
  const first = await tryRestore(sql, asBefore, { now, inCash: false });
  for (const one of first) restored.set(one, { share: one.ended.share, short: false });

  const others = settlements.filter((one) => !restored.has(one));
  const second = await tryRestore(sql, others, { now, inCash: true });
  for (const one of second) {
    const share = { ...one.left, cash: plus(one.left.cash, one.charge.charge) };
    restored.set(one, { share, short: false });
  }

  const short = others.filter((one) => !restored.has(one));
  await releaseRest(sql, short, now);
  for (const one of short) restored.set(one, { share: emptied(one.left), short: true });
  return restored;
}

async function releaseRest(
  sql: Sql,
  settlements: readonly Settlement[],
  now: Temporal.Instant,
): Promise<void> {
  if (settlements.length === 0) return;
  const groups = settlements.map(({ parties, left }) => releaseTransfers(parties, left));
  const { outcomes } = await postTransfers(sql, groups, now);
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome.kind === "posted") continue;
    throw new Error(`releasing what ${settlements[i]!.ended.job} has left: ${describe(outcome)}`);
  }
}

const emptied = (share: Share): Share => ({ ...share, cash: noMoney, voucher: noMoney });

/** @returns those for which there was enough */
async function tryRestore(
  sql: Sql,
  settlements: readonly Settlement[],
  { now, inCash }: { now: Temporal.Instant; inCash: boolean },
): Promise<Settlement[]> {
  if (settlements.length === 0) return [];
  const groups = settlements.map(({ parties, charge }) =>
    restoreTransfers(parties, inCash ? { cash: charge.charge, voucher: noMoney } : charge),
  );
  const { outcomes } = await postTransfers(sql, groups, now);
  return settlements.filter((_, i) => {
    const outcome = outcomes[i]!;
    if (outcome.kind === "posted") return true;
    if (outcome.kind === "refused" && outcome.reason.code === "below-floor") return false;
    throw new Error(`restoring the share of ${settlements[i]!.ended.job}: ${describe(outcome)}`);
  });
}

function storedCharge({ ended, charge }: Settlement, chargedAt: Temporal.Instant): StoredCharge {
  const { id } = storedPrices(ended.prices);
  const { cardShare = 1000, model } = ended;
  return { ...ended, cardShare, prices: id, peak: peakOf(model), chargedAt, charge };
}

const viewOf = ({ charge, chargedAt }: StoredCharge) => ({ ...charge, chargedAt });
