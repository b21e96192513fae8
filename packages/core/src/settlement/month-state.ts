/** The life of a month's settlement, as tables: the hub moves along them, the docs show them. */

/** Each state and the steps that may be taken from it. A state with no step is final. */
export const monthStates = {
  /** Opened; the month may still be under way. */
  draft: ["import", "void"],
  /** The month's charges are counted and sealed: what comes later belongs to a later month. */
  imported: ["import", "allocate", "void"],
  /** Each tenant's cost is split over its projects. */
  allocated: ["import", "allocate", "compute", "void"],
  /** What each provider is due, the differences, and what does not match, are worked out. */
  computed: ["import", "allocate", "compute", "publish", "void"],
  /** The differences are posted and the month's books closed, for good. */
  published: ["ask-void"],
  /** Somebody wants it taken back; it stands as published until another person agrees. */
  "void-asked": ["void", "keep"],
  /**
   * Taken back: what it posted was posted the other way, into an open month. It may be opened anew:
   * worked out again, it is a correction of the month, whose books stay closed.
   */
  void: [],
} as const satisfies Record<string, readonly string[]>;
export type MonthState = keyof typeof monthStates;
export type MonthStep = (typeof monthStates)[MonthState][number];

/**
 * What each step leads to. `anew`: it may be taken again, and makes its rows again out of the raw
 * ones. `persons`: two where whoever takes it must not be who took the step before; a month that is
 * not published has posted nothing and may be given up by anybody.
 */
export const monthSteps = {
  import: { to: "imported", persons: 1, anew: true },
  allocate: { to: "allocated", persons: 1, anew: true },
  compute: { to: "computed", persons: 1, anew: true },
  publish: { to: "published", persons: 2, anew: false },
  "ask-void": { to: "void-asked", persons: 1, anew: false },
  void: { to: "void", persons: 2, anew: false },
  keep: { to: "published", persons: 1, anew: false },
} as const satisfies Record<MonthStep, { to: MonthState; persons: 1 | 2; anew: boolean }>;

/** Why a step cannot be taken; undefined when it can. */
export function judgeStep<Person extends string>(
  step: MonthStep,
  { state, by, lastBy }: { state: MonthState; by: Person; lastBy: Person },
): "not-now" | "needs-another-person" | undefined {
  if (!(monthStates[state] as readonly MonthStep[]).includes(step)) return "not-now";
  const isHisOwn = monthSteps[step].persons === 2 && by === lastBy;
  const counts = step !== "void" || state === "void-asked";
  return isHisOwn && counts ? "needs-another-person" : undefined;
}

/** Whether what a month has posted stands: also while somebody wants it taken back. */
export const isPublished = (state: MonthState): boolean =>
  state === "published" || state === "void-asked";

/** The month as a stretch of time in a time zone: from its first moment up to the next month's. */
export function stretchOfMonth(
  month: Temporal.PlainYearMonth,
  timeZone: string,
): { readonly from: Temporal.Instant; readonly until: Temporal.Instant } {
  const startOf = (one: Temporal.PlainYearMonth) =>
    one.toPlainDate({ day: 1 }).toZonedDateTime(timeZone).toInstant();
  return { from: startOf(month), until: startOf(month.add({ months: 1 })) };
}
