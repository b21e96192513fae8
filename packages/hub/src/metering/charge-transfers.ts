import {
  accounts,
  transferKinds,
  usualFact,
  type Transfer,
  type TransferKind,
  type VoucherRef,
} from "@wadi/core/ledger";
import type { Charge } from "@wadi/core/metering";
import type { HoldId, JobId, MicroYuan, ProviderId, RunId, TenantId } from "@wadi/core/units";

/** For what and between whom money moves when a run has ended. */
export interface Parties {
  readonly run: RunId;
  readonly job: JobId;
  readonly hold: HoldId;
  readonly tenant: TenantId;
  readonly provider: ProviderId;
  /** The voucher that pays a part; null where none does. */
  readonly voucher: VoucherRef | null;
  readonly at: Temporal.Instant;
}

/** Cash and a part of a voucher. */
export interface Parts {
  readonly cash: MicroYuan;
  readonly voucher: MicroYuan;
}

/**
 * Posts a charge: the tenant's cash to the provider; the voucher's part used up in the fund's book
 * and owed to the provider in the book of money; the platform's fee. Nothing for parts of zero.
 */
export function chargeTransfers(
  parties: Parties,
  { cash, voucher, platformFee }: Charge,
): Transfer[] {
  const { tenant, provider, voucher: of } = parties;
  const payable = accounts.payable(provider);
  const transfers = [move(parties, "cash", cash, { from: accounts.held(tenant), to: payable })];
  if (of) {
    const used = { from: accounts.reserved(of), to: accounts.redeemed(of) };
    const owed = { from: accounts.due(of.fund), to: payable };
    transfers.push(move(parties, "redeem", voucher, used), move(parties, "subsidy", voucher, owed));
  }
  const kept = { from: payable, to: accounts.platformFee() };
  transfers.push(move(parties, "fee", platformFee, kept));
  return transfers.filter(({ amount }) => amount > 0n);
}

/** Gives back what is left of the job's share. */
export function releaseTransfers(parties: Parties, { cash, voucher }: Parts): Transfer[] {
  const { tenant, voucher: of } = parties;
  const freed = { from: accounts.held(tenant), to: accounts.prepaid(tenant) };
  const transfers = [move(parties, "release", cash, freed)];
  if (of) {
    const unused = { from: accounts.reserved(of), to: accounts.issued(of) };
    transfers.push(move(parties, "unreserve", voucher, unused));
  }
  return transfers.filter(({ amount }) => amount > 0n);
}

/** Sets aside anew what the run used up, for the job's next run. */
export function restoreTransfers(parties: Parties, { cash, voucher }: Parts): Transfer[] {
  const { tenant, voucher: of } = parties;
  const aside = { from: accounts.prepaid(tenant), to: accounts.held(tenant) };
  const transfers = [move(parties, "hold", cash, aside)];
  if (of) {
    const reserved = { from: accounts.issued(of), to: accounts.reserved(of) };
    transfers.push(move(parties, "reserve", voucher, reserved));
  }
  return transfers.filter(({ amount }) => amount > 0n);
}

function move(
  { run, job, hold, at }: Parties,
  kind: TransferKind,
  amount: MicroYuan,
  way: Pick<Transfer, "from" | "to">,
): Transfer {
  const what = { kind, run, hold: transferKinds[kind].hold === "none" ? null : hold };
  return { ...what, ...way, amount, job, note: "", happenedAt: at, fact: usualFact(what) };
}
