import type { Signal, SignalLimits } from "./signal.ts";

export interface Redemption {
  readonly subject: string;
  readonly at: Temporal.Instant;
}

/** Applicants who redeem mostly at night, between 0 and 5 o'clock: how cash-out rings work. */
export function oddHours(
  redemptions: readonly Redemption[],
  { timeZone, limits }: { timeZone: string; limits: SignalLimits },
): Signal[] {
  return [...Map.groupBy(redemptions, ({ subject }) => subject)].flatMap(([subject, own]) => {
    const night = own.filter(({ at }) => at.toZonedDateTimeISO(timeZone).hour < dawn).length;
    if (own.length < limits.redemptionsLeast || night * 1000 < own.length * limits.atNight) {
      return [];
    }
    const value = `${night} of ${own.length}`;
    return [
      {
        code: "odd-hours" as const,
        subjects: [subject],
        evidence: [{ subject, what: "redemptions between 0 and 5 o'clock", value }],
        sentence: {
          en: `${value} redemptions were made between 0 and 5 o'clock`,
          zh: `${own.length} 次兑付中有 ${night} 次发生在 0 时至 5 时`,
        },
      },
    ];
  });
}

const dawn = 5;
