import type { MicroYuan } from "../units/index.ts";
import type { PriceItem, Pricing } from "./price-list.ts";
import { sizeOf } from "./price-unit.ts";

/** A quantity at one price. */
export interface Tiered {
  /** 1 for the first step; null where the price has none. */
  readonly tier: number | null;
  readonly price: MicroYuan;
  readonly quantity: bigint;
}

/**
 * What of a quantity is at which price.
 *
 * @param before  of the same item, priced earlier in the month
 * @param all  of the same item in the whole month: what `volume` goes by
 */
export function tiersOf(
  { per, pricing }: Pick<PriceItem, "per" | "pricing">,
  { quantity, before, all }: { quantity: bigint; before: bigint; all: bigint },
): Tiered[] {
  if (pricing.kind === "flat") return [{ tier: null, price: pricing.price, quantity }];
  if (pricing.kind === "volume") {
    const step = pricing.steps.findIndex((one) => all <= endOf(one.upTo, per));
    return [{ tier: step + 1, price: pricing.steps[step]!.price, quantity }];
  }
  return graduated(pricing.steps, per, { from: before, to: before + quantity });
}

type Steps = Exclude<Pricing, { kind: "flat" }>["steps"];

function graduated(
  steps: Steps,
  per: PriceItem["per"],
  { from, to }: { from: bigint; to: bigint },
): Tiered[] {
  let start = 0n;
  return steps.flatMap(({ upTo, price }, i): Tiered[] => {
    const end = endOf(upTo, per);
    const [low, high] = [from > start ? from : start, to < end ? to : end];
    start = end;
    return low < high ? [{ tier: i + 1, price, quantity: high - low }] : [];
  });
}

/** Above whatever anybody uses. */
const endless = 10n ** 60n;

const endOf = (upTo: bigint | null, per: PriceItem["per"]) =>
  upTo === null ? endless : (upTo * sizeOf(per)) / 1_000_000n;
