import { downToFen, least, microYuan, minus, type MicroYuan } from "../../units/index.ts";
import type { Case } from "../case.ts";
import {
  counterKeys,
  periodKeys,
  periodName,
  type CountedFor,
  type Counters,
} from "../counters.ts";
import type { Missing, RefusedBy } from "../decision.ts";
import type { Cap, PublicCeiling } from "../rules/index.ts";
import { asked } from "./eligibility.ts";
import type { Inquiry } from "./inquiry.ts";
import { judgeOr } from "./judge-condition.ts";
import { isUnknown } from "./truth.ts";
import { dayOf, valueOf, type Known } from "./known.ts";
import { rateOf } from "./work-out-parts.ts";

/** One counter with the most that may stand on it, and the parts that count. */
export interface Meter {
  readonly code: string;
  readonly by: RefusedBy;
  /** Null: bounds the claim alone. */
  readonly key: string | null;
  readonly also: readonly string[];
  readonly limit: MicroYuan;
  /** Codes of parts; null: all. */
  readonly parts: readonly string[] | null;
}

/** What may still be added under a meter; never below 0, whole fen. */
export function roomUnder(meter: Meter, counters: Counters): MicroYuan {
  const room = downToFen(minus(meter.limit, usedOf(meter, counters)));
  return room > 0n ? room : microYuan(0n);
}

export const usedOf = ({ key, also }: Pick<Meter, "key" | "also">, counters: Counters) =>
  microYuan(
    [...(key === null ? [] : [key]), ...also].reduce((sum, one) => sum + counters(one), 0n),
  );

/** R28: the caps that hold for this case, in file order. */
export function capMeters(
  inquiry: Inquiry,
  seen: Known,
  question: { counts: Cap["counts"]; base: MicroYuan },
): { meters: Meter[]; missing: Missing[] } {
  const missing: Missing[] = [];
  const meters = inquiry.rules.caps
    .filter(({ counts }) => counts === question.counts)
    .flatMap((cap) => {
      const truth = judgeOr(cap.when, seen);
      if (isUnknown(truth)) missing.push(...asked(truth, cap.code));
      const who = whoOf(cap.per, seen);
      if (who === undefined) missing.push(...asked(["applicant.tier"], cap.code));
      const day = dayOf(seen, cap.by);
      if (day === null) missing.push(...asked(["contract.signedOn"], cap.code));
      if (truth !== true || !who || day === null) return [];
      return [capMeter(cap, { inquiry, who, day, base: question.base })];
    });
  return { meters, missing };
}

function capMeter(
  cap: Cap,
  at: { inquiry: Inquiry; who: CountedFor; day: Temporal.PlainDate; base: MicroYuan },
): Meter {
  const { inquiry, who, day, base } = at;
  const limit = "rate" in cap.limit ? rateOf(base, cap.limit.rate) : raised(cap, inquiry.case);
  const keys =
    cap.per === "claim"
      ? { key: null, also: [] }
      : periodKeys(counterKeys.cap(inquiry.rules.id, cap.code, who), cap.period, day);
  return { code: cap.code, by: "cap", ...keys, limit, parts: cap.parts };
}

/** Null: there is no such one, so the cap does not apply; undefined: not known. */
function whoOf(per: Cap["per"], seen: Known): CountedFor | null | undefined {
  const { case: of } = seen;
  if (per === "programme") return { per, id: "" };
  if (per === "tier") {
    const tier = valueOf(seen, "applicant.tier");
    return typeof tier === "string" ? { per, id: tier } : tier === null ? null : undefined;
  }
  const id = of[per];
  return id === null ? null : { per, id };
}

/** The cap, or what two persons raised it to, as far as it may be raised. */
function raised(cap: Cap, { approvals }: Case): MicroYuan {
  const amount = "amount" in cap.limit ? cap.limit.amount : microYuan(0n);
  if (cap.relaxableTo === null) return amount;
  const approved = approvals
    .filter(({ cap: code, approvedBy }) => code === cap.code && new Set(approvedBy).size >= 2)
    .map(({ limit }) => least(limit, cap.relaxableTo!));
  return approved.reduce((most, limit) => (limit > most ? limit : most), amount);
}

/** R29: less what is known to have come from elsewhere. */
export function ceilingMeter(
  ceiling: PublicCeiling,
  { case: of }: Inquiry,
  seen: Known,
): { meters: Meter[]; missing: Missing[] } {
  const contract = valueOf(seen, "contract.total");
  const unknown = [
    ...(typeof contract === "bigint" ? [] : ["contract.total"]),
    ...(of.otherMoney === null ? ["otherMoney"] : []),
  ];
  if (typeof contract !== "bigint" || of.otherMoney === null) {
    return { meters: [], missing: asked(unknown, ceiling.code) };
  }
  const share = rateOf(microYuan(contract), ceiling.rate);
  const most = ceiling.amount === null ? share : least(share, ceiling.amount);
  const elsewhere = of.otherMoney.reduce((sum, { amount }) => sum + amount, 0n);
  const limit = microYuan(most - elsewhere);
  const key = counterKeys.contract(of.contract);
  const meter = { code: ceiling.code, by: "public-ceiling" as const, key, also: [], limit };
  return { meters: [{ ...meter, parts: null }], missing: [] };
}

/** R28, R35: what the programme has left; none where there is no bound. */
export function budgetMeters({ rules, asOf }: Omit<Inquiry, "counters" | "case">): Meter[] {
  if (rules.budget === null) return [];
  const { amount, period } = rules.budget;
  const keys = periodKeys(counterKeys.budget(rules.id), period, asOf);
  return [{ code: "budget", by: "budget", ...keys, limit: amount, parts: null }];
}

/** Where a budget stands on a day. */
export interface BudgetStanding {
  /** `2026-Q1`; `ever`; of several years the first and the last, `2024/2026`. */
  readonly period: string;
  readonly amount: MicroYuan;
  /** By claims that were granted, or for which it is set aside. */
  readonly taken: MicroYuan;
  /** Whole fen. */
  readonly left: MicroYuan;
}

type BudgetDay = Pick<Inquiry, "rules" | "asOf">;

/** What claims took of a programme's budget in the period of the day; null where it has none. */
export function standingOfBudget(inquiry: BudgetDay, counters: Counters): BudgetStanding | null {
  const [meter] = budgetMeters(inquiry);
  if (!meter || inquiry.rules.budget === null) return null;
  const { amount, period } = inquiry.rules.budget;
  const { year } = inquiry.asOf;
  const name =
    typeof period === "object"
      ? `${year - period.years + 1}/${year}`
      : periodName(period, inquiry.asOf);
  const taken = usedOf(meter, counters);
  return { period: name, amount, taken, left: roomUnder(meter, counters) };
}

/** The counters that `standingOfBudget` looks at. */
export const keysOfBudget = (inquiry: BudgetDay): string[] =>
  budgetMeters(inquiry).flatMap(({ key, also }) => [...(key === null ? [] : [key]), ...also]);

/** R24: what the fund of one level has left; null where it is not bounded. */
export function payerMeter(
  { rules, asOf }: Omit<Inquiry, "counters" | "case">,
  index: number,
): Meter | null {
  const payer = rules.payers[index]!;
  if (payer.budget === null) return null;
  const keys = periodKeys(counterKeys.payer(rules.id, payer.code), payer.budget.period, asOf);
  return { code: "payer-budget", by: "payer", ...keys, limit: payer.budget.amount, parts: null };
}
