import type { InKind, Line, ProgrammeRules } from "@wadi/core/vouchers";
import { floorTo, multiply, positive, smaller, subtract, whole } from "./fraction.ts";
import { millionths, openUnitsOf, usedOfQuota, type Past, type PastUnits } from "./history.ts";
import type { PartLines } from "./oracle-parts.ts";
import type { Look } from "./oracle-truth.ts";

/** What is granted in kind, with what was refused as `code amount`. */
export interface UnitsAnswer {
  readonly units: readonly PastUnits[];
  readonly refused: readonly string[];
  /** A line does not say how much it asks for. */
  readonly isUnsure: boolean;
}

/** @param at.bar  what stands against the whole claim, if anything does */
export function oracleUnits(
  rules: ProgrammeRules,
  partLines: readonly PartLines[],
  at: { look: Look; past: readonly Past[]; bar: string | undefined },
): UnitsAnswer {
  const refused: string[] = [];
  let isUnsure = false;
  const units = partLines.flatMap(({ part, applies, rows }): PastUnits[] => {
    if (!("inKind" in part.rule) || !applies) return [];
    const { inKind } = part.rule;
    const quantities = (rows.get(0) ?? []).map((line) => line.quantities[inKind.unit]);
    if (quantities.includes(undefined)) isUnsure = true;
    let left = quantities.reduce((sum: bigint, one) => sum + (one ?? 0n), 0n);
    const most = (code: string, bound: bigint) => {
      const kept = bound < 0n ? 0n : bound < left ? bound : left;
      if (kept < left) refused.push(`${part.code} ${code} ${left - kept}`);
      left = kept;
    };
    most("above-share", shareOfUnits(left, inKind));
    if (inKind.most !== null) most("above-most", inKind.most);
    for (const quota of inKind.quotas) {
      if (quota.per !== "programme" && at.look.of[quota.per] === null) continue;
      most(quota.code, quota.amount - usedOfQuota(rules, { code: part.code, quota }, at));
    }
    if (at.bar !== undefined) most(at.bar, 0n);
    return [{ code: part.code, granted: left, drawn: [], givenBack: [] }];
  });
  return { units, refused, isUnsure };
}

const shareOfUnits = (units: bigint, { share }: InKind) =>
  floorTo(multiply(whole(units), millionths(share)), 1n).n;

/** What was used of each line and unit so far: `line unit`. */
export type Used = ReadonlyMap<string, bigint>;

/**
 * What a settlement draws of each part in kind; writes it into the history.
 *
 * @param of.linesOf  the lines of each part, by its code, that may be redeemed
 */
export function oracleDraw(
  rules: ProgrammeRules,
  past: Past,
  of: { before: Used; after: Used; linesOf: (code: string) => readonly Line[]; isBarred: boolean },
): string[] {
  return past.units.map((one) => {
    const part = rules.parts.find(({ code }) => code === one.code)!;
    const { inKind } = part.rule as { inKind: InKind };
    const worth = (used: Used) => {
      const sum = of
        .linesOf(one.code)
        .reduce((all, { id }) => all + (used.get(`${id} ${inKind.unit}`) ?? 0n), 0n);
      const most = rules.lifecycle.redeemLimitedToRate ? shareOfUnits(sum, inKind) : sum;
      return smaller(whole(most), whole(one.granted));
    };
    const due = positive(subtract(worth(of.after), worth(of.before)));
    const drawn = of.isBarred ? 0n : smaller(due, whole(openUnitsOf(one))).n;
    one.drawn.push(drawn);
    return `${one.code} ${drawn}`;
  });
}

/** Gives back all that is open; writes it into the history. */
export function oracleGiveBack({ units }: Past): string[] {
  return units.map((one) => {
    const open = openUnitsOf(one);
    one.givenBack.push(open);
    return `${one.code} ${open}`;
  });
}
