import { RunRefused, type CentreLease, type RunSpec } from "../engine.ts";
import { bootClockMs } from "./boot-clock.ts";
import type { LiveRun } from "./run.ts";

/** The centre's lease as its keeper holds it, agent or no agent. */
export interface HeldLease {
  readonly untilMs: number;
  /** A quarter of its length: at most so long before its end are runs asked to end. */
  readonly longestLeadMs: number;
}

export const heldLease = ({ untilMs }: CentreLease): HeldLease => ({
  untilMs,
  longestLeadMs: Math.max(0, (untilMs - bootClockMs()) / 4),
});

/** @throws RunRefused `lease-over` for a run that another centre may have been given by now */
export function refuseWithoutLease(lease: HeldLease | null, { rerunnable }: RunSpec): void {
  const leftMs = (lease?.untilMs ?? 0) - bootClockMs();
  if (!rerunnable || leftMs > 0) return;
  const detail = lease ? `it ended ${-leftMs} ms ago` : "none was given since the keeper's start";
  throw new RunRefused("lease-over", detail);
}

/**
 * Asks a rerunnable run to end so early that, with its grace or a part of it, it is gone when the
 * lease is. Others go on however long the hub stays away.
 */
export function watchLease(run: LiveRun, lease: HeldLease | null): void {
  if (lease === null || !run.spec.rerunnable) return;
  const leadMs = Math.min(run.spec.stopGrace, lease.longestLeadMs);
  if (bootClockMs() >= lease.untilMs - leadMs) run.stop("lease", lease.untilMs);
}
