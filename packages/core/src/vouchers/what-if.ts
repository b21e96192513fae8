import { minus, noMoney, plus, type MicroYuan } from "../units/index.ts";
import type { Case } from "./case.ts";
import { noCounters } from "./counters.ts";
import { decide } from "./decide/decide.ts";
import { spendOnce } from "./decide/spend-once.ts";
import type { Decision } from "./decision.ts";
import type { InKindUnit, ProgrammeRules } from "./rules/index.ts";

/** A claim as it was recorded, with the day on which it was decided. */
export interface RecordedCase {
  readonly case: Case;
  readonly asOf: Temporal.PlainDate;
}

/** What a programme would have given. */
export interface Played {
  readonly granted: MicroYuan;
  /** Units that were granted in kind. */
  readonly inKind: ReadonlyMap<InKindUnit, bigint>;
  /** Bases of the claims that were granted money. */
  readonly base: MicroYuan;
  readonly grants: number;
  readonly incomplete: number;
  /** By code: how much was refused, of how many claims; in the order of codes. */
  readonly refused: ReadonlyMap<string, { readonly amount: MicroYuan; readonly claims: number }>;
  /** What had been granted by the end of each day on which anything was, in the order of days. */
  readonly burnDown: readonly { readonly day: string; readonly granted: MicroYuan }[];
  readonly byApplicant: ReadonlyMap<string, MicroYuan>;
}

/**
 * Replays recorded claims under rules from nothing: in the order of their days, then of their ids,
 * each decided after what the ones before took. What the claims became in truth does not matter.
 */
export function play(rules: ProgrammeRules, cases: readonly RecordedCase[]): Played {
  const { counters, makeWay, take } = spendOnce(noCounters);
  const refused = new Map<string, { amount: MicroYuan; claims: number }>();
  const burnDown: { day: string; granted: MicroYuan }[] = [];
  const byApplicant = new Map<string, MicroYuan>();
  const inKind = new Map<InKindUnit, bigint>();
  const sums = { granted: noMoney, base: noMoney, grants: 0, incomplete: 0 };
  for (const { case: asked, asOf } of cases.toSorted(inOrder)) {
    makeWay(asked);
    const decision = decide({ rules, case: asked, counters, asOf });
    take(asked, decision);
    addRefusals(refused, decision);
    if (decision.outcome === "incomplete") sums.incomplete += 1;
    if (decision.outcome === "granted") sums.grants += 1;
    for (const { unit, granted } of decision.inKind) {
      if (granted > 0n) inKind.set(unit, (inKind.get(unit) ?? 0n) + granted);
    }
    if (decision.granted === 0n) continue;
    sums.granted = plus(sums.granted, decision.granted);
    sums.base = plus(sums.base, decision.base);
    const had = byApplicant.get(asked.applicant) ?? noMoney;
    byApplicant.set(asked.applicant, plus(had, decision.granted));
    const day = asOf.toString();
    if (burnDown.at(-1)?.day === day) burnDown.pop();
    burnDown.push({ day, granted: sums.granted });
  }
  const codes = [...refused].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return { ...sums, inKind, refused: new Map(codes), burnDown, byApplicant };
}

/** What changes for one applicant. */
export interface ApplicantChange {
  readonly applicant: string;
  readonly before: MicroYuan;
  readonly after: MicroYuan;
}

/**
 * Who would have more and who less under `draft` than under `now`: those who lose most first, and
 * of equals by name; who has the same is left out.
 */
export function changes(now: Played, draft: Played): ApplicantChange[] {
  const applicants = new Set([...now.byApplicant.keys(), ...draft.byApplicant.keys()]);
  return [...applicants]
    .map((applicant) => ({
      applicant,
      before: now.byApplicant.get(applicant) ?? noMoney,
      after: draft.byApplicant.get(applicant) ?? noMoney,
    }))
    .filter(({ before, after }) => before !== after)
    .toSorted((a, b) => {
      const [one, other] = [minus(a.after, a.before), minus(b.after, b.before)];
      if (one !== other) return one < other ? -1 : 1;
      return a.applicant < b.applicant ? -1 : 1;
    });
}

/**
 * Yuan that applicants spent of their own for each yuan of public money, in thousandths, rounded
 * down; null where nothing was granted.
 */
export const leverage = ({ granted, base }: Pick<Played, "granted" | "base">): bigint | null =>
  granted === 0n ? null : ((base - granted) * 1000n) / granted;

function addRefusals(
  refused: Map<string, { amount: MicroYuan; claims: number }>,
  decision: Decision,
): void {
  const once = new Set<string>();
  for (const { code, amount } of decision.refused) {
    const sum = refused.get(code) ?? { amount: noMoney, claims: 0 };
    const claims = sum.claims + (once.has(code) ? 0 : 1);
    once.add(code);
    refused.set(code, { amount: plus(sum.amount, amount), claims });
  }
}

function inOrder(a: RecordedCase, b: RecordedCase): number {
  const days = Temporal.PlainDate.compare(a.asOf, b.asOf);
  return days || (a.case.claim < b.case.claim ? -1 : 1);
}
