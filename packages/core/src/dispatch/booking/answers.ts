import type { Booking } from "../plan.ts";
import type { HostShare } from "../snapshot.ts";
import type { Start } from "./earliest.ts";

export type Booked = Pick<Booking, "job" | "need" | "hosts" | "startMs"> & {
  readonly endMs: number;
};

/** What searches of one timeline have found, for as long as it holds. */
export interface Answers {
  /**
   * @param search  all that a search is for, but for the time at which it is made
   * @param find  makes it; no start before `notBeforeMs` need be looked at
   */
  of(
    search: string,
    span: Span,
    find: (notBeforeMs: number) => Start | undefined,
  ): Start | undefined;
  /** What comes now stands behind this booking as well. */
  book(booking: Booked): void;
  /** All bookings are gone. */
  clear(): void;
  /** Runs have changed. */
  forget(): void;
}

/** When a search is made, and how far it looks. */
interface Span {
  readonly nowMs: number;
  readonly lastMs: number;
}

interface Answer extends Span {
  readonly start: Start | undefined;
}

/** What is known behind the bookings that lead here. */
interface Known {
  readonly answers: Map<string, Answer>;
  /** What was known before the last of them; null where that is not kept. */
  readonly before: Known | null;
  next: { readonly booking: Booked; readonly known: Known } | null;
}

/**
 * Rounds book nearly the same, one after the other. So what was found behind a row of bookings is
 * kept until a run comes or goes, and found again where the same row stands again.
 */
export function openAnswers(): Answers {
  let first = nothingKnown();
  let here = first;
  return {
    of(search, span, find) {
      const known = here.answers.get(search);
      if (known && stillHolds(known, span)) return within(known.start, span);
      const start = find(notBefore(here, search, span));
      here.answers.set(search, { ...span, start });
      return start;
    },
    book(booking) {
      if (!here.next || !isSame(here.next.booking, booking)) {
        here.next = { booking, known: nothingKnown(here) };
      }
      here = here.next.known;
    },
    clear() {
      here = first;
    },
    forget() {
      const isBooked = here !== first;
      first = nothingKnown();
      here = isBooked ? nothingKnown() : first;
    },
  };
}

const nothingKnown = (before: Known | null = null): Known => ({
  answers: new Map(),
  before,
  next: null,
});

/**
 * Time alone only takes starts away: of what runs and is booked nothing changes after `nowMs`, so
 * the earliest start stays the earliest until it has come.
 */
function stillHolds({ start, ...found }: Answer, { nowMs, lastMs }: Span): boolean {
  if (found.nowMs === nowMs && found.lastMs === lastMs) return true;
  return start !== undefined && found.nowMs <= nowMs && nowMs < start.startMs;
}

const within = (start: Start | undefined, { lastMs }: Span) =>
  start && start.startMs <= lastMs ? start : undefined;

/** Bookings only take starts away: before them, or by an earlier search, there was none sooner. */
function notBefore(here: Known, search: string, { nowMs }: Span): number {
  for (let at: Known | null = here; at; at = at.before) {
    const found = at.answers.get(search);
    if (found && found.nowMs <= nowMs) return found.start?.startMs ?? found.lastMs + 1;
  }
  return nowMs;
}

function isSame(a: Booked, b: Booked): boolean {
  return (
    a.startMs === b.startMs &&
    a.endMs === b.endMs &&
    a.need.cards === b.need.cards &&
    a.need.cpu === b.need.cpu &&
    a.need.memory === b.need.memory &&
    areSame(a.hosts, b.hosts)
  );
}

const areSame = (a: readonly HostShare[], b: readonly HostShare[]) =>
  a === b ||
  (a.length === b.length &&
    a.every(({ host, replicas }, i) => host === b[i]!.host && replicas === b[i]!.replicas));
