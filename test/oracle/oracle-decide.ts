import type { Case, Line, ProgrammeRules } from "@wadi/core/vouchers";
import {
  add,
  floorFen,
  isLess,
  multiply,
  positive,
  smaller,
  subtract,
  sum,
  whole,
  zero,
  type Fraction,
} from "./fraction.ts";
import {
  dayFor,
  isSamePeriod,
  isUndone,
  micro,
  millionths,
  shareAmong,
  standing,
  usedOfBudget,
  usedOfPayer,
  usedUnder,
  capLimit,
  whoOf,
  type Past,
} from "./history.ts";
import { eligibilityOf } from "./oracle-eligibility.ts";
import { intoFaces, linesOf, netOf, partWorth } from "./oracle-parts.ts";
import { oracleUnits, type UnitsAnswer } from "./oracle-units.ts";
import { holds, type Look } from "./oracle-truth.ts";

export interface OracleAnswer {
  readonly outcome: "granted" | "refused" | "incomplete";
  /** `code amount` in micro-yuan, those of nothing left out. */
  readonly refused: readonly string[];
  readonly granted: bigint;
  /** `part units` of parts in kind, and `part code units` of what was refused of them. */
  readonly inKind: readonly string[];
  readonly payers: readonly bigint[];
  readonly past: Past;
}

/** What is left of each part on the way, what was refused, and whether something is not known. */
interface Way {
  left: Fraction[];
  readonly refused: string[];
  isUnsure: boolean;
}

interface Question {
  readonly rules: ProgrammeRules;
  readonly look: Look;
  readonly past: readonly Past[];
}

/** What the rules say, reckoned from the claims before and not from counters. */
export function oracleDecide(
  rules: ProgrammeRules,
  of: Case,
  today: Temporal.PlainDate,
  past: readonly Past[],
): OracleAnswer {
  const look: Look = { of, today };
  const question: Question = { rules, look, past };
  const eligible = eligibilityOf(rules, look);
  const { claimBase } = rules.spend;
  const amountOf = (line: Line) => netOf(rules, line.amounts[claimBase]);
  const lines = asksAmounts(rules)
    ? eligible.lines.filter(({ amounts }) => amounts[claimBase] !== undefined)
    : eligible.lines;
  const partLines = rules.parts.map((part) => linesOf(part, lines, look));
  const worths = partLines.map((one) => partWorth(one, { look, past, amountOf }));
  const taken = new Set(partLines.flatMap(({ rows }) => [...rows.values()].flat()));
  const base = sum([...taken].map(amountOf));
  const amounts = worths.map(({ amount }) => amount);
  const way: Way = {
    left: amounts.map((amount, index) => (isSurpassed(rules, amounts, index) ? zero : amount)),
    refused: [],
    isUnsure: eligible.isUnsure || lines.length < eligible.lines.length,
  };
  const excluded = exclusionsOf(rules, of, past);
  const bars = [...eligible.bars, ...belowFloors(question, base)];
  const units = oracleUnits(rules, partLines, { look, past, bar: [...bars, ...excluded.codes][0] });
  way.isUnsure ||= [...partLines, ...worths, units].some((one) => one.isUnsure);

  for (const code of bars) refuse(way, code);
  const once = way.left.map((amount, i) => (wasGiven(rules, i, of, past) ? zero : amount));
  keep(way, once, "had-before");
  if (of.asked !== null) most(way, rules, { bound: micro(of.asked), code: "not-asked" });
  cutToCaps(way, question, base);
  cutToCeiling(way, question, eligible.totalOf());
  for (const code of excluded.codes) refuse(way, code);
  way.isUnsure ||= excluded.isUnsure;
  const borne = cutToMoney(way, question);
  cutToFaces(way, rules);
  const isBarred = eligible.bars.length > 0 || excluded.codes.length > 0;
  return answerOf(question, way, { isBarred, base, worths, borne, units });
}

function answerOf(
  { rules, look }: Question,
  { left, refused, isUnsure }: Way,
  found: {
    isBarred: boolean;
    base: Fraction;
    worths: readonly { base: Fraction; amount: Fraction }[];
    borne: readonly (readonly Fraction[])[];
    units: UnitsAnswer;
  },
): OracleAnswer {
  const { isBarred, base, worths, borne } = found;
  const isIncomplete = !isBarred && isUnsure;
  const granted = left.map((amount) => (isIncomplete ? zero : amount));
  const units = isIncomplete ? [] : found.units.units;
  const isGranted = sum(granted).n > 0n || units.some((one) => one.granted > 0n);
  const shares = granted.map((amount, index) => relieved(borne[index]!, amount));
  return {
    outcome: isIncomplete ? "incomplete" : isGranted ? "granted" : "refused",
    refused: isIncomplete ? [] : refused,
    granted: sum(granted).n,
    inKind: [
      ...units.map((one) => `${one.code} ${one.granted}`),
      ...(isIncomplete ? [] : found.units.refused),
    ],
    payers: rules.payers.map((__, index) => sum(shares.map((one) => one[index]!)).n),
    past: {
      of: look.of,
      on: look.today,
      isGranted,
      countsSpend: !isIncomplete && (isGranted || !isBarred),
      base,
      parts: rules.parts.map(({ code }, index) => ({
        code,
        base: worths[index]!.base,
        amount: worths[index]!.amount,
        granted: granted[index]!,
        borne: shares[index]!,
        redeemed: [],
        released: [],
      })),
      units,
    },
  };
}

/** Units are granted whatever lines come to. */
const asksAmounts = ({ parts, spend }: ProgrammeRules) =>
  !parts.every(({ rule }) => "inKind" in rule) || spend.floors.some(({ of }) => of === "base");

function keep(way: Way, next: Fraction[], code: string): void {
  const lost = subtract(sum(way.left), sum(next));
  if (lost.n > 0n) way.refused.push(`${code} ${lost.n}`);
  way.left = next;
}

const refuse = (way: Way, code: string) =>
  keep(
    way,
    way.left.map(() => zero),
    code,
  );

/** The first parts are kept, the last ones cut. */
function most(
  way: Way,
  rules: ProgrammeRules,
  {
    bound,
    code,
    parts = null,
  }: { bound: Fraction; code: string; parts?: readonly string[] | null },
): void {
  let room = positive(floorFen(bound));
  const next = way.left.map((amount, index) => {
    if (parts !== null && !parts.includes(rules.parts[index]!.code)) return amount;
    const kept = smaller(amount, room);
    room = subtract(room, kept);
    return kept;
  });
  keep(way, next, code);
}

function belowFloors({ rules, look, past }: Question, base: Fraction): string[] {
  const isBelow = ({ period, amount }: ProgrammeRules["spend"]["floors"][number]) => {
    const before = past.filter(
      (one) =>
        period !== "none" &&
        one.countsSpend &&
        !isUndone(one) &&
        one.of.applicant === look.of.applicant &&
        isSamePeriod(period, one.on, look.today),
    );
    return isLess(add(base, sum(before.map((one) => one.base))), micro(amount));
  };
  const floors = rules.spend.floors.filter(({ of }) => of === "base");
  return floors.filter(isBelow).map(({ code }) => code);
}

function cutToCaps(way: Way, { rules, look, past }: Question, base: Fraction): void {
  const { of } = look;
  for (const cap of rules.caps.filter(({ counts }) => counts === "granted")) {
    const when = holds(cap.when, look);
    const who = whoOf(cap.per, of);
    const isTierUnknown = cap.per === "tier" && of.facts["applicant.tier"] === undefined;
    const isDayUnknown = dayFor(cap.by, look) === null;
    if (when === "maybe" || isTierUnknown || isDayUnknown) way.isUnsure = true;
    if (when !== "yes" || who === null || isTierUnknown || isDayUnknown) continue;
    const used = cap.per === "claim" ? zero : usedUnder(cap, rules, look, past);
    const bound = subtract(capLimit(cap, of, base), used);
    most(way, rules, { bound, code: cap.code, parts: cap.parts });
  }
}

function cutToCeiling(way: Way, { rules, look, past }: Question, total: bigint | undefined): void {
  if (rules.publicCeiling === null) return;
  const { otherMoney, contract } = look.of;
  if (total === undefined || otherMoney === null) {
    way.isUnsure = true;
    return;
  }
  const { rate, amount, code } = rules.publicCeiling;
  const share = floorFen(multiply(micro(total), millionths(rate)));
  const limit = amount === null ? share : smaller(share, micro(amount));
  const elsewhere = sum(otherMoney.map((one) => micro(one.amount)));
  const bound = subtract(subtract(limit, elsewhere), standing(past, contract));
  most(way, rules, { bound, code });
}

/** The programme's budget, then what each payer has. */
function cutToMoney(way: Way, { rules, look, past }: Question): Fraction[][] {
  const { today } = look;
  if (rules.budget) {
    const bound = subtract(micro(rules.budget.amount), usedOfBudget(rules, today, past));
    most(way, rules, { bound, code: "budget" });
  }
  const borne = bearing(rules, way.left, { today, past });
  keep(way, borne.map(sum), "payer-budget");
  return borne;
}

function cutToFaces(way: Way, rules: ProgrammeRules): void {
  const faced = way.left.map((amount, index) => {
    const { rule } = rules.parts[index]!;
    return intoFaces(amount, "faces" in rule ? rule.faces : undefined);
  });
  keep(way, faced, "no-face");
  for (const floor of rules.spend.floors.filter((one) => one.of === "face")) {
    const face = sum(way.left);
    if (face.n > 0n && isLess(face, micro(floor.amount))) refuse(way, floor.code);
  }
}

function isSurpassed(rules: ProgrammeRules, amounts: readonly Fraction[], index: number): boolean {
  const codes = rules.parts.map(({ code }) => code);
  return rules.combine.some(({ highestOf }) => {
    if (!highestOf.includes(codes[index]!)) return false;
    return codes.some((code, other) => {
      if (other === index || !highestOf.includes(code)) return false;
      const [own, its] = [amounts[index]!, amounts[other]!];
      return isLess(own, its) || (own.n === its.n && other < index);
    });
  });
}

/** As if it had not been. */
const isForgotten = (rules: ProgrammeRules, past: Past) =>
  rules.lifecycle.releasedRoomReturns && isUndone(past);

function wasGiven(rules: ProgrammeRules, index: number, of: Case, past: readonly Past[]): boolean {
  const { rule } = rules.parts[index]!;
  if (!("once" in rule) || rule.once.per === "claim") return false;
  const per = rule.once.per;
  if (of[per] === null) return false;
  return past.some(
    (one) =>
      one.isGranted &&
      one.of[per] === of[per] &&
      one.parts[index]!.granted.n > 0n &&
      !isForgotten(rules, one),
  );
}

function exclusionsOf(rules: ProgrammeRules, of: Case, past: readonly Past[]) {
  const codes: string[] = [];
  let isUnsure = false;
  for (const one of rules.exclusions) {
    if ("once" in one) {
      const isOut =
        of[one.once] !== null &&
        past.some(
          (before) =>
            before.isGranted && before.of[one.once] === of[one.once] && !isForgotten(rules, before),
        );
      if (isOut) codes.push(one.code);
      continue;
    }
    const { levels, programmes } = one.noOther;
    const found = (of.otherMoney ?? []).some(
      ({ amount, level, programme }) =>
        amount > 0n && (levels.includes(level) || programmes.includes(programme)),
    );
    if (found) codes.push(one.code);
    else if (of.otherMoney === null) isUnsure = true;
  }
  return { codes, isUnsure };
}

function bearing(
  rules: ProgrammeRules,
  amounts: readonly Fraction[],
  at: { today: Temporal.PlainDate; past: readonly Past[] },
): Fraction[][] {
  const rooms = rules.payers.map(({ budget }, index) =>
    budget
      ? positive(floorFen(subtract(micro(budget.amount), usedOfPayer(rules, index, at))))
      : null,
  );
  return amounts.map((amount, index) => {
    const bearers = rules.parts[index]!.payers;
    const shares = rules.payers.map(({ code, share }) =>
      bearers === null || bearers.includes(code) ? whole(share) : zero,
    );
    return shareAmong(amount, shares).map((wanted, payer) => {
      const room = rooms[payer];
      if (!room) return wanted;
      const given = smaller(wanted, room);
      rooms[payer] = subtract(room, given);
      return given;
    });
  });
}

function relieved(borne: readonly Fraction[], to: Fraction): Fraction[] {
  let left = to;
  return borne.map((amount) => {
    const kept = smaller(amount, left);
    left = subtract(left, kept);
    return kept;
  });
}
