import { total, type MicroYuan } from "../../units/index.ts";
import type { Case, Line } from "../case.ts";
import type { Days } from "../counters.ts";
import type { DayEvent, FactName, FactValue } from "../rules/index.ts";
import { registersOf } from "./registers.ts";

/** What is known about a case, and about one of its lines. */
export interface Known {
  readonly case: Case;
  readonly line: Line | null;
  readonly days: Days;
}

export function known(of: Case, asOf: Temporal.PlainDate, line: Line | null = null): Known {
  const signed = of.facts["contract.signedOn"];
  const signedOn = signed instanceof Temporal.PlainDate ? signed : null;
  return { case: of, line, days: { decided: asOf, applied: of.appliedOn, signed: signedOn } };
}

/** The same case, seen from one of its lines. */
export const atLine = (seen: Known, line: Line): Known => ({ ...seen, line });

/** The value of a fact, given or worked out; undefined: unknown; null: there is none. */
export function valueOf(seen: Known, name: FactName): FactValue | undefined {
  const given = name.startsWith("line.") ? seen.line?.facts[name] : seen.case.facts[name];
  return given === undefined ? derivedValueOf(seen, name) : given;
}

/** The fact that an event of the case is known by, for asking. */
export const factOfEvent = { decided: null, applied: null, signed: "contract.signedOn" } as const;

export const dayOf = ({ days }: Known, day: Temporal.PlainDate | DayEvent) =>
  typeof day === "string" ? days[day] : day;

function derivedValueOf(seen: Known, name: FactName): FactValue | undefined {
  switch (name) {
    case "contract.termMonths":
      return termOf(seen.case);
    case "contract.total":
      return totalOf(seen.case);
    case "supplier.registers":
      return registersOf(seen.case, seen.days.signed, null);
    case "line.registers":
      return seen.line ? registersOf(seen.case, seen.days.signed, seen.line) : undefined;
    default:
      return undefined;
  }
}

/** The fewest whole months that reach from the first day to the last one, both included. */
function termOf({ facts }: Case): bigint | undefined {
  const start = facts["contract.startsOn"];
  const end = facts["contract.endsOn"];
  if (!(start instanceof Temporal.PlainDate && end instanceof Temporal.PlainDate)) return undefined;
  const { months, days } = start.until(end.add({ days: 1 }), { largestUnit: "months" });
  return BigInt(months + (days > 0 ? 1 : 0));
}

function totalOf({ lines }: Case): MicroYuan | undefined {
  const amounts = lines.flatMap(({ amounts: { contract } }) => contract ?? []);
  return lines.length > 0 && amounts.length === lines.length ? total(amounts) : undefined;
}
