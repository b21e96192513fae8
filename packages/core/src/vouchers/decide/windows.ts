import { periodName } from "../counters.ts";
import type { Cadence, ProgrammeRules } from "../rules/index.ts";
import type { Turn } from "./inquiry.ts";
import { isWithin } from "./registers.ts";

/** Days on which claims are taken that one round decides together. */
export interface ClaimWindow {
  /** `1` for the first window of the rules, `2026-Q1` for that of a quarter. */
  readonly name: string;
  /** Null: no window begins; claims are taken every day. */
  readonly from: Temporal.PlainDate | null;
  /** Null: no window ends; somebody closes the round. */
  readonly until: Temporal.PlainDate | null;
}

/** R32, R39: whether claims wait for one another and are decided in rounds. */
export const decidesTogether = ({
  lifecycle: { cadence },
  redemption,
}: Pick<ProgrammeRules, "lifecycle" | "redemption">): boolean =>
  cadence.kind === "batch" ||
  cadence.kind === "competitive" ||
  (redemption.shortage === "equal-ratio" && cadence.kind !== "rolling");

/**
 * How a claim is judged by itself: one that its round decides as if there were money for all. What
 * there is then, and for whom, is seen in the round.
 */
export const turnAlone = (rules: Pick<ProgrammeRules, "lifecycle" | "redemption">): Turn => ({
  budget: decidesTogether(rules) ? "unbounded" : null,
  isOut: false,
});

/** R32: whether claims are taken that day. */
export function isOpen(cadence: Cadence, day: Temporal.PlainDate): boolean {
  if (isUnending(cadence)) return true;
  if ("windows" in cadence) return cadence.windows.some((one) => isWithin(day, one));
  if (cadence.kind === "rolling") return true;
  return Temporal.PlainDate.compare(day, windowOfPeriod(cadence, day).until) <= 0;
}

/**
 * The window whose round decides a claim: the first one from its day on that was not decided yet,
 * so that who missed his own round is in the next one. Null: no round comes any more.
 *
 * @param of.decided  names of windows whose rounds were decided
 */
export function windowFor(
  cadence: Cadence,
  { appliedOn, decided }: { appliedOn: Temporal.PlainDate; decided: ReadonlySet<string> },
): ClaimWindow | null {
  if (isUnending(cadence)) return { name: `${decided.size + 1}`, from: null, until: null };
  for (const window of windowsFrom(cadence, appliedOn)) {
    if (!decided.has(window.name)) return window;
  }
  return null;
}

/** Whether claims are taken every day, so that no window ever ends. */
const isUnending = (cadence: Cadence): boolean =>
  cadence.kind === "rolling" || ("windows" in cadence && cadence.windows.length === 0);

/** In time; those of each month, quarter or half-year have no end. */
function* windowsFrom(cadence: Cadence, day: Temporal.PlainDate): Generator<ClaimWindow> {
  if ("windows" in cadence) {
    for (const [index, { from, until }] of cadence.windows.entries()) {
      if (Temporal.PlainDate.compare(day, until) <= 0) yield { name: `${index + 1}`, from, until };
    }
  }
  if (cadence.kind !== "each") return;
  for (let window = windowOfPeriod(cadence, day); ;) {
    yield window;
    window = windowOfPeriod(cadence, window.next);
  }
}

function windowOfPeriod(
  { period, days }: Extract<Cadence, { kind: "each" }>,
  day: Temporal.PlainDate,
) {
  const months = monthsOf[period];
  const start = day.with({ month: day.month - ((day.month - 1) % months), day: 1 });
  const next = start.add({ months });
  const lasts = days ?? next.since(start).days;
  const last = start.add({ days: lasts - 1 });
  const end = next.subtract({ days: 1 });
  const until = Temporal.PlainDate.compare(last, end) < 0 ? last : end;
  return { name: periodName(period, day), from: start, until, next };
}

const monthsOf = { month: 1, quarter: 3, "half-year": 6 } as const;
