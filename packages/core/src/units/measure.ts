import type { Quantity } from "./quantity.ts";
import { divide } from "./rounding.ts";

/** Accelerator time: one whole card held for one second, busy or not. */
export type CardSeconds = Quantity<"card-second">;
/** Work offered: 0.1 TFLOPS (dense FP16) for one second. 36,000,000 of them are one P·hour. */
export type WorkUnits = Quantity<"0.1-tflops-second">;
/** Peak speed of a card: tenths of a dense FP16 TFLOPS (10^11 operations a second). */
export type DeciTflops = Quantity<"0.1-tflops">;
export type Bytes = Quantity<"byte">;
/** Host memory in whole MiB. */
export type Mebibytes = number & { readonly __unit: "MiB" };
/** Processor share in thousandths of a core. */
export type MilliCores = number & { readonly __unit: "milli-core" };

export const cardSeconds = (amount: bigint | number) => BigInt(amount) as CardSeconds;
export const workUnits = (amount: bigint | number) => BigInt(amount) as WorkUnits;
export const deciTflops = (amount: bigint | number) => BigInt(amount) as DeciTflops;
export const mebibytes = (count: number) => count as Mebibytes;
export const milliCores = (count: number) => count as MilliCores;
export const bytes = (amount: bigint | number) => BigInt(amount) as Bytes;

/** One P·second: 10^15 operations a second for one second. */
export const pSecond = workUnits(10_000n);
/** One P·hour. 1 P = 10^15 dense FP16 operations a second (MISSION: "1 P = 10^15"). */
export const pHour = workUnits(36_000_000n);

/** Cards held for a time. A started second counts whole, once for the run, not per reading. */
export const heldFor = (cards: number, heldMs: number): CardSeconds =>
  cardSeconds(BigInt(cards) * divide(BigInt(Math.ceil(heldMs)), 1000n, "up"));

/** Nameplate work of cards held: card-seconds × the card's dense FP16 peak. Exact. */
export const workOf = (held: CardSeconds, peak: DeciTflops): WorkUnits => workUnits(held * peak);

/** P·hours as text with three decimals, rounded down: `"14745.600"`. */
export const formatPHours = (work: WorkUnits): string => {
  const thousandths = divide(work * 1000n, pHour, "down")
    .toString()
    .padStart(4, "0");
  return `${thousandths.slice(0, -3)}.${thousandths.slice(-3)}`;
};
