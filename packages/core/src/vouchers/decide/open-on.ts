import type { Cadence } from "../rules/index.ts";
import { isWithin } from "./registers.ts";

/** R32: whether claims are taken that day. */
export function isOpen(cadence: Cadence, day: Temporal.PlainDate): boolean {
  switch (cadence.kind) {
    case "rolling":
      return true;
    case "windows":
    case "batch":
    case "competitive":
      return cadence.windows.length === 0 || cadence.windows.some((one) => isWithin(day, one));
    case "each": {
      if (cadence.days === null) return true;
      const start = firstDay(cadence.period, day);
      return Temporal.PlainDate.compare(day, start.add({ days: cadence.days })) < 0;
    }
  }
}

const monthsOf = { month: 1, quarter: 3, "half-year": 6 } as const;

function firstDay(period: keyof typeof monthsOf, day: Temporal.PlainDate) {
  const months = monthsOf[period];
  return day.with({ month: day.month - ((day.month - 1) % months), day: 1 });
}
