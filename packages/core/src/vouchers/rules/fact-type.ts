import type { Words } from "./words.ts";

/**
 * What a fact's value is, and so which tests a condition may put to it. A value of null says that
 * there is none (never discredited); a fact that is not given at all is unknown and asked for.
 */
export const factTypes = {
  /** A code of a list: `string`. Tests: is, in. */
  code: { en: "code", zh: "代码" },
  /** Several codes: `string[]`. Tests: has, hasAll. */
  codes: { en: "codes", zh: "多个代码" },
  /** An administrative division, such as 330100: `string`. Tests: within. */
  place: { en: "place", zh: "行政区划" },
  /** `Temporal.PlainDate` in the programme's time zone. Tests: from, until, withinYears, … */
  day: { en: "day", zh: "日期" },
  /** A whole number: `bigint`. Tests: atLeast, atMost. */
  whole: { en: "whole number", zh: "整数" },
  /** Micro-yuan: `bigint`. Tests: atLeast, atMost. */
  money: { en: "amount", zh: "金额" },
  /** `boolean`. Tests: is. */
  "yes-no": { en: "yes or no", zh: "是否" },
} as const satisfies Record<string, Words>;
export type FactType = keyof typeof factTypes;

/** Whom or what a fact is about. Facts of a line are given line by line. */
export type FactSubject = "applicant" | "supplier" | "contract" | "project" | "line";

export interface FactKind {
  readonly type: FactType;
  readonly text: Words;
  /** Codes in common use, for forms; a programme may use others. */
  readonly usual?: readonly string[];
  /** Worked out from the rest of the case where it is not given. */
  readonly derived?: true;
}

export type FactValue = string | readonly string[] | Temporal.PlainDate | bigint | boolean | null;
