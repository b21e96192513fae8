import { divide } from "../../units/index.ts";
import type { Claim, DrawnInKind, Progress, SettledLine } from "../claim.ts";
import type { DecidedInKind } from "../decision.ts";
import type { Bar } from "../decide/eligibility.ts";
import { inKindOf } from "../decide/grant.ts";
import { inKindUnits, type ProgrammeRules } from "../rules/index.ts";

/** Units by part in kind, in the order of the decision. */
export type UnitsByPart = readonly bigint[];

/** What of each part in kind is neither drawn nor given back. */
export const openUnits = ({ decision, progress }: Pick<Claim, "decision" | "progress">) =>
  decision.inKind.map(({ code, granted }): bigint => {
    const gone = (progress.drawn[code] ?? 0n) + (progress.givenBack[code] ?? 0n);
    return granted > gone ? granted - gone : 0n;
  });

/**
 * R25: what a settlement draws. What was used is worth the part's share of it, rounded down to
 * whole units over all settlements together, so that two of them draw what one of both would.
 *
 * @param of.counts  the lines that may be redeemed at all
 * @param of.bars  why nothing at all is drawn
 */
export function drawInKind(
  rules: ProgrammeRules,
  claim: Pick<Claim, "decision" | "progress">,
  of: { lines: readonly SettledLine[]; counts: ReadonlySet<string>; bars: readonly Bar[] },
): Omit<DrawnInKind, "released">[] {
  const { decision, progress } = claim;
  const open = openUnits(claim);
  const after = addUsed(progress.used, of.lines);
  const bill = addUsed({}, of.lines);
  return decision.inKind.map((part, index) => {
    const worth = (used: Progress["used"]) => worthOf(rules, part, usedOn(part, used, of.counts));
    const [before, now] = [worth(progress.used), worth(after)];
    const wanted = now - before;
    const due = least(now, part.granted) - least(before, part.granted);
    const drawn = least(due, open[index]!);
    const { code, unit } = part;
    const used = usedOn(part, bill, null);
    const above = refusal("above-grant", wanted - drawn);
    const [bar] = of.bars;
    if (bar === undefined) return { code, unit, used, drawn, refused: above };
    return { code, unit, used, drawn: 0n, refused: [...above, ...refusal(bar.code, drawn)] };
  });
}

const refusal = (code: string, amount: bigint) => (amount > 0n ? [{ code, amount }] : []);
const least = (a: bigint, b: bigint) => (a < b ? a : b);

/** Where redemption is not limited to rates, all that was used is drawn, up to the grant. */
function worthOf(
  { parts, lifecycle }: ProgrammeRules,
  { code }: DecidedInKind,
  used: bigint,
): bigint {
  const { share } = inKindOf(parts.find((part) => part.code === code)!)!;
  return lifecycle.redeemLimitedToRate ? divide(used * share, 1_000_000n, "down") : used;
}

/** What was used of the part's unit on its lines; `counts` null: on all of them. */
const usedOn = (
  { lines, unit }: DecidedInKind,
  used: Progress["used"],
  counts: ReadonlySet<string> | null,
): bigint =>
  lines
    .filter((line) => counts?.has(line) ?? true)
    .reduce((sum, line) => sum + (used[line]?.[unit] ?? 0n), 0n);

/** The sums of two settlements by line and unit. */
export function addUsed(used: Progress["used"], lines: readonly SettledLine[]): Progress["used"] {
  const sums = { ...used };
  for (const { line, quantities = {} } of lines) {
    for (const unit of inKindUnits) {
      const quantity = quantities[unit];
      if (quantity === undefined) continue;
      sums[line] = { ...sums[line], [unit]: (sums[line]?.[unit] ?? 0n) + quantity };
    }
  }
  return sums;
}

/** Adds units to what was drawn, or given back, of each part in kind. */
export const addUnits = (
  { inKind }: Claim["decision"],
  before: Readonly<Record<string, bigint>>,
  units: UnitsByPart,
): Readonly<Record<string, bigint>> =>
  Object.fromEntries(inKind.map(({ code }, index) => [code, (before[code] ?? 0n) + units[index]!]));
