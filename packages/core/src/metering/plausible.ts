import { divide, rate, type CardSeconds, type Rate } from "../units/index.ts";

/** Paid time held against what was reported of its use. */
export type Plausibility =
  | { readonly kind: "unknown" }
  /** More was used than was set aside: one of the two meters is wrong. */
  | { readonly kind: "impossible"; readonly utilisation: Rate }
  /** Held and paid, and next to nothing done with it. */
  | { readonly kind: "idle"; readonly utilisation: Rate }
  | { readonly kind: "plausible"; readonly utilisation: Rate };

/** 2 %: below it cards did nothing but wait. */
export const idleBelow: Rate = rate(20_000);

/**
 * Whether the card time that is paid for was used. A sign for a person, never a reason to refuse.
 *
 * @param used  card-seconds of the basis `used`: time × utilisation; null where nobody reports it
 */
export function plausibility(
  { allocated, used }: { allocated: CardSeconds; used: CardSeconds | null },
  idle: Rate = idleBelow,
): Plausibility {
  if (used === null || allocated === 0n) return { kind: "unknown" };
  const utilisation = rate(divide(used * 1_000_000n, allocated, "down"));
  if (used > allocated) return { kind: "impossible", utilisation };
  return { kind: utilisation < idle ? "idle" : "plausible", utilisation };
}
