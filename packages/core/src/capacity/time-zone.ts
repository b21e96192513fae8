import type { Problem } from "./checked.ts";

/**
 * The zone's usual spelling: `europe/berlin` is `Europe/Berlin`.
 * @returns undefined where there is no such named zone; an offset such as `+08:00` is not one,
 *   since it knows nothing of summer time
 */
export function timeZoneNamed(name: string): string | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export function checkTimeZone({ path, value }: { path: string; value: string }): Problem[] {
  if (timeZoneNamed(value) !== undefined) return [];
  const message = `"${value}" is not a named time zone; use an IANA name such as Asia/Shanghai`;
  return [{ path, message }];
}
