import type { TenantId } from "../../units/index.ts";
import type { Cost } from "../cost.ts";
import type { Booking } from "../plan.ts";
import { openQuotes, type Quote } from "../quote.ts";
import type { PoolNow, Shape, Snapshot } from "../snapshot.ts";
import type { HelpStart } from "./help.ts";

/** A question: this job, of this tenant, in this region. */
export interface Asked {
  readonly shape: Shape;
  /** Null: nobody's quotas count. */
  readonly tenant: TenantId | null;
  readonly snapshot: Snapshot;
  /** Starts that are booked for others. */
  readonly promised: readonly Booking[];
}

export interface Answer {
  readonly asked: Asked;
  readonly quoted: Quote;
  /** Null: no pool can ever run it. */
  readonly start: HelpStart | null;
}

/** Quotes, counted: undefined once there are no more. */
export interface Asking {
  ask(asked: Asked): Answer | undefined;
  /** How many are left. */
  left(): number;
}

/** Regions are laid out once for each snapshot. */
export function openAsking(most: number): Asking {
  const open = new Map<Snapshot, ReturnType<typeof openQuotes>>();
  let left = most;
  return {
    ask(asked) {
      if (left === 0) return undefined;
      left -= 1;
      const { shape, tenant, snapshot } = asked;
      const quoteIn = open.get(snapshot) ?? openQuotes(snapshot, asked.promised);
      open.set(snapshot, quoteIn);
      const quoted = quoteIn(shape, tenant);
      return { asked, quoted, start: startOf(quoted) };
    },
    left: () => left,
  };
}

function startOf({ verdict, booking, why }: Quote): HelpStart | null {
  if (verdict === "impossible") return null;
  if (verdict === "starts-now") return { kind: "now" };
  if (booking) return { kind: "at", atMs: booking.startMs };
  if (why?.code !== "cheaper-later") return { kind: "possible" };
  return { kind: "at", atMs: Temporal.Instant.from(String(why.facts.at)).epochMilliseconds };
}

/**
 * Whether a start is worth a change: now before later, some time before none, possible before
 * impossible; and of two waits one that is at most half of the other.
 */
export function isBetter(
  start: HelpStart | null,
  than: HelpStart | null,
  { nowMs }: { nowMs: number },
): boolean {
  if (start?.kind !== "at" || than?.kind !== "at") return rankOf(start) < rankOf(than);
  return start.atMs - nowMs <= (than.atMs - nowMs) / 2;
}

/** `now` first, `impossible` last. */
export const rankOf = (start: HelpStart | null): number =>
  start === null ? 3 : { now: 0, at: 1, possible: 2 }[start.kind];

/** What it costs where it would run; null while it waits for an hour that is not priced here. */
export function costOf({ quoted }: Answer): Cost | null {
  const { candidates, booking, why } = quoted;
  if (booking) return booking.cost;
  if (why?.code === "cheaper-later") return null;
  return candidates.find(({ verdict }) => verdict !== "refused")?.cost ?? null;
}

/** The pools it looks to: the one it starts in, else those it may run in, the cheapest first. */
export function aimsOf({ quoted }: Answer): readonly PoolNow[] {
  const { candidates, booking } = quoted;
  const may = candidates.filter(({ verdict }) => verdict !== "refused").map(({ pool }) => pool);
  const chosen = candidates.find(({ verdict }) => verdict === "chosen")?.pool;
  const first = chosen ?? may.find(({ id }) => id === booking?.pool);
  return first ? [first] : may.slice(0, 2);
}
