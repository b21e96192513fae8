import type { ProgrammeRules } from "../rules/index.ts";

/**
 * R33: the last day on which a voucher counts; null: it never ends. Months end on the day before
 * the same day of the month (1 April, 12 months: 31 March); where the last month has no such day,
 * on its last day (31 August, 6 months: 28 or 29 February).
 */
export function lastDay(
  { lifecycle: { validity } }: Pick<ProgrammeRules, "lifecycle">,
  issuedOn: Temporal.PlainDate,
): Temporal.PlainDate | null {
  if (validity === null) return null;
  if ("until" in validity) return validity.until;
  const sameDay = issuedOn.add({ months: validity.months });
  return sameDay.day === issuedOn.day ? sameDay.subtract({ days: 1 }) : sameDay;
}
