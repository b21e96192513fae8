import type { Cap, Case, InKind, Period, ProgrammeRules } from "@wadi/core/vouchers";
import {
  floorFen,
  larger,
  smaller,
  multiply,
  over,
  subtract,
  sum,
  whole,
  zero,
  type Fraction,
} from "./fraction.ts";
import { holds, signedOn, type Look } from "./oracle-truth.ts";

/** One claim that was decided before, and what became of it. The oracle keeps no counters. */
export interface Past {
  readonly of: Case;
  readonly on: Temporal.PlainDate;
  readonly isGranted: boolean;
  /** Nothing but a floor stood against it, if anything did. */
  readonly countsSpend: boolean;
  readonly base: Fraction;
  readonly parts: readonly PastPart[];
  /** Of parts in kind. */
  readonly units: readonly PastUnits[];
}

export interface PastPart {
  readonly code: string;
  readonly base: Fraction;
  readonly amount: Fraction;
  readonly granted: Fraction;
  /** In the order of the payers of the rules. */
  readonly borne: readonly Fraction[];
  readonly redeemed: { on: Temporal.PlainDate; amount: Fraction }[];
  readonly released: Fraction[];
}

export interface PastUnits {
  readonly code: string;
  readonly granted: bigint;
  readonly drawn: bigint[];
  readonly givenBack: bigint[];
}

const added = (all: readonly bigint[]) => all.reduce((a, b) => a + b, 0n);
export const openUnitsOf = ({ granted, drawn, givenBack }: PastUnits) =>
  granted - added(drawn) - added(givenBack);

/** How much of a quota is taken up. */
export function usedOfQuota(
  rules: ProgrammeRules,
  { code, quota }: { code: string; quota: InKind["quotas"][number] },
  { look, past }: { look: Look; past: readonly Past[] },
): bigint {
  const { per, period } = quota;
  const { releasedBudgetReturns, releasedRoomReturns } = rules.lifecycle;
  const returns = per === "programme" ? releasedBudgetReturns : releasedRoomReturns;
  const counted = past
    .filter(({ on }) => isSamePeriod(period, on, look.today))
    .filter(({ of }) => per === "programme" || of[per] === look.of[per])
    .flatMap(({ units }) => units.filter((one) => one.code === code));
  return added(
    counted.map(({ granted, givenBack }) => granted - (returns ? added(givenBack) : 0n)),
  );
}

export const releasedOf = (part: PastPart) => sum(part.released);
export const redeemedOf = (part: PastPart) => sum(part.redeemed.map(({ amount }) => amount));

/** A grant that was given back whole, without a fen redeemed or a unit drawn. */
export const isUndone = ({ isGranted, parts, units }: Past) =>
  isGranted &&
  units.every((one) => added(one.givenBack) === one.granted) &&
  parts.every((part) => part.redeemed.length === 0 && releasedOf(part).n === part.granted.n);

export function isSamePeriod(period: Period, then: Temporal.PlainDate, now: Temporal.PlainDate) {
  if (period === "none") return true;
  if (typeof period === "object")
    return then.year <= now.year && then.year > now.year - period.years;
  if (then.year !== now.year) return false;
  const months = { "calendar-year": 12, "half-year": 6, quarter: 3, month: 1 }[period];
  return Math.floor((then.month - 1) / months) === Math.floor((now.month - 1) / months);
}

export const dayFor = (by: Cap["by"], { of, today }: Look) =>
  by === "decided" ? today : by === "applied" ? of.appliedOn : signedOn(of);

export function whoOf(per: Cap["per"], of: Case): unknown {
  if (per === "programme") return "all";
  if (per === "tier") return of.facts["applicant.tier"] ?? null;
  return of[per];
}

/** A cap, or what two persons raised it to; a rate is one of the base. */
export function capLimit({ limit, code, relaxableTo }: Cap, of: Case, base: Fraction): Fraction {
  if ("rate" in limit) return floorFen(multiply(base, millionths(limit.rate)));
  let most = micro(limit.amount);
  for (const approval of of.approvals) {
    if (relaxableTo === null || approval.cap !== code) continue;
    if (new Set(approval.approvedBy).size < 2) continue;
    most = larger(most, smaller(micro(approval.limit), micro(relaxableTo)));
  }
  return most;
}

/** What counts against a cap already. */
export function usedUnder(cap: Cap, rules: ProgrammeRules, look: Look, past: readonly Past[]) {
  const isLate = cap.counts === "redeemed" || rules.lifecycle.reserves === "redemption";
  const today = dayFor(cap.by, look)!;
  const counts = (one: Past, on: Temporal.PlainDate) => {
    const then: Look = { of: one.of, today: on };
    const day = dayFor(cap.by, then);
    return (
      day !== null &&
      isSamePeriod(cap.period, day, today) &&
      holds(cap.when, then) === "yes" &&
      whoOf(cap.per, one.of) === whoOf(cap.per, look.of)
    );
  };
  return sum(
    past.flatMap((one) =>
      one.parts
        .filter(({ code }) => cap.parts === null || cap.parts.includes(code))
        .flatMap((part) => {
          if (isLate)
            return part.redeemed.flatMap(({ on, amount }) => (counts(one, on) ? amount : []));
          if (!counts(one, one.on)) return [];
          const { releasedRoomReturns: returns } = rules.lifecycle;
          return returns ? subtract(part.granted, releasedOf(part)) : part.granted;
        }),
    ),
  );
}

export function usedOfBudget(
  rules: ProgrammeRules,
  today: Temporal.PlainDate,
  past: readonly Past[],
) {
  const { period } = rules.budget!;
  const { reserves, releasedBudgetReturns: returns } = rules.lifecycle;
  const parts = past.flatMap((one) => one.parts.map((part) => ({ part, on: one.on })));
  if (reserves === "redemption") {
    const all = parts.flatMap(({ part }) => part.redeemed);
    return sum(all.flatMap(({ on, amount }) => (isSamePeriod(period, on, today) ? amount : [])));
  }
  const counted = parts.filter(({ on }) => isSamePeriod(period, on, today));
  return sum(
    counted.map(({ part }) => (returns ? subtract(part.granted, releasedOf(part)) : part.granted)),
  );
}

/** What a payer is bound by already. */
export function usedOfPayer(
  rules: ProgrammeRules,
  index: number,
  at: { today: Temporal.PlainDate; past: readonly Past[] },
) {
  const { period } = rules.payers[index]!.budget!;
  const counted = at.past.filter(({ on }) => isSamePeriod(period, on, at.today));
  return sum(
    counted.flatMap(({ parts }) =>
      parts.map((part) => {
        const kept = subtract(part.granted, releasedOf(part));
        const { releasedBudgetReturns: returns } = rules.lifecycle;
        return returns ? shareAmong(kept, part.borne)[index]! : part.borne[index]!;
      }),
    ),
  );
}

/** Public money for a contract that still stands. */
export const standing = (past: readonly Past[], contract: string) =>
  sum(
    past
      .filter(({ of }) => of.contract === contract)
      .flatMap(({ parts }) => parts.map((part) => subtract(part.granted, releasedOf(part)))),
  );

/** Each takes its share of what is left, rounded down; the last one what is left then. */
export function shareAmong(amount: Fraction, shares: readonly Fraction[]): Fraction[] {
  let left = amount;
  return shares.map((share, index) => {
    const later = sum(shares.slice(index));
    if (share.n === 0n) return zero;
    const isLast = sum(shares.slice(index + 1)).n === 0n;
    const own = isLast ? left : floorFen(over(multiply(left, share), later));
    left = subtract(left, own);
    return own;
  });
}

export const millionths = (rate: bigint): Fraction => ({ n: rate, d: 1_000_000n });
export const micro = (amount: bigint | undefined): Fraction => whole(amount ?? 0n);
