import type { Booking, Calibration, Plan } from "@wadi/core/dispatch";

import type { Hub } from "../context.ts";
import type { Ahead } from "../jobs/index.ts";
import { readCertificate, scarcityBy, type Certified } from "./certificate/index.ts";
import type { RememberedRegion } from "./remembered-region.ts";

/** Keeps what the leader's last round knows, for those who ask of one job. */
export interface AheadKeeper extends Ahead {
  note(round: {
    readonly plan: Plan;
    readonly memory: {
      readonly region: RememberedRegion;
      readonly starts: { readonly calibration: Calibration };
    };
  }): void;
  /** Once this hub leads no more. */
  forget(): void;
}

/** What is older says nothing: rounds come every five seconds at least. */
const staleMs = 15_000;

/** A certificate that was read is good for so long. */
const readAgainMs = 10_000;

export function openAhead({ clock, config }: Pick<Hub, "clock" | "config">): AheadKeeper {
  let last: Parameters<AheadKeeper["note"]>[0] | undefined;
  let read: { readonly atMs: number; readonly certified: Certified | undefined } | undefined;

  const fresh = () => {
    const nowMs = clock.now().epochMilliseconds;
    return last && nowMs - last.plan.atMs < staleMs ? { ...last, nowMs } : undefined;
  };
  return {
    note: ({ plan, memory }) => void (last = { plan, memory }),
    forget: () => (last = undefined),
    async scarcity(sql) {
      const nowMs = clock.now().epochMilliseconds;
      if (!read || Math.abs(nowMs - read.atMs) > readAgainMs) {
        read = { atMs: nowMs, certified: await readCertificate(sql) };
      }
      return scarcityBy(read.certified, { config, nowMs });
    },
    promised(job): readonly Booking[] {
      const bookings = fresh()?.plan.bookings ?? [];
      const own = bookings.findIndex((one) => one.job === job);
      return own === -1 ? bookings : bookings.slice(0, own);
    },
    startOf(shape, tenant) {
      const now = fresh();
      if (!now) return undefined;
      const { memory, nowMs } = now;
      const startMs = memory.region.startBeside({ shape, tenant }, nowMs);
      if (startMs === undefined) return undefined;
      const { p50Ms, p90Ms } = memory.starts.calibration.stretch(Math.max(0, startMs - nowMs));
      return { p50Ms: nowMs + p50Ms, p90Ms: nowMs + p90Ms };
    },
  };
}
