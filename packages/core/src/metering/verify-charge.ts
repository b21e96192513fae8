import { priceSchedule, type PriceScheduleDraft } from "../capacity/index.ts";
import type { DeciTflops, Rate } from "../units/index.ts";
import type { Share } from "../vouchers/index.ts";
import { chargeFor, type Charge } from "./charge.ts";
import { usageOf, type Reading } from "./usage.ts";

/** All that a charge was made from. */
export interface ChargeEvidence {
  /** The nameplate that the work was counted by, as it was then. */
  readonly peak: DeciTflops | null;
  /** As it was written down; it is checked like one that comes in anew. */
  readonly prices: PriceScheduleDraft;
  readonly feeRate: Rate;
  readonly charged: boolean;
  /** What was set aside for the job before this charge. */
  readonly share: Share;
  /** Of each card, in thousandths; the whole of it where this is left out. */
  readonly cardShare?: number;
  readonly readings: readonly Reading[];
}

/**
 * Makes the charge anew from its evidence.
 * @returns a sentence for each part that differs; none when the charge is right
 */
export function verifyCharge(charge: Charge, evidence: ChargeEvidence): string[] {
  const prices = priceSchedule(evidence.prices);
  if (prices.kind === "refused") {
    return prices.problems.map(({ path, message }) => `prices${path && `.${path}`} ${message}`);
  }
  const right = chargeFor(usageOf(evidence.readings), { ...evidence, prices: prices.value });
  return [
    ...differences(charge.usage, right.usage, { within: "usage.", except: [] }),
    ...differences(charge, right, { within: "", except: ["usage"] }),
  ];
}

/** Of numbers and bigints. */
function differences<V extends object>(
  said: V,
  right: V,
  { within, except }: { within: string; except: readonly (keyof V)[] },
): string[] {
  return (Object.keys(right) as (keyof V & string)[])
    .filter((key) => !except.includes(key) && said[key] !== right[key])
    .map(
      (key) => `${within}${key} is ${String(said[key])}, recomputed it is ${String(right[key])}`,
    );
}
