import type { Certified } from "./certify-plan.ts";

/**
 * How much the plan's cost is above its bound, as a part of the bound; null where nothing waits.
 * The cost takes each pool's price as it is now: where prices rise later it may be below the bound.
 */
export const gapOf = ({ cost, bound }: Pick<Certified, "cost" | "bound">): number | null =>
  bound > 0n ? Number(cost - bound) / Number(bound) : null;
