import type { CardLooks } from "../config.ts";

/** How long a run's cards have worked, as far as looks at them tell. All times by one clock. */
export interface BusyCount {
  /** Card time in which they worked, up to the last look. */
  readonly busyMs: number;
  /** When that look was; at first, when the run began. */
  readonly untilMs: number;
  /** How many of its cards worked then; null before the first look. */
  readonly working: number | null;
  /** Whether nobody can say it any more: there was no look for too long. */
  readonly isOver: boolean;
}

export const newBusyCount = (startedMs: number): BusyCount => ({
  busyMs: 0,
  untilMs: startedMs,
  working: null,
  isOver: false,
});

/** A look tells of the time since the one before; after more time than this it does not. */
export interface Bridge {
  readonly mostMs: number;
}

/** A look or two may fail, and the next one still tells of the time between. */
export const bridgeOf = ({ everyMs }: CardLooks): Bridge => ({ mostMs: 6 * everyMs });

/** After a look at all cards of the run, of which so many worked (parts of one count as parts). */
export function lookedAt(
  count: BusyCount,
  { atMs, working }: { atMs: number; working: number },
  bridge: Bridge,
): BusyCount {
  const now = agedTo(count, atMs, bridge);
  if (now.isOver || atMs <= now.untilMs) return now;
  const busyMs = now.busyMs + working * (atMs - now.untilMs);
  return { busyMs, untilMs: atMs, working, isOver: false };
}

/**
 * What can be said at a time. While the run goes on, what was seen up to the last look; at its end
 * the rest is taken to have been as that look was. It only ever grows.
 * @returns undefined before the first look, and when nobody can say
 */
export function busySaid(
  count: BusyCount,
  { atMs, isEnd }: { atMs: number; isEnd: boolean },
  bridge: Bridge,
): number | undefined {
  const { busyMs, untilMs, working, isOver } = agedTo(count, atMs, bridge);
  if (isOver || working === null) return undefined;
  return busyMs + (isEnd ? working * Math.max(0, atMs - untilMs) : 0);
}

/** As it stands at a time: over, once there was no look for too long. */
const agedTo = (count: BusyCount, atMs: number, { mostMs }: Bridge): BusyCount =>
  count.isOver || atMs - count.untilMs > mostMs ? { ...count, isOver: true } : count;
