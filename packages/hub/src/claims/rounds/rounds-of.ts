import type { ProgrammeId } from "@wadi/core/units";
import { decidesTogether, windowFor, type ProgrammeRules } from "@wadi/core/vouchers";

import type { Sql } from "../../db/index.ts";
import { dayOf } from "../claim/claim-case.ts";
import { lastRounds, type Round } from "./round-store.ts";
import { waitingByDay } from "./round-claims-store.ts";

/** Where the claims of one window stand. */
export interface WindowStanding {
  readonly version: number;
  readonly window: string;
  /** The last day of application that its round takes in; null: no window ends. */
  readonly until: Temporal.PlainDate | null;
  /** Nobody can apply for it any more. Where no window ends: whoever closes the round says so. */
  readonly isOver: boolean;
  /** Claims that wait for the round. */
  readonly gathered: number;
  /** With the offices. */
  readonly reviewing: number;
  /** Lacking something. */
  readonly incomplete: number;
  /** What was approved, or else proposed last. */
  readonly round: Round | null;
}

/**
 * All windows of a programme that have claims, or had a round, by version and then in time. Claims
 * that missed their own round are counted in the next one that was not decided.
 */
export async function roundsOf(
  sql: Sql,
  of: { programme: ProgrammeId; versions: readonly ProgrammeRules[]; at: Temporal.Instant },
): Promise<WindowStanding[]> {
  const rounds = await lastRounds(sql, of.programme);
  const waiting = await waitingByDay(sql, of.programme);
  return of.versions.filter(decidesTogether).flatMap((rules) => {
    const { number: version } = rules.version;
    const own = rounds.filter((round) => round.version === version);
    const decided = new Set(own.filter(isApproved).map(({ window }) => window));
    const today = dayOf(of.at, rules);
    const standings = new Map<string, WindowStanding>(
      own.map((round) => [round.window, { ...standing(round, today), version, round }]),
    );
    for (const { appliedOn, state, claims } of waiting.filter((one) => one.version === version)) {
      const window = windowFor(rules.lifecycle.cadence, { appliedOn, decided });
      if (window === null) continue; // it is refused as soon as it would be gathered
      const { name, until } = window;
      const known = standings.get(name) ?? {
        ...{ ...standing({ window: name, until }, today), version, round: null },
      };
      const key = state === "applied" ? "reviewing" : state;
      standings.set(name, { ...known, [key]: known[key] + claims });
    }
    return [...standings.values()].toSorted(inTime);
  });
}

export const isApproved = ({ approvedAt }: Round) => approvedAt !== null;

const standing = (
  { window, until }: Pick<WindowStanding, "window" | "until">,
  today: Temporal.PlainDate,
) => ({
  ...{ window, until, gathered: 0, reviewing: 0, incomplete: 0 },
  isOver: until === null || Temporal.PlainDate.compare(until, today) < 0,
});

/** Windows by their last day; rounds without one by their number. */
const inTime = (a: WindowStanding, b: WindowStanding) =>
  a.until && b.until
    ? Temporal.PlainDate.compare(a.until, b.until)
    : Number(a.window) - Number(b.window);
