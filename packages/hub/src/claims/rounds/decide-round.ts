import type { MicroYuan } from "@wadi/core/units";
import {
  decideBatchBySteps,
  keysOf,
  overlay,
  type Decided,
  type Decision,
  type ProgrammeRules,
} from "@wadi/core/vouchers";
import type { ClaimId } from "@wadi/protocol";

import type { Sql } from "../../db/index.ts";
import { sha256 } from "../../ledger/index.ts";
import { caseOfClaim } from "../claim/claim-case.ts";
import { lockCounters, readCounters, type Taken } from "../counters/counter-store.ts";
import { bansOf } from "../claim/event-store.ts";
import { countsSpend, giveBackRefused, spentByRefused } from "../counters/give-back-refused.ts";
import { beHeard, type Place } from "./round-store.ts";
import { readClaims, type StoredClaim } from "../claim/store.ts";
import { withApprovals } from "../approvals/with-approvals.ts";

/** Claims decided together, in the order in which they are taken. */
export interface DecidedRound {
  readonly decided: readonly Decided[];
  /** What claims that were refused before gave back for it, and is to be added to the counters. */
  readonly earlier: readonly Taken[];
}

interface Deciding {
  readonly rules: ProgrammeRules;
  readonly claims: readonly StoredClaim[];
  readonly asOf: Temporal.PlainDate;
}

const readAtOnce = 500;

/** Claims as they are about to be decided, with the caps that were raised for them. */
export async function claimsOfRound(sql: Sql, ids: readonly ClaimId[]): Promise<StoredClaim[]> {
  const claims: StoredClaim[] = [];
  for (let from = 0; from < ids.length; from += readAtOnce) {
    claims.push(...(await readClaims(sql, ids.slice(from, from + readAtOnce))));
  }
  return withApprovals(sql, claims);
}

/** As it would be decided now: nothing is locked, nothing written. */
export async function previewRound(sql: Sql, of: Deciding): Promise<DecidedRound> {
  const inquiry = await inquiryOf(sql, of);
  const earlier = await spentByRefused(sql, countsSpend(of.rules) ? of.claims : []);
  const { counters, add } = overlay(await readCounters(sql, inquiry.keys));
  add(earlier);
  return { decided: await runSteps(sql, decideBatchBySteps({ ...inquiry, counters })), earlier };
}

/**
 * Decided with every counter locked that any of the claims looks at, in the order of keys and by
 * one statement; the claims' own rows are locked already.
 */
export async function decideRound(
  sql: Sql,
  of: Deciding & { at: Temporal.Instant },
): Promise<DecidedRound> {
  const inquiry = await inquiryOf(sql, of);
  const earlier = await giveBackRefused(sql, countsSpend(of.rules) ? of.claims : [], of.at);
  const keys = [...inquiry.keys, ...earlier.map(({ key }) => key)];
  const { counters, add } = overlay(await lockCounters(sql, keys));
  add(earlier);
  return { decided: await runSteps(sql, decideBatchBySteps({ ...inquiry, counters })), earlier };
}

async function inquiryOf(sql: Sql, { rules, claims, asOf }: Deciding) {
  const banOf = await bansOf(sql, claims);
  const cases = claims.map((claim) => caseOfClaim(claim, banOf(claim)));
  const keys = new Set<string>();
  await runSteps(
    sql,
    (function* () {
      for (const one of cases) {
        for (const key of keysOf({ rules, case: one, asOf })) keys.add(key);
        yield;
      }
    })(),
  );
  return { rules, cases, asOf, keys: [...keys] };
}

/** Some hundredths of a second of work. */
const stepsAtOnce = 250;

/**
 * Works long without holding up the rest of the hub, and without the server taking the transaction
 * for a dead one: every so many steps it hears of us.
 */
async function runSteps<T>(sql: Sql, steps: Generator<void, T>): Promise<T> {
  for (let count = 1; ; count += 1) {
    const { done, value } = steps.next();
    if (done) return value;
    if (count % stepsAtOnce === 0) await beHeard(sql);
  }
}

/** What a round says of its claims, in their order. */
export function placesOfDecided(sql: Sql, decided: readonly Decided[]): Promise<Place[]> {
  const steps = function* () {
    const places: Place[] = [];
    for (const [index, one] of decided.entries()) {
      places.push(placeOf(one, index + 1));
      yield;
    }
    return places;
  };
  return runSteps(sql, steps());
}

const placeOf = ({ claim, rank, points, turn, decision }: Decided, place: number): Place => ({
  ...{ place, claim: claim as ClaimId, rank, points, isOut: turn.isOut },
  share: typeof turn.budget === "bigint" ? turn.budget : null,
  ...{ outcome: decision.outcome, granted: decision.granted },
  refused: decision.refused.map(({ code, amount }) => ({ code, amount })),
  digest: digestOf(decision),
});

/**
 * Of all that a decision gives, refuses and asks for. What stood on counters before, and the day,
 * may differ as long as nothing comes of it.
 */
function digestOf(decision: Decision): string {
  const { outcome, base, granted, inKind, refused, excluded, missing, payers } = decision;
  const parts = decision.parts.map(({ code, amount, granted: kept, borne, surpassedBy }) => {
    return { code, amount, granted: kept, borne, surpassedBy };
  });
  const whole = { outcome, base, granted, parts, inKind, refused, excluded, missing, payers };
  return sha256(JSON.stringify(whole, (_, value: unknown) => asText(value)));
}

const asText = (value: unknown) => (typeof value === "bigint" ? `${value}` : value);

/** A claim of which a round would say another thing than was proposed. */
export interface PlaceDifference {
  readonly claim: ClaimId;
  /** Null: it was not in the round, or is not any more. */
  readonly proposed: MicroYuan | null;
  readonly now: MicroYuan | null;
}

/** By the order of the places as they are now, those that are gone last. */
export function differencesOf(
  proposed: readonly Place[],
  now: readonly Place[],
): PlaceDifference[] {
  const before = new Map(proposed.map((place) => [place.claim, place]));
  const there = new Set(now.map(({ claim }) => claim));
  return [
    ...now.flatMap((place): PlaceDifference[] => {
      const was = before.get(place.claim);
      if (was && isSamePlace(was, place)) return [];
      return [{ claim: place.claim, proposed: was?.granted ?? null, now: place.granted }];
    }),
    ...proposed.flatMap(({ claim, granted }): PlaceDifference[] =>
      there.has(claim) ? [] : [{ claim, proposed: granted, now: null }],
    ),
  ];
}

const isSamePlace = (a: Place, b: Place) =>
  a.digest === b.digest &&
  a.place === b.place &&
  a.rank === b.rank &&
  a.points === b.points &&
  a.share === b.share &&
  a.isOut === b.isOut;
