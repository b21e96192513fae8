import type { Case, Line } from "../case.ts";

/**
 * R13: the registers a supplier is on the day of signing; for a line, those of its service item
 * too. Each once, by name. Undefined where the case brings no registrations or no such day.
 */
export function registersOf(
  { registrations, supplier }: Case,
  signed: Temporal.PlainDate | null,
  line: Line | null,
): readonly string[] | undefined {
  if (registrations === null || signed === null) return undefined;
  const item = line?.facts["line.item"] ?? null;
  const names = registrations
    .filter((entry) => entry.supplier === supplier)
    .filter((entry) => entry.item === null || entry.item === item)
    .filter(({ from, until }) => isWithin(signed, { from, until }))
    .map(({ register }) => register);
  return [...new Set(names)].toSorted();
}

/** Both days included. */
export const isWithin = (
  day: Temporal.PlainDate,
  { from, until }: { from: Temporal.PlainDate; until: Temporal.PlainDate | null },
) =>
  Temporal.PlainDate.compare(from, day) <= 0 &&
  (until === null || Temporal.PlainDate.compare(day, until) <= 0);
