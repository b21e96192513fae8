import type { ProgrammeId } from "../units/index.ts";
import type { Touched } from "./decision.ts";
import type { DayEvent } from "./rules/condition.ts";
import type { Level } from "./rules/payer.ts";
import type { Period } from "./rules/period.ts";

/**
 * How much stands on a counter: micro-yuan, or a count where the key says so. Keys that nobody
 * wrote yet stand at 0. The hub keeps them in a table, a what-if in a Map.
 */
export type Counters = (key: string) => bigint;

/** The days of one decision; null where the case does not say. */
export type Days = Readonly<Record<DayEvent, Temporal.PlainDate | null>>;

/** Whom an amount is counted for: `applicant/X`, or "" for the programme as a whole. */
export interface CountedFor {
  readonly per: "claim" | "contract" | "applicant" | "project" | "supplier" | "tier" | "programme";
  readonly id: string;
}

/** `programme/P/cap/annual/applicant/X/2024`, and the keys of other years that count with it. */
export function periodKeys(
  stem: string,
  period: Period,
  day: Temporal.PlainDate,
): { key: string; also: readonly string[] } {
  if (typeof period !== "object") return { key: `${stem}/${periodName(period, day)}`, also: [] };
  const before = Array.from({ length: period.years - 1 }, (_, back) => day.year - 1 - back);
  return { key: `${stem}/${day.year}`, also: before.map((year) => `${stem}/${year}`) };
}

/** The period that a day lies in: `2024`, `2024-H1`, `2024-Q2`, `2024-06`, `ever`. */
export function periodName(
  period: Exclude<Period, { readonly years: number }>,
  day: Temporal.PlainDate,
): string {
  switch (period) {
    case "none":
      return "ever";
    case "calendar-year":
      return `${day.year}`;
    case "half-year":
      return `${day.year}-H${day.month <= 6 ? 1 : 2}`;
    case "quarter":
      return `${day.year}-Q${Math.ceil(day.month / 3)}`;
    case "month":
      return `${day.year}-${String(day.month).padStart(2, "0")}`;
  }
}

/** The stems and keys of counters. Ids of people's choosing never hold a slash: see `idText`. */
export const counterKeys = {
  cap: (programme: ProgrammeId, code: string, who: CountedFor) =>
    `programme/${programme}/cap/${code}/${forText(who)}`,
  budget: (programme: ProgrammeId) => `programme/${programme}/budget`,
  payer: (programme: ProgrammeId, payer: string) => `programme/${programme}/payer/${payer}`,
  /** Counts grants, not yuan. */
  once: (programme: ProgrammeId, code: string, who: CountedFor) =>
    `programme/${programme}/once/${code}/${forText(who)}`,
  /** What an applicant spent in a period, for bands and floors over it. */
  spend: (programme: ProgrammeId, code: string, applicant: string) =>
    `programme/${programme}/spend/${code}/applicant/${idText(applicant)}`,
  /** What a part gave an applicant in a period before caps, beside `spend`. */
  given: (programme: ProgrammeId, code: string, applicant: string) =>
    `programme/${programme}/given/${code}/applicant/${idText(applicant)}`,
  /** Whole card-hours or tokens. */
  inKind: (programme: ProgrammeId, code: string, who: CountedFor) =>
    `programme/${programme}/in-kind/${code}/${forText(who)}`,
  /** All public money for one contract, of whatever programme. */
  contract: (contract: string) => `public/contract/${idText(contract)}`,
  contractLevel: (contract: string, level: Level) =>
    `public/contract/${idText(contract)}/level/${level}`,
  contractProgramme: (contract: string, programme: string) =>
    `public/contract/${idText(contract)}/programme/${idText(programme)}`,
  contractProgrammeLevel: (contract: string, programme: string, level: Level) =>
    `public/contract/${idText(contract)}/programme/${idText(programme)}/level/${level}`,
};

/** Whether a counter is about what was spent, not about what was granted. */
export const isHistory = (programme: ProgrammeId, key: string) =>
  key.startsWith(`programme/${programme}/spend/`) ||
  key.startsWith(`programme/${programme}/given/`);

/** Whether a counter is one of card-hours or tokens. */
export const isInKind = (programme: ProgrammeId, key: string) =>
  key.startsWith(`programme/${programme}/in-kind/`);

const forText = ({ per, id }: CountedFor) => (id === "" ? per : `${per}/${idText(id)}`);

/** An id within a key: what would break the key's parts apart is written as percent codes. */
const idText = (id: string) => id.replaceAll("%", "%25").replaceAll("/", "%2F");

/** Counters with what was added since; the ones below are left as they are. */
export function overlay(below: Counters): {
  readonly counters: Counters;
  readonly add: (touched: readonly Pick<Touched, "key" | "by">[]) => void;
} {
  const added = new Map<string, bigint>();
  return {
    counters: (key) => below(key) + (added.get(key) ?? 0n),
    add: (touched) => {
      for (const { key, by } of touched) added.set(key, (added.get(key) ?? 0n) + by);
    },
  };
}

/** Counters on which nothing stands yet. */
export const noCounters: Counters = () => 0n;
