import { verifyCharge } from "@wadi/core/metering";
import { deciTflops, formatYuan, microYuan } from "@wadi/core/units";
import type { chargeEvidence } from "@wadi/protocol";
import type { z } from "zod";
import type { Posted } from "./journal.ts";

export type Evidence = z.output<typeof chargeEvidence>;

/**
 * Makes a charge anew from the readings and the price that held, and looks whether the journal has
 * posted just that, from and to whom it says.
 * @returns a sentence for each thing that is wrong; none when the charge is right
 */
export function wrongIn(evidence: Evidence, posted: Posted | undefined): string[] {
  const { charge, share, programme, voucherRate, run } = evidence;
  const recomputed = verifyCharge(charge, {
    ...evidence,
    peak: evidence.peak === null ? null : deciTflops(evidence.peak),
    share: { ...share, programme, voucherRate },
  });
  const parts = {
    cash: charge.cash,
    redeem: charge.voucher,
    subsidy: charge.voucher,
    fee: charge.platformFee,
  };
  const amounts = (Object.keys(parts) as (keyof typeof parts)[])
    .filter((kind) => (posted?.[kind] ?? 0n) !== parts[kind])
    .map((kind) => `${kind} is ${show(parts[kind])}, posted was ${show(posted?.[kind] ?? 0n)}`);
  const parties = (["tenant", "provider"] as const)
    .filter((party) => (posted?.[party] ?? evidence[party]) !== evidence[party])
    .map((party) => `its ${party} is ${evidence[party]}, posted was ${posted?.[party]}`);
  const sums =
    charge.voucher + charge.cash === charge.charge &&
    charge.platformFee + charge.toProvider === charge.charge
      ? []
      : ["its parts do not add up to the charge"];
  return [...recomputed, ...amounts, ...parties, ...sums].map((what) => `run ${run}: ${what}`);
}

const show = (amount: bigint) => formatYuan(microYuan(amount));
