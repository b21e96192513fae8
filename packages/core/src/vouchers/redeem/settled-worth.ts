import {
  downToFen,
  least,
  minus,
  noMoney,
  plus,
  total,
  type MicroYuan,
  type Rate,
} from "../../units/index.ts";
import type { Claim, Progress } from "../claim.ts";
import type { DecidedPart } from "../decision.ts";
import { bandsOf, bandWorth, sureWorth } from "../decide/band-worth.ts";
import { lessTax } from "../decide/qualify-lines.ts";
import { beyond, rateOf } from "../decide/work-out-parts.ts";
import type { Part, ProgrammeRules } from "../rules/index.ts";

export type Settled = Progress["settled"];

/** A cap of the claim at a rate of its base. */
export interface RateCap {
  readonly code: string;
  readonly rate: Rate;
  readonly parts: readonly string[] | null;
}

/** What all that was settled so far is worth, part by part. */
export interface Worth {
  /** By the parts' rates, whatever was granted. */
  readonly wanted: readonly MicroYuan[];
  /** Of that, what was granted and what caps at a rate of the base allow. */
  readonly due: readonly MicroYuan[];
  /** What counts of all that was settled, less tax where the programme takes it off. */
  readonly base: MicroYuan;
}

/**
 * R17, R35: a function of the sum of all settlements, not of the last one. So two settlements give
 * together what one of both would: each is worth what it adds to the sum.
 *
 * @param of.counts  the lines that may be redeemed at all
 * @param of.isLast  nothing more comes: what bands give is certain
 * @param of.rateCaps  the caps of the claim that are rates of its base
 */
export function settledWorth(
  rules: ProgrammeRules,
  { decision }: Claim,
  of: {
    settled: Settled;
    counts: ReadonlySet<string>;
    rateCaps: readonly RateCap[];
    isLast: boolean;
  },
): Worth {
  const net = (line: string) =>
    of.counts.has(line) ? lessTax(of.settled[line] ?? noMoney, rules.spend.taxDivisor) : noMoney;
  const lines = new Set(decision.parts.flatMap(({ rows }) => rows.flatMap((row) => row.lines)));
  const base = total([...lines].map(net));
  const begun = Object.keys(of.settled).length > 0;
  const wanted = rules.lifecycle.redeemLimitedToRate
    ? decision.parts.map((part) =>
        begun ? worthOf(part, ruleOf(rules, part), { net, isLast: of.isLast }) : noMoney,
      )
    : fill(decision.parts, base);
  const granted = wanted.map((amount, index) => least(amount, decision.parts[index]!.granted));
  const codes = decision.parts.map(({ code }) => code);
  return { wanted, due: underRateCaps(of.rateCaps, codes, { amounts: granted, base }), base };
}

const ruleOf = (rules: ProgrammeRules, { code }: DecidedPart): Part["rule"] | undefined =>
  rules.parts.find((part) => part.code === code)?.rule;

function worthOf(
  part: DecidedPart,
  rule: Part["rule"] | undefined,
  { net, isLast }: { net: (line: string) => MicroYuan; isLast: boolean },
): MicroYuan {
  if (part.surpassedBy !== null || rule === undefined) return noMoney;
  const baseOf = (lines: readonly string[]) => total(lines.map(net));
  if ("rates" in rule) {
    return total(
      part.rows.map(({ lines, rate }) => (rate === null ? noMoney : rateOf(baseOf(lines), rate))),
    );
  }
  const bands = bandsOf(rule);
  if (bands === null) return part.amount;
  const lines = new Set(part.rows.flatMap((row) => row.lines));
  const worth = isLast ? bandWorth : sureWorth;
  return beyond(bands, baseOf([...lines]), { before: part.before, worth });
}

/** Where the rate does not bound it: what was settled pays the parts one after the other. */
function fill(parts: readonly DecidedPart[], base: MicroYuan): MicroYuan[] {
  let left = downToFen(base);
  return parts.map(({ granted }, index) => {
    const isLast = index === parts.length - 1;
    const amount = isLast ? left : least(granted, left);
    left = minus(left, amount);
    return amount;
  });
}

/** A cap that is a rate of the base is one of what was settled too. */
function underRateCaps(
  caps: readonly RateCap[],
  codes: readonly string[],
  { amounts, base }: { amounts: readonly MicroYuan[]; base: MicroYuan },
): readonly MicroYuan[] {
  return caps.reduce((left, { rate, parts }) => {
    let room = rateOf(base, rate);
    return left.map((amount, index) => {
      if (parts !== null && !parts.includes(codes[index]!)) return amount;
      const kept = least(amount, room);
      room = minus(room, kept);
      return kept;
    });
  }, amounts);
}

/** The sums of two settlements by line. */
export function addSettled(
  settled: Settled,
  lines: readonly { readonly line: string; readonly amount: MicroYuan }[],
): Settled {
  const sums: Record<string, MicroYuan> = { ...settled };
  for (const { line, amount } of lines) sums[line] = plus(sums[line] ?? noMoney, amount);
  return sums;
}
