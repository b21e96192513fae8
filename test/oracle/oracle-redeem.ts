import type { Line, ProgrammeRules, Settlement } from "@wadi/core/vouchers";
import {
  add,
  floorFen,
  isLess,
  multiply,
  positive,
  smaller,
  subtract,
  sum,
  zero,
  type Fraction,
} from "./fraction.ts";
import {
  capLimit,
  dayFor,
  micro,
  millionths,
  redeemedOf,
  releasedOf,
  usedOfBudget,
  usedUnder,
  whoOf,
} from "./history.ts";
import type { Past } from "./history.ts";
import { isMet } from "./oracle-eligibility.ts";
import { asBands, linesOf, netOf, worthOfBands } from "./oracle-parts.ts";
import { oracleDraw, oracleGiveBack } from "./oracle-units.ts";
import { holds, type Look } from "./oracle-truth.ts";

/** A granted claim, and what was settled of it so far by line. */
export interface OracleClaim {
  readonly past: Past;
  readonly settled: Map<string, bigint>;
  /** The same of units: by `line unit`. */
  readonly used: Map<string, bigint>;
  /** The applicant's spend and the amounts of bands before it, by part. */
  readonly before: readonly { base: Fraction; amount: Fraction }[];
  readonly isSurpassed: readonly boolean[];
}

/** What a settlement brings; writes it into the history. */
export function oracleRedeem(
  rules: ProgrammeRules,
  claim: OracleClaim,
  at: { settlement: Settlement; today: Temporal.PlainDate; past: readonly Past[] },
): { redeemed: bigint; released: bigint; drawn: readonly string[]; back: readonly string[] } {
  const { settlement, today, past } = at;
  const look: Look = { of: claim.past.of, today };
  const before = worthNow(rules, claim, { look, isLast: false });
  const settled = new Map(claim.settled);
  for (const { line, amount } of settlement.lines) {
    settled.set(line, (settled.get(line) ?? 0n) + amount);
  }
  const after = worthNow(rules, { ...claim, settled }, { look, isLast: settlement.last });
  const isLate = validUntil(rules, claim.past.on) < settlement.on.toString();
  const atRedeem = rules.requirements.filter(
    ({ at: when, of }) => when !== "claim" && of === "claim",
  );
  const isBarred = isLate || atRedeem.some((one) => isMet(one, look) === "no");
  let now = after.due.map((amount, index) =>
    isBarred
      ? zero
      : smaller(positive(subtract(amount, before.due[index]!)), open(claim.past, index)),
  );
  const most = (bound: Fraction, parts: readonly string[] | null) => {
    let room = positive(floorFen(bound));
    now = now.map((amount, index) => {
      if (parts !== null && !parts.includes(rules.parts[index]!.code)) return amount;
      const kept = smaller(amount, room);
      room = subtract(room, kept);
      return kept;
    });
  };
  const gone = (parts: readonly string[] | null) =>
    sum(claim.past.parts.filter(({ code }) => parts?.includes(code) ?? true).map(redeemedOf));
  for (const { rate, parts } of after.rateCaps) {
    most(subtract(multiply(after.base, millionths(rate)), gone(parts)), parts);
  }
  for (const { bound, parts } of boundsOf(rules, look, past)) most(bound, parts);
  for (const [index, amount] of now.entries()) {
    if (amount.n > 0n) claim.past.parts[index]!.redeemed.push({ on: today, amount });
  }
  const used = addedUsed(claim.used, settlement);
  const linesOfPart = countedLines(rules, claim.past, look);
  const drawn = oracleDraw(rules, claim.past, {
    ...{ before: claim.used, after: used, isBarred },
    linesOf: linesOfPart,
  });
  if (!isBarred) {
    for (const [line, amount] of settled) claim.settled.set(line, amount);
    for (const [line, amount] of used) claim.used.set(line, amount);
  }
  const rest = settlement.last ? oracleRelease(claim.past) : { released: 0n, back: [] };
  return { redeemed: sum(now).n, drawn, ...rest };
}

function addedUsed(used: ReadonlyMap<string, bigint>, { lines }: Settlement) {
  const sums = new Map(used);
  for (const { line, quantities = {} } of lines) {
    for (const [unit, quantity] of Object.entries(quantities)) {
      const key = `${line} ${unit}`;
      sums.set(key, (sums.get(key) ?? 0n) + (quantity ?? 0n));
    }
  }
  return sums;
}

/** The lines of a part that may be redeemed today. */
function countedLines(rules: ProgrammeRules, { of, on }: Past, look: Look) {
  const then: Look = { of, today: on };
  const ask = (at: "claim" | "redeem") =>
    rules.requirements.filter((one) => one.of === "line" && (one.at === at || one.at === "both"));
  const passes = (line: Line, at: "claim" | "redeem", from: Look) =>
    ask(at).every((one) => isMet(one, { ...from, line }) !== "no");
  const lines = of.lines.filter((line) => passes(line, "claim", then));
  return (code: string) => {
    const part = rules.parts.find((one) => one.code === code)!;
    const { rows } = linesOf(part, lines, then);
    return (rows.get(0) ?? []).filter((line) => passes(line, "redeem", look));
  };
}

interface Bound {
  readonly bound: Fraction;
  readonly parts: readonly string[] | null;
}

/** What is counted when money is redeemed: where nothing was reserved, all that would have been. */
function boundsOf(rules: ProgrammeRules, look: Look, past: readonly Past[]): Bound[] {
  const isFirst = rules.lifecycle.reserves === "redemption";
  const capsOf = (counts: "granted" | "redeemed") =>
    rules.caps
      .filter((cap) => cap.counts === counts && cap.per !== "claim" && "amount" in cap.limit)
      .filter((cap) => holds(cap.when, look) === "yes" && whoOf(cap.per, look.of) !== null)
      .filter((cap) => dayFor(cap.by, look) !== null)
      .map((cap): Bound => {
        const used = usedUnder(cap, rules, look, past);
        return { bound: subtract(capLimit(cap, look.of, zero), used), parts: cap.parts };
      });
  if (!isFirst) return capsOf("redeemed");
  const budget = rules.budget
    ? [subtract(micro(rules.budget.amount), usedOfBudget(rules, look.today, past))]
    : [];
  const whole = budget.map((bound): Bound => ({ bound, parts: null }));
  return [...capsOf("granted"), ...capsOf("redeemed"), ...whole];
}

/** Gives all that is open back; writes it into the history. */
export function oracleRelease(past: Past): { released: bigint; back: readonly string[] } {
  const rest = past.parts.map((_, index) => open(past, index));
  for (const [index, amount] of rest.entries()) past.parts[index]!.released.push(amount);
  return { released: sum(rest).n, back: oracleGiveBack(past) };
}

const open = ({ parts }: Past, index: number) => {
  const part = parts[index]!;
  return positive(subtract(part.granted, add(redeemedOf(part), releasedOf(part))));
};

/** The worth of all that was settled, part by part. */
function worthNow(
  rules: ProgrammeRules,
  claim: OracleClaim,
  { look, isLast }: { look: Look; isLast: boolean },
) {
  const { of, on } = claim.past;
  const then: Look = { of, today: on };
  const atClaim = rules.requirements.filter((one) => one.of === "line" && one.at !== "redeem");
  const atRedeem = rules.requirements.filter((one) => one.of === "line" && one.at !== "claim");
  const lines = of.lines.filter((line) =>
    atClaim.every((one) => isMet(one, { ...then, line }) !== "no"),
  );
  const counts = (line: Line) => atRedeem.every((one) => isMet(one, { ...look, line }) !== "no");
  const net = (line: Line) => (counts(line) ? netOf(rules, claim.settled.get(line.id)) : zero);
  const partLines = rules.parts.map((part) => linesOf(part, lines, then));
  const taken = new Set(
    partLines
      .filter(({ part: { rule } }) => !("once" in rule || "coFund" in rule || "inKind" in rule))
      .flatMap(({ rows }) => [...rows.values()].flat()),
  );
  const base = sum([...taken].map(net));
  const begun = claim.settled.size > 0;
  const byRate = partLines.map(({ part, rows, applies }, index) => {
    if (!begun || claim.isSurpassed[index] || !applies) return zero;
    const rule = part.rule;
    if ("rates" in rule) {
      const each = [...rows].map(([row, own]) =>
        floorFen(multiply(sum(own.map(net)), millionths(rule.rates[row]!.rate))),
      );
      return sum(each);
    }
    const bands = asBands(rule);
    if (bands === null) return claim.past.parts[index]!.amount;
    const { base: spent, amount } = claim.before[index]!;
    const added = sum((rows.get(0) ?? []).map(net));
    if (added.n === 0n) return zero;
    const upTo = add(spent, added);
    // More may be settled later: what it would leave is all that is certain.
    const later = isLast
      ? []
      : bands.rows.map(({ from }) => micro(from)).filter((from) => isLess(upTo, from));
    const worths = [upTo, ...later].map((sumSpent) => worthOfBands(bands, sumSpent));
    return positive(subtract(worths.reduce(smaller), amount));
  });
  const { redeemLimitedToRate: isByRate } = rules.lifecycle;
  const rateCaps = rules.caps.flatMap(({ limit, parts, when }) =>
    isByRate && "rate" in limit && holds(when, look) === "yes" ? [{ rate: limit.rate, parts }] : [],
  );
  const wanted = isByRate ? byRate : filled(claim.past, base);
  let due = wanted.map((amount, index) => smaller(amount, claim.past.parts[index]!.granted));
  for (const { rate, parts } of rateCaps) {
    let room = floorFen(multiply(base, millionths(rate)));
    due = due.map((amount, index) => {
      if (parts !== null && !parts.includes(rules.parts[index]!.code)) return amount;
      const kept = smaller(amount, room);
      room = subtract(room, kept);
      return kept;
    });
  }
  return { due, base, rateCaps };
}

function filled({ parts }: Past, base: Fraction): Fraction[] {
  let left = floorFen(base);
  return parts.map(({ granted }) => {
    const own = smaller(granted, left);
    left = subtract(left, own);
    return own;
  });
}

/** The last day as text; a text behind all days where there is no end. */
function validUntil(
  { lifecycle: { validity } }: ProgrammeRules,
  issued: Temporal.PlainDate,
): string {
  if (validity === null) return "~";
  if ("until" in validity) return validity.until.toString();
  const months = issued.year * 12 + issued.month - 1 + validity.months;
  const first = new Temporal.PlainDate(Math.floor(months / 12), (months % 12) + 1, 1);
  if (issued.day > first.daysInMonth) return first.with({ day: first.daysInMonth }).toString();
  return first.add({ days: issued.day - 2 }).toString();
}
