import {
  accounts,
  type AccountRef,
  type Transfer,
  type TransferKind,
  type VoucherRef,
} from "@wadi/core/ledger";
import type { ChargeCorrection } from "@wadi/core/metering";
import { minus, noMoney, type MicroYuan } from "@wadi/core/units";

import type { Parties } from "./charge-transfers.ts";

/** Between whom a correction moves money, and which one of its run it is, or of which bill. */
export interface CorrectedParties extends Omit<Parties, "hold"> {
  readonly correction: number | string;
}

/** Who bears what cannot be had at once. */
export interface Bearers {
  /** False: the tenant has not enough paid in, and owes it. */
  readonly tenantPays: boolean;
  /** False: the provider was paid out already, and owes its part. */
  readonly providerPays: boolean;
}

/**
 * The counter-entries of a correction. Cash goes between tenant and platform, and on to or from
 * the provider; a voucher's part that falls goes back to its fund, in both books.
 */
export function correctionTransfers(
  parties: CorrectedParties,
  { cash, voucher, toProvider }: ChargeCorrection,
  { tenantPays, providerPays }: Bearers,
): Transfer[] {
  const { tenant, provider, voucher: of } = parties;
  const [prepaid, clearing] = [accounts.prepaid(tenant), accounts.clearing()];
  const [fee, payable] = [accounts.platformFee(), accounts.payable(provider)];
  const overpaid = accounts.overpaid(provider);
  const from = tenantPays ? prepaid : accounts.receivable(tenant);
  const kind = tenantPays ? "adjust-tenant-up" : "owe";
  const move = (what: TransferKind, amount: MicroYuan, way: Way) =>
    made(parties, what, amount, way);
  const cashMoves = [
    move(kind, cash, { from, to: clearing }),
    move("clear-up", cash, { from: clearing, to: fee }),
    move("clear-down", negated(cash), { from: fee, to: clearing }),
    move("adjust-tenant-down", negated(cash), { from: clearing, to: prepaid }),
  ];
  const back = of ? voucherBack(parties, negated(voucher), of) : [];
  const owed = providerPays ? noMoney : negated(toProvider);
  // What goes back to the fund leaves from what is payable; the platform puts it there first.
  const providerMoves = [
    move("adjust-provider-up", toProvider, { from: fee, to: payable }),
    move("overpaid", owed, { from: overpaid, to: payable }),
    move("adjust-provider-down", negated(toProvider), { from: payable, to: fee }),
  ];
  return [...cashMoves, ...back, ...providerMoves].filter(({ amount }) => amount > 0n);
}

interface Way {
  readonly from: AccountRef;
  readonly to: AccountRef;
}

/** The fund gets back what it owed for the part, and its book has it at disposal again. */
export function voucherBack(
  parties: CorrectedParties,
  amount: MicroYuan,
  of: VoucherRef,
): Transfer[] {
  const payable = accounts.payable(parties.provider);
  const kept = accounts.disputeHold(parties.provider);
  const ahead = { from: accounts.platformFee(), to: payable };
  const clawback = accounts.clawback(of);
  return [
    made({ ...parties, part: "voucher" }, "adjust-provider-up", amount, ahead),
    made(parties, "dispute", amount, { from: payable, to: kept }),
    made(parties, "dispute-return", amount, { from: kept, to: accounts.due(of.fund) }),
    made(parties, "claw-back", amount, { from: accounts.redeemed(of), to: clawback }),
    made(parties, "clawed-back", amount, { from: clawback, to: accounts.available(of.fund) }),
  ];
}

function made(
  { run, job, correction, at, part }: CorrectedParties & { readonly part?: string },
  kind: TransferKind,
  amount: MicroYuan,
  way: Way,
): Transfer {
  const fact = [kind, run, correction, ...(part === undefined ? [] : [part])].join("/");
  const note = "readings that came after the charge";
  return { ...way, kind, amount, hold: null, fact, job, run, note, happenedAt: at };
}

const negated = (amount: MicroYuan) => minus(noMoney, amount);
