import { greatest, least, minus, noMoney, plus, total, type MicroYuan } from "../../units/index.ts";
import type { Claim, Progress, RedemptionDecision, Settlement } from "../claim.ts";
import type { Counters } from "../counters.ts";
import type { Touched } from "../decision.ts";
import { payerShares } from "../decide/bear.ts";
import { cutEach, cutTo, grantedOf, refuseAll, type Course } from "../decide/cut.ts";
import { judgeRequirements, type Bar } from "../decide/eligibility.ts";
import { missingEvidence } from "../decide/evidence.ts";
import type { Grant } from "../decide/grant.ts";
import type { Inquiry } from "../decide/inquiry.ts";
import { judgeOr } from "../decide/judge-condition.ts";
import { known, type Known } from "../decide/known.ts";
import { budgetMeters, capMeters, type Meter } from "../decide/meters.ts";
import { qualifyLines } from "../decide/qualify-lines.ts";
import { touchMeters, type Given } from "../decide/touch.ts";
import type { ProgrammeRules } from "../rules/index.ts";
import { addUnits, addUsed, drawInKind } from "./draw-in-kind.ts";
import {
  afterBack,
  borneOf,
  openOf,
  restOf,
  touchReleased,
  type MoneyAndUnits,
  type ByPart,
} from "./give-back.ts";
import { addSettled, settledWorth, type RateCap, type Worth } from "./settled-worth.ts";
import { lastDay } from "./validity.ts";

export interface RedemptionInquiry {
  readonly rules: ProgrammeRules;
  readonly claim: Claim;
  readonly settlement: Settlement;
  readonly counters: Counters;
  readonly asOf: Temporal.PlainDate;
}

/**
 * R35-R38: what a settlement brings, at most what was granted and is still open. Two settlements
 * bring together what one of both would, as long as no counter binds. What a settlement is refused
 * is not made up for by a later one. With the last settlement the rest is released. Of parts in
 * kind (R25) units are drawn in the same way.
 *
 * @throws RangeError when an amount or quantity is negative: a bill is corrected by a clawback
 */
export function redeem(inquiry: RedemptionInquiry): RedemptionDecision {
  const { rules, claim, settlement, counters, asOf } = inquiry;
  refuseNegative(settlement);
  const at: Inquiry = { rules, case: claim.case, counters, asOf };
  const seen = known(claim.case, asOf);
  const judged = judgeStep(inquiry, seen);
  const bars = [...(isExpired(inquiry) ? [expired] : []), ...judged.bars];
  if (bars.length === 0 && judged.missing.length > 0) return incomplete(inquiry, judged.missing);

  const worth = worthOf(inquiry, seen, judged.counts);
  const start = bars.reduce(refuseAll, asCourse(inquiry, worth));
  const meters = metersOf(at, seen, { claim, worth });
  const course = meters.reduce((left, meter) => cutTo(left, meter, counters), start);
  const drawn = drawInKind(rules, claim, { lines: settlement.lines, counts: judged.counts, bars });
  return conclude(inquiry, { at, seen, course, drawn, isBarred: bars.length > 0 });
}

function refuseNegative({ lines }: RedemptionInquiry["settlement"]): void {
  for (const { line, amount, quantities = {} } of lines) {
    if (amount < 0n) throw new RangeError(`line ${line} is settled with ${amount}, below 0`);
    for (const [unit, quantity] of Object.entries(quantities)) {
      if (quantity !== undefined && quantity < 0n) {
        throw new RangeError(`line ${line} is settled with ${quantity} ${unit}, below 0`);
      }
    }
  }
}

const expired: Bar = { code: "expired", by: "validity" };

function isExpired({ rules, claim, settlement }: RedemptionInquiry): boolean {
  const last = lastDay(rules, claim.issuedOn);
  return last !== null && Temporal.PlainDate.compare(settlement.on, last) > 0;
}

/** Requirements and evidence of the step, and the lines that may be redeemed. */
function judgeStep({ rules, claim, settlement, asOf }: RedemptionInquiry, seen: Known) {
  const { bars, missing, named } = judgeRequirements(rules.requirements, "redeem", seen);
  const evidence = [...claim.case.evidence, ...settlement.evidence];
  // Which lines count is all that is asked here: what they come to, the bills say.
  const lines = qualifyLines(
    {
      requirements: rules.requirements,
      step: "redeem",
      base: rules.spend.claimBase,
      asksAmounts: false,
      taxDivisor: null,
    },
    seen,
  );
  const excluded = new Set(lines.excluded.map(({ line }) => line));
  const ids = claim.case.lines.map(({ id }) => id).filter((id) => !excluded.has(id));
  return {
    bars,
    counts: new Set(ids),
    missing: [
      ...missing,
      ...lines.missing,
      ...missingEvidence({ rules, step: "redeem", evidence, named, asOf }),
    ],
  };
}

/** What the settlement adds to the worth of the ones before it; never below 0. */
function worthOf(inquiry: RedemptionInquiry, seen: Known, counts: ReadonlySet<string>) {
  const { rules, claim, settlement } = inquiry;
  const rateCaps = rules.caps.flatMap(({ code, limit, parts, when }): RateCap[] =>
    "rate" in limit && rules.lifecycle.redeemLimitedToRate && judgeOr(when, seen) === true
      ? [{ code, rate: limit.rate, parts }]
      : [],
  );
  const before = claim.progress.settled;
  const settled = addSettled(before, settlement.lines);
  const earlier = settledWorth(rules, claim, {
    ...{ settled: before, counts, rateCaps },
    isLast: false,
  });
  const now = settledWorth(rules, claim, {
    ...{ settled, counts, rateCaps },
    isLast: settlement.last,
  });
  const added = (of: "wanted" | "due") =>
    now[of].map((amount, index) => greatest(minus(amount, earlier[of][index]!), noMoney));
  const due = added("due");
  // What a rate of the base held back before may become due with more of it.
  const wanted = added("wanted").map((amount, index) => greatest(amount, due[index]!));
  return { wanted, due, base: now.base, rateCaps };
}

type Added = Worth & { readonly rateCaps: readonly RateCap[] };

function asCourse({ rules, claim }: RedemptionInquiry, { wanted, due }: Added): Course {
  const open = openOf(claim);
  const grants = claim.decision.parts.map((decided, index): Grant => {
    const part = rules.parts.find(({ code }) => code === decided.code)!;
    return { ...decided, part, amount: wanted[index]!, granted: wanted[index]! };
  });
  const room = new Map(
    grants.map(({ part }, index) => [part.code, least(due[index]!, open[index]!)]),
  );
  const above: Bar = { code: "above-grant", by: "settlement" };
  return cutEach({ grants, refused: [] }, above, ({ part }) => room.get(part.code)!);
}

/** What bounds a redemption beside the grant: rates of the base, and counters. */
function metersOf(
  at: Inquiry,
  seen: Known,
  { claim, worth }: { claim: Claim; worth: Added },
): Meter[] {
  const { base } = worth;
  const rates = worth.rateCaps.map(({ code, rate, parts }): Meter => {
    const gone = Object.entries(claim.progress.redeemed)
      .filter(([part]) => parts?.includes(part) ?? true)
      .map(([, amount]) => amount);
    const limit = minus(((base * rate) / 1_000_000n) as MicroYuan, total(gone));
    return { code, by: "cap", key: null, also: [], limit, parts };
  });
  return [...rates, ...counted(at, seen)];
}

/** What counts redemptions: of what nothing was reserved before, the caps on grants and budget. */
function counted(at: Inquiry, seen: Known): Meter[] {
  const of = (counts: "granted" | "redeemed") =>
    capMeters(at, seen, { counts, base: noMoney }).meters.filter(({ key }) => key !== null);
  return at.rules.lifecycle.reserves === "redemption"
    ? [...of("granted"), ...of("redeemed"), ...budgetMeters(at)]
    : of("redeemed");
}

function conclude(
  inquiry: RedemptionInquiry,
  after: {
    at: Inquiry;
    seen: Known;
    course: Course;
    drawn: ReturnType<typeof drawInKind>;
    isBarred: boolean;
  },
): RedemptionDecision {
  const { rules, claim, settlement } = inquiry;
  const { at, seen, course, drawn, isBarred } = after;
  const amounts: ByPart = course.grants.map(({ granted }) => granted);
  const borne = borneOf(rules, claim, { amounts, after: "redeemed" });
  const units = drawn.map((one) => one.drawn);
  const redeemed = progressed(inquiry, { amounts, units, isBarred });
  const rest = settlement.last ? restOf({ ...claim, progress: redeemed }) : none(claim);
  const progress = afterBack(claim, redeemed, rest);
  const given: Given = {
    parts: course.grants.map(({ part, granted }) => ({ code: part.code, amount: granted })),
    borne,
  };
  const sum = grantedOf(course.grants);
  const settled = total(settlement.lines.map(({ amount }) => amount));
  return {
    outcome: sum > 0n || units.some((one) => one > 0n) ? "redeemed" : "refused",
    settled,
    redeemed: sum,
    applicantPays: settled > sum ? minus(settled, sum) : noMoney,
    released: total(rest.amounts),
    parts: claim.decision.parts.map(({ code, payee }, index) => ({
      code,
      payee,
      redeemed: amounts[index]!,
      released: rest.amounts[index]!,
    })),
    inKind: drawn.map((one, index) => ({ ...one, released: rest.units[index]! })),
    refused: course.refused,
    missing: [],
    touched: byKey([
      ...touchMeters(at, counted(at, seen), given),
      ...touchReleased(at, claim, { ...rest, progress }),
    ]),
    payers: payerShares(rules, borne),
    releasedPayers: payerShares(
      rules,
      borneOf(rules, claim, { amounts: rest.amounts, after: "released" }),
    ),
    progress,
  };
}

/** What an expired or refused settlement was about does not count as settled. */
function progressed(
  { claim: { decision, progress }, settlement }: RedemptionInquiry,
  { amounts, units, isBarred }: MoneyAndUnits & { isBarred: boolean },
): Progress {
  const redeemed = decision.parts.map(({ code }, index): [string, MicroYuan] => [
    code,
    plus(progress.redeemed[code] ?? noMoney, amounts[index]!),
  ]);
  return {
    ...progress,
    settled: isBarred ? progress.settled : addSettled(progress.settled, settlement.lines),
    redeemed: Object.fromEntries(redeemed),
    used: isBarred ? progress.used : addUsed(progress.used, settlement.lines),
    drawn: addUnits(decision, progress.drawn, units),
  };
}

export const byKey = (touched: readonly Touched[]) =>
  touched.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));

const none = ({ decision: { parts, inKind } }: Claim): MoneyAndUnits => ({
  amounts: parts.map(() => noMoney),
  units: inKind.map(() => 0n),
});

const incomplete = (
  { settlement, claim }: RedemptionInquiry,
  missing: RedemptionDecision["missing"],
): RedemptionDecision => {
  const settled = total(settlement.lines.map(({ amount }) => amount));
  return {
    outcome: "incomplete",
    settled,
    redeemed: noMoney,
    applicantPays: settled,
    released: noMoney,
    parts: [],
    inKind: [],
    refused: [],
    missing,
    touched: [],
    payers: [],
    releasedPayers: [],
    progress: claim.progress,
  };
};
