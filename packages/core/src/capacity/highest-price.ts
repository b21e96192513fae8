import type { MicroYuan } from "../units/index.ts";
import { microYuan } from "../units/index.ts";
import type { PriceSchedule } from "./price-schedule.ts";

/** The highest price of a card-hour at any hour from `from` on; 0 where none is left. */
export function highestPrice(schedule: PriceSchedule, from: Temporal.Instant): MicroYuan {
  let highest = 0n;
  for (const { to, week } of schedule.periods) {
    if (to && Temporal.Instant.compare(to, from) <= 0) continue;
    for (const price of week) if (price > highest) highest = price;
  }
  return microYuan(highest);
}
