import type { Rate } from "../../units/index.ts";
import type { FactSubject } from "./fact-type.ts";
import { subjectOf, type FactName } from "./facts.ts";

/**
 * What must be so. Three-valued: a fact that is not given makes a condition neither true nor false,
 * unless the rest decides it (`any` with a true one is true, `all` with a false one is false).
 */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly unrelated: Unrelated }
  | FactTest;

/**
 * Tests of one fact; all that are given must hold, at least one is. Which of them a fact may have
 * follows from its type. A fact that is known to be none fails every test but `given: false`.
 */
export interface FactTest {
  readonly fact: FactName;
  readonly is?: string | boolean;
  readonly in?: readonly string[];
  /** The list holds at least one of these. */
  readonly has?: readonly string[];
  readonly hasAll?: readonly string[];
  /** In one of these places or below it: 330100 holds 330106; zeros at the end are not read. */
  readonly within?: readonly string[];
  /** On this day or later. */
  readonly from?: DayOrEvent;
  /** On this day or before. */
  readonly until?: DayOrEvent;
  /** Fewer than so many whole years have passed between the fact's day and `before`. */
  readonly withinYears?: number;
  readonly withinMonths?: number;
  /** What `withinYears` and `withinMonths` look back from; left out: the day of the decision. */
  readonly before?: DayOrEvent;
  /** Inclusive. Micro-yuan for money. */
  readonly atLeast?: bigint;
  readonly atMost?: bigint;
  /** Whether there is a value at all. */
  readonly given?: boolean;
}

/** The tests of `FactTest`, by name. */
export const testNames = [
  "is",
  "in",
  "has",
  "hasAll",
  "within",
  "from",
  "until",
  "withinYears",
  "withinMonths",
  "atLeast",
  "atMost",
  "given",
] as const satisfies (keyof FactTest)[];
export type TestName = (typeof testNames)[number];

/** Days that a case brings along. */
export const dayEvents = ["decided", "applied", "signed"] as const;
export type DayEvent = (typeof dayEvents)[number];
export type DayOrEvent = Temporal.PlainDate | DayEvent;

/**
 * Applicant and supplier are not related parties. Shares along a path of holdings are multiplied
 * and paths are added up; either may hold the other, or a third party both.
 */
export interface Unrelated {
  /** From this share on they are related: 250,000 is 25 %. Null: shares do not matter. */
  readonly shareFrom: Rate | null;
  /** The same ultimate controller makes them related. */
  readonly controller: boolean;
  /** A person who is an officer of both makes them related. */
  readonly officers: boolean;
}

/** Whom and what a condition asks about; relations are about the applicant. */
export function conditionSubjects(condition: Condition): ReadonlySet<FactSubject> {
  if ("all" in condition) return union(condition.all);
  if ("any" in condition) return union(condition.any);
  if ("not" in condition) return conditionSubjects(condition.not);
  return new Set(["unrelated" in condition ? "applicant" : subjectOf(condition.fact)]);
}

const union = (conditions: readonly Condition[]) =>
  new Set(conditions.flatMap((condition) => [...conditionSubjects(condition)]));
