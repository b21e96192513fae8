import { divide } from "../../units/index.ts";
import { counterKeys, periodKeys } from "../counters.ts";
import type { DecidedInKind, Missing, Touched } from "../decision.ts";
import type { InKind } from "../rules/index.ts";
import { asked } from "./eligibility.ts";
import { inKindOf } from "./grant.ts";
import type { Inquiry } from "./inquiry.ts";
import type { SelectedPart } from "./select-parts.ts";

export interface GrantedInKind {
  readonly inKind: DecidedInKind[];
  readonly touched: Touched[];
  readonly missing: Missing[];
}

/**
 * R25: quotas of card-hours and tokens. Each quota cuts in file order.
 *
 * @param bar  why nothing at all is granted; null: nothing stands against it
 */
export function grantInKind(
  selected: readonly SelectedPart[],
  inquiry: Inquiry,
  bar: string | null,
): GrantedInKind {
  const all = selected.flatMap((one) => {
    const rule = inKindOf(one.part);
    return rule === null || !one.applies ? [] : [grantOne(one, rule, inquiry, bar)];
  });
  return {
    inKind: all.map(({ decided }) => decided),
    touched: all.flatMap(({ touched }) => touched),
    missing: all.flatMap(({ missing }) => missing),
  };
}

function grantOne(selected: SelectedPart, rule: InKind, inquiry: Inquiry, bar: string | null) {
  const { code } = selected.part;
  const { lines, asked: wanted, missing } = askedOf(selected, rule);
  const quotas = quotasOf(rule, code, inquiry);
  const bounds = [
    { code: "above-share", room: divide(wanted * rule.share, 1_000_000n, "down") },
    ...(rule.most === null ? [] : [{ code: "above-most", room: rule.most }]),
    ...quotas.map((quota) => ({ code: quota.code, room: quota.limit - quota.before })),
    ...(bar === null ? [] : [{ code: bar, room: 0n }]),
  ];
  let granted = wanted;
  const refused = bounds.flatMap((bound) => {
    const room = bound.room < 0n ? 0n : bound.room;
    if (granted <= room) return [];
    const amount = granted - room;
    granted = room;
    return [{ code: bound.code, amount }];
  });
  const decided = { code, unit: rule.unit, lines, asked: wanted, granted, refused };
  const touched = quotas.map((quota) => touch(quota, granted));
  return { decided, touched, missing };
}

/** What all lines of the part ask for together. */
function askedOf({ part, rows }: SelectedPart, { unit }: InKind) {
  const taken = rows.flatMap((row) => row.lines);
  const missing = taken.flatMap(({ line }) =>
    line.quantities[unit] === undefined ? asked([`quantities.${unit}`], part.code, line.id) : [],
  );
  const sum = taken.reduce((all, { line }) => all + (line.quantities[unit] ?? 0n), 0n);
  return { lines: taken.map(({ line }) => line.id), asked: sum, missing };
}

/** A quota as it stands for one claim. */
interface QuotaMeter extends Pick<Touched, "code" | "key" | "also" | "before"> {
  readonly per: InKind["quotas"][number]["per"];
  readonly limit: bigint;
}

function quotasOf(
  { quotas }: InKind,
  part: string,
  { rules, case: of, counters, asOf }: Inquiry,
): QuotaMeter[] {
  return quotas.flatMap(({ code, per, period, amount }) => {
    const id = per === "programme" ? "" : of[per];
    if (id === null) return [];
    const stem = counterKeys.inKind(rules.id, `${part}/${code}`, { per, id });
    const { key, also } = periodKeys(stem, period, asOf);
    const before = [key, ...also].reduce((sum, one) => sum + counters(one), 0n);
    return [{ code, per, key, also, before, limit: amount }];
  });
}

const touch = ({ per: _per, ...quota }: QuotaMeter, by: bigint): Touched => ({
  ...quota,
  by,
  after: quota.before + by,
});

/**
 * R35: what quotas get back of units that are given back. The quota of the programme as a whole is
 * its budget in units; the others are room.
 */
export function touchUnitsBack(
  inquiry: Inquiry,
  units: readonly { readonly code: string; readonly amount: bigint }[],
): Touched[] {
  const { parts, lifecycle } = inquiry.rules;
  const { releasedBudgetReturns, releasedRoomReturns } = lifecycle;
  return units.flatMap(({ code, amount }) => {
    const rule = inKindOf(parts.find((part) => part.code === code)!)!;
    return quotasOf(rule, code, inquiry)
      .filter(({ per }) => (per === "programme" ? releasedBudgetReturns : releasedRoomReturns))
      .map((quota) => touch(quota, -amount));
  });
}
