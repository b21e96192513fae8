import { divide, microYuan, noMoney, type MicroYuan, type Rate } from "../../units/index.ts";
import type { Line } from "../case.ts";
import type { ExcludedLine, Missing } from "../decision.ts";
import type { BaseKind, ProgrammeRules, Requirement } from "../rules/index.ts";
import { asked, atStep, isKept } from "./eligibility.ts";
import type { Step } from "./evidence.ts";
import { inKindOf } from "./grant.ts";
import { isUnknown } from "./truth.ts";
import { atLine, type Known } from "./known.ts";

/** A line that counts, and what it counts. */
export interface QualifiedLine {
  readonly line: Line;
  /** As on the contract or bill. */
  readonly gross: MicroYuan;
  /** Less tax where the programme takes it off; rounded down to the micro-yuan. */
  readonly base: MicroYuan;
}

export interface QualifiedLines {
  /** In the order of their ids, so that the order they came in does not matter. */
  readonly lines: readonly QualifiedLine[];
  readonly excluded: readonly ExcludedLine[];
  readonly missing: readonly Missing[];
}

/** R10-R15, R17, R38: the lines that count. A line goes out with the first rule that it fails. */
export function qualifyLines(
  question: {
    requirements: readonly Requirement[];
    step: Step;
    base: BaseKind;
    /** Whether it is asked what a line comes to where that is not known; else it counts as 0. */
    asksAmounts: boolean;
    taxDivisor: Rate | null;
  },
  seen: Known,
): QualifiedLines {
  const { base, taxDivisor } = question;
  const rules = atStep(question.requirements, question.step).filter(({ of }) => of === "line");
  const lines: QualifiedLine[] = [];
  const excluded: ExcludedLine[] = [];
  const missing: Missing[] = [];
  for (const line of inOrder(seen.case.lines)) {
    const at = atLine(seen, line);
    const judged = rules.map((rule) => ({ code: rule.code, truth: isKept(rule, at) }));
    const failed = judged.find(({ truth }) => truth === false);
    const gross = line.amounts[base] ?? (question.asksAmounts ? undefined : noMoney);
    if (failed) {
      excluded.push({ line: line.id, code: failed.code, amount: gross ?? noMoney });
      continue;
    }
    for (const { code, truth } of judged) {
      if (isUnknown(truth)) missing.push(...asked(truth, code, line.id));
    }
    if (gross === undefined) missing.push(...asked([`amounts.${base}`], base, line.id));
    else lines.push({ line, gross, base: lessTax(gross, taxDivisor) });
  }
  return { lines, excluded, missing };
}

/** Whether anything depends on what lines come to: units are granted whatever that is. */
export const asksAmounts = ({ parts, spend }: Pick<ProgrammeRules, "parts" | "spend">): boolean =>
  parts.some((part) => inKindOf(part) === null) || spend.floors.some(({ of }) => of === "base");

/** Divided by 1.06 or the like; rounded down to the micro-yuan. */
export const lessTax = (gross: MicroYuan, divisor: Rate | null): MicroYuan =>
  divisor === null ? gross : microYuan(divide(gross * 1_000_000n, divisor, "down"));

const inOrder = (lines: readonly Line[]) =>
  lines.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
