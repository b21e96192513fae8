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
  const { asked: wanted, missing } = askedOf(selected, rule);
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
  const decided: DecidedInKind = { code, unit: rule.unit, asked: wanted, granted, refused };
  const touched = quotas.map((quota) => ({
    ...quota,
    by: granted,
    after: quota.before + granted,
  }));
  return { decided, touched, missing };
}

/** What all lines of the part ask for together. */
function askedOf({ part, rows }: SelectedPart, { unit }: InKind) {
  const lines = rows.flatMap((row) => row.lines);
  const missing = lines.flatMap(({ line }) =>
    line.quantities[unit] === undefined ? asked([`quantities.${unit}`], part.code, line.id) : [],
  );
  const sum = lines.reduce((all, { line }) => all + (line.quantities[unit] ?? 0n), 0n);
  return { asked: sum, missing };
}

function quotasOf({ quotas }: InKind, part: string, { rules, case: of, counters, asOf }: Inquiry) {
  return quotas.flatMap(({ code, per, period, amount }) => {
    const id = per === "programme" ? "" : of[per];
    if (id === null) return [];
    const stem = counterKeys.inKind(rules.id, `${part}/${code}`, { per, id });
    const { key, also } = periodKeys(stem, period, asOf);
    const before = [key, ...also].reduce((sum, one) => sum + counters(one), 0n);
    return [{ code, key, also, before, limit: amount }];
  });
}
