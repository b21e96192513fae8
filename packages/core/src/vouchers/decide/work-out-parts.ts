import {
  downToFen,
  greatest,
  microYuan,
  minus,
  noMoney,
  plus,
  shareOf,
  total,
  type MicroYuan,
} from "../../units/index.ts";
import { counterKeys, periodKeys } from "../counters.ts";
import type { DecidedRow, Missing } from "../decision.ts";
import type { CoFund, Once, Part } from "../rules/index.ts";
import { bandsOf, bandWorth, portion, type BandRule } from "./band-worth.ts";
import { asked } from "./eligibility.ts";
import { facesOf, fitFaces } from "./fit-faces.ts";
import { inKindOf, type Grant } from "./grant.ts";
import type { Inquiry } from "./inquiry.ts";
import { judgeOr } from "./judge-condition.ts";
import { isUnknown } from "./truth.ts";
import type { Known } from "./known.ts";
import type { QualifiedLine } from "./qualify-lines.ts";
import type { SelectedPart } from "./select-parts.ts";

const nothingBefore = { base: noMoney, amount: noMoney };

/** R19-R27: what each part gives before anything is cut off, in file order. In kind: nothing. */
export function workOutParts(
  selected: readonly SelectedPart[],
  inquiry: Inquiry,
  seen: Known,
): { grants: Grant[]; missing: Missing[] } {
  const missing: Missing[] = [];
  const grants = selected.map((one): Grant => {
    const { part } = one;
    const before = spentBefore(part, inquiry);
    const rows = one.applies ? rowsOf(one, { before, inquiry, seen, missing }) : [];
    const bands = bandsOf(part.rule);
    const base = total(rows.map((row) => row.base));
    const sum = bands ? beyond(bands, base, { before }) : total(rows.map((row) => row.amount));
    const amount = fitFaces(sum, facesOf(part.rule));
    return { part, base, rows, before, amount, surpassedBy: null, granted: amount };
  });
  return { grants, missing };
}

/** R19: a rate of a sum, rounded down to the fen, because a rate is a ceiling. */
export const rateOf = (base: MicroYuan, rate: Parameters<typeof shareOf>[1]): MicroYuan =>
  downToFen(shareOf(base, rate, "down"));

/** What bands give for the base, beside what they gave before: never below 0, nothing for 0. */
export const beyond = (
  bands: BandRule,
  base: MicroYuan,
  { before, worth = bandWorth }: { before: Grant["before"]; worth?: typeof bandWorth },
): MicroYuan =>
  base === 0n
    ? noMoney
    : greatest(minus(worth(bands, plus(before.base, base)), before.amount), noMoney);

/** The counters of bands over a period; null for a part that looks at the claim alone. */
export function bandKeys(part: Part, { rules, case: of, asOf }: Omit<Inquiry, "counters">) {
  const over = bandsOf(part.rule)?.over ?? "claim";
  if (over === "claim") return null;
  const { key: spend } = periodKeys(
    counterKeys.spend(rules.id, part.code, of.applicant),
    over,
    asOf,
  );
  const { key: given } = periodKeys(
    counterKeys.given(rules.id, part.code, of.applicant),
    over,
    asOf,
  );
  return { spend, given };
}

function spentBefore(part: Part, inquiry: Inquiry): Grant["before"] {
  const keys = bandKeys(part, inquiry);
  if (keys === null) return nothingBefore;
  return {
    base: microYuan(inquiry.counters(keys.spend)),
    amount: microYuan(inquiry.counters(keys.given)),
  };
}

interface Context {
  readonly before: Grant["before"];
  readonly inquiry: Inquiry;
  readonly seen: Known;
  readonly missing: Missing[];
}

function rowsOf({ part, rows }: SelectedPart, context: Context): DecidedRow[] {
  const { rule } = part;
  if (inKindOf(part) !== null) return [];
  if ("rates" in rule) {
    return rows.map(({ row, lines }) => {
      const { rate } = rule.rates[row]!;
      const base = baseOf(lines);
      return { row, lines: idsOf(lines), base, rate, amount: rateOf(base, rate) };
    });
  }
  const lines = rows.flatMap((row) => row.lines);
  if ("once" in rule) return onceRows(rule.once, part.code, context);
  if ("coFund" in rule) return coFundRows(rule.coFund, part.code, context);
  const bands = bandsOf(rule);
  return bands ? bandRows(bands, lines, context.before) : [];
}

function onceRows({ rows }: Once, code: string, { seen, missing }: Context): DecidedRow[] {
  for (const [row, { when, amount }] of rows.entries()) {
    const truth = judgeOr(when, seen);
    if (isUnknown(truth)) missing.push(...asked(truth, code));
    if (truth !== true) continue;
    return [{ row, lines: [], base: noMoney, rate: null, amount: downToFen(amount) }];
  }
  return [];
}

/** A share of what other levels gave, as far as the case tells. */
function coFundRows({ levels, rate }: CoFund, code: string, context: Context): DecidedRow[] {
  const { otherMoney } = context.inquiry.case;
  if (otherMoney === null) {
    context.missing.push(...asked(["otherMoney"], code));
    return [];
  }
  const given = otherMoney.filter(({ level }) => levels.includes(level));
  const sum = total(given.map(({ amount }) => amount));
  return [{ row: 0, lines: [], base: noMoney, rate, amount: rateOf(sum, rate) }];
}

/** For reading only: the part's amount is rounded once, over all bands. */
function bandRows(
  { rows, counting }: BandRule,
  lines: readonly QualifiedLine[],
  before: Grant["before"],
): DecidedRow[] {
  const base = baseOf(lines);
  const upTo = plus(before.base, base);
  return rows.flatMap((band, row) => {
    const isTheBand = upTo >= band.from && (band.to === null || upTo < band.to);
    const part =
      counting === "whole"
        ? isTheBand
          ? base
          : noMoney
        : minus(portion(band, upTo), portion(band, before.base));
    if (part === 0n) return [];
    const amount = rateOf(part, band.rate);
    return [{ row, lines: idsOf(lines), base: part, rate: band.rate, amount }];
  });
}

const baseOf = (lines: readonly QualifiedLine[]) => total(lines.map(({ base }) => base));
const idsOf = (lines: readonly QualifiedLine[]) => lines.map(({ line }) => line.id);
