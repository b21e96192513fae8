import type { Line, ProgrammeRules, Requirement } from "@wadi/core/vouchers";
import { holds, signedOn, type Look, type Truth } from "./oracle-truth.ts";

/** Whether a claim, and which of its lines, may have anything. */
export function eligibilityOf(rules: ProgrammeRules, look: Look) {
  const { of, today } = look;
  const bars: string[] = [];
  let isUnsure = false;
  const { inForce, decidedBy } = rules.version;
  const day =
    decidedBy === "signed" ? signedOn(of) : decidedBy === "applied" ? of.appliedOn : today;
  if (day === null) isUnsure = true;
  else if (!isBetween(day, inForce)) bars.push("not-in-force");
  if (!isTaken(rules, of.appliedOn)) bars.push("outside-window");
  const ban = of.facts["applicant.bannedUntil"];
  if (ban instanceof Temporal.PlainDate && today.toString() <= ban.toString()) bars.push("banned");

  const atClaim = rules.requirements.filter(({ at }) => at !== "redeem");
  for (const requirement of atClaim.filter((one) => one.of === "claim")) {
    const truth = isMet(requirement, look);
    if (truth === "no") bars.push(requirement.code);
    if (truth === "maybe") isUnsure = true;
  }
  const lines = of.lines.filter((line) => {
    const truths = atClaim
      .filter((one) => one.of === "line")
      .map((requirement) => isMet(requirement, { ...look, line }));
    if (truths.some((truth) => truth === "no")) return false;
    if (truths.some((truth) => truth === "maybe")) isUnsure = true;
    return true;
  });
  return {
    bars,
    lines,
    isUnsure,
    totalOf: () => totalOf(look),
  };
}

export const isMet = ({ when, need }: Requirement, look: Look): Truth =>
  holds(when === null ? need : { any: [{ not: when }, need] }, look);

function totalOf({ of }: Look): bigint | undefined {
  const given = of.facts["contract.total"];
  if (typeof given === "bigint") return given;
  if (given === null) return undefined;
  const amounts = of.lines.map(({ amounts: { contract } }: Line) => contract);
  if (amounts.length === 0 || amounts.includes(undefined)) return undefined;
  return amounts.reduce((all: bigint, amount) => all + amount!, 0n);
}

const isBetween = (
  day: Temporal.PlainDate,
  { from, until }: { from: Temporal.PlainDate; until: Temporal.PlainDate | null },
) => from.toString() <= day.toString() && (until === null || day.toString() <= until.toString());

function isTaken({ lifecycle: { cadence } }: ProgrammeRules, day: Temporal.PlainDate): boolean {
  if (cadence.kind === "rolling") return true;
  if (cadence.kind !== "each") {
    return cadence.windows.length === 0 || cadence.windows.some((one) => isBetween(day, one));
  }
  const months = { month: 1, quarter: 3, "half-year": 6 }[cadence.period];
  const first = day.with({ day: 1, month: day.month - ((day.month - 1) % months) });
  return cadence.days === null || first.until(day, { largestUnit: "days" }).days < cadence.days;
}
