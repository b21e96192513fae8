import { divide, microYuan, type MicroYuan } from "../units/index.ts";
import type { CardModel } from "./card-model.ts";
import { peakTflops, type UnknownPeak } from "./card-models.ts";

/**
 * Hours of a P·month: 30 days. Price lists in yuan per P·month fit this one (a card of 312 TFLOPS
 * at 6.00 a card-hour is listed at about 13,846 a P·month), and metering examples use it.
 */
export const monthHours = 720n;

/** Tenths of a TFLOPS in one P. */
const deciTflopsPerP = 10_000n;

/**
 * The card-hour price that a price per P·month means on this card. Rounded up to a micro-yuan, so
 * that a positive price stays positive.
 */
export function cardHourPrice(
  model: CardModel,
  perPMonth: MicroYuan,
): { readonly kind: "price"; readonly perCardHour: MicroYuan } | UnknownPeak {
  const peak = peakTflops(model);
  if (peak.kind !== "known") return peak;
  const price = divide(perPMonth * peak.peak, deciTflopsPerP * monthHours, "up");
  return { kind: "price", perCardHour: microYuan(price) };
}

/**
 * The price per P·month that a card-hour price means. Rounded down to a micro-yuan; `cardHourPrice`
 * of the result is the card-hour price again.
 */
export function pMonthPrice(
  model: CardModel,
  perCardHour: MicroYuan,
): { readonly kind: "price"; readonly perPMonth: MicroYuan } | UnknownPeak {
  const peak = peakTflops(model);
  if (peak.kind !== "known") return peak;
  const price = divide(perCardHour * deciTflopsPerP * monthHours, peak.peak, "down");
  return { kind: "price", perPMonth: microYuan(price) };
}
