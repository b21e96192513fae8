import type { CardSeconds } from "../units/index.ts";
import { type Signal, type SignalLimits } from "./signal.ts";

/** What was paid for and what the cards themselves reported, over the same time. */
export interface PaidTime {
  readonly subject: string;
  /** Which time, such as the month "2026-11". */
  readonly during: string;
  /** Basis: allocated. */
  readonly paid: CardSeconds;
  /** Basis: used. Null where the centre reports no utilisation: nothing can be said then. */
  readonly busy: CardSeconds | null;
}

/** Long paid times in which the cards hardly worked. */
export function paidButIdle(times: readonly PaidTime[], limits: SignalLimits): Signal[] {
  return times.flatMap(({ subject, during, paid, busy }) => {
    if (busy === null || paid < BigInt(limits.paidHoursLeast) * 3600n) return [];
    if (busy * 1000n >= paid * BigInt(limits.busyLeast)) return [];
    const share = `${(busy * 10_000n) / paid / 100n}.${pad((busy * 10_000n) / paid)} %`;
    const hours = paid / 3600n;
    return [
      {
        code: "idle-paid-hours" as const,
        subjects: [subject],
        evidence: [
          { subject, what: `card-seconds paid in ${during} (allocated)`, value: String(paid) },
          { subject, what: `card-seconds busy in ${during} (used)`, value: String(busy) },
        ],
        sentence: {
          en: `${hours} card-hours were paid for in ${during}, and ${share} of them were busy`,
          zh: `${during} 已付费 ${hours} 卡时，其间卡的实际忙碌占比仅为 ${share}`,
        },
      },
    ];
  });
}

const pad = (hundredths: bigint) => String(hundredths % 100n).padStart(2, "0");
