import type { CardSeconds } from "./measure.ts";
import { microYuan, type MicroYuan } from "./money.ts";
import { divide } from "./rounding.ts";

export interface CardPrice {
  readonly perCardHour: MicroYuan;
}

/** What card-seconds cost at one price: rounded up to a micro-yuan, since a run is never free. */
export const charge = (held: CardSeconds, { perCardHour }: CardPrice): MicroYuan =>
  microYuan(divide(held * perCardHour, 3600n, "up"));
