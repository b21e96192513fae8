import type { Problem } from "../../capacity/index.ts";
import { formatYuan, type MicroYuan } from "../../units/index.ts";
import type { Case, Line } from "../case.ts";
import { checkCase } from "../decide/check-case.ts";
import { atLine, known, valueOf, type Known } from "../decide/known.ts";
import { factKind, type FactName } from "../rules/index.ts";

/** The parts of a case that an applicant may be asked to complete. */
export type Told = Pick<Case, "facts" | "lines" | "relations" | "otherMoney" | "registrations">;

/** A value that was brought; `path` is a JSON pointer into what was brought. */
export interface BroughtValue {
  readonly path: string;
  /** As `Missing` names it: `contract.signedOn`, `amounts.approved`, `relations.holdings`. */
  readonly name: string;
  readonly line: string | null;
  readonly to: string;
}

/** A value that was told otherwise before. */
export interface Correction extends BroughtValue {
  readonly from: string;
}

export interface Bringing {
  /** What is told from now on. */
  readonly told: Told;
  /** What was unknown before. */
  readonly added: readonly BroughtValue[];
  readonly corrected: readonly Correction[];
  /** What contradicts itself, or is about a line that the claim does not have. */
  readonly problems: readonly Problem[];
}

/**
 * Puts what was brought beside what was told. The same value again is neither added nor corrected;
 * the order of lists does not matter, and a list comes as a whole. Null in place of a list brings
 * none. What can be worked out of what was told counts as told. Whether a correction is taken is
 * the caller's to say.
 */
export function bringFacts(of: Case, brought: Told): Bringing {
  const seen = known(of, of.appliedOn);
  const values = [
    ...factsIn(brought.facts, { at: "/facts", line: null, seen }),
    ...brought.lines.flatMap((line, index) => {
      const own = of.lines.find(({ id }) => id === line.id);
      return own ? lineValues(line, { own, at: `/lines/${index}`, seen }) : [];
    }),
    ...listsIn(of, brought),
  ];
  const changed = values.filter(({ before, after }) => canonical(before) !== canonical(after));
  return {
    told: merged(of, brought),
    added: changed.filter(({ before }) => before === undefined).map(toBrought),
    corrected: changed
      .filter(({ before }) => before !== undefined)
      .map((one) => ({ ...toBrought(one), from: written(one.before, one.name) })),
    problems: [
      ...checkCase({ ...brought, asked: null }),
      ...brought.lines.flatMap(({ id }, index): Problem[] => {
        const ids = of.lines.map((line) => line.id);
        if (ids.includes(id)) return [];
        const message = `"${id}" is no line of this claim; its lines are ${ids.join(", ")}`;
        return [{ path: `/lines/${index}/id`, message }];
      }),
    ],
  };
}

/** A value as it is known before and after; undefined: unknown. */
interface Value extends Pick<BroughtValue, "path" | "name" | "line"> {
  readonly before: unknown;
  readonly after: unknown;
}

const toBrought = ({ path, name, line, after }: Value): BroughtValue => ({
  ...{ path, name, line },
  to: written(after, name),
});

const factsIn = (
  facts: Told["facts"],
  { at, line, seen }: { at: string; line: string | null; seen: Known },
): Value[] =>
  Object.entries(facts).map(([name, after]) => ({
    ...{ path: `${at}/${name}`, name, line },
    ...{ before: valueOf(seen, name as FactName), after },
  }));

function lineValues(line: Line, of: { own: Line; at: string; seen: Known }): Value[] {
  const { own, at } = of;
  const numbers = (["amounts", "quantities"] as const).flatMap((kind) =>
    Object.entries(line[kind]).map(([name, after]): Value => {
      const before = (own[kind] as Readonly<Record<string, bigint>>)[name];
      return {
        path: `${at}/${kind}/${name}`,
        name: `${kind}.${name}`,
        line: line.id,
        before,
        after,
      };
    }),
  );
  const facts = { at: `${at}/facts`, line: line.id, seen: atLine(of.seen, own) };
  return [...factsIn(line.facts, facts), ...numbers];
}

function listsIn(of: Told, brought: Told): Value[] {
  const value = (name: string, before: unknown, after: unknown): Value[] => {
    const path = `/${name.replaceAll(".", "/")}`;
    return after === null ? [] : [{ path, name, line: null, before: before ?? undefined, after }];
  };
  return [
    ...relationNames.flatMap((name) =>
      value(`relations.${name}`, of.relations[name], brought.relations[name]),
    ),
    ...value("otherMoney", of.otherMoney, brought.otherMoney),
    ...value("registrations", of.registrations, brought.registrations),
  ];
}

const relationNames = ["holdings", "controllers", "officers"] as const;

const merged = (of: Told, brought: Told): Told => ({
  facts: { ...of.facts, ...brought.facts },
  lines: of.lines.map((line) => {
    const more = brought.lines.find(({ id }) => id === line.id);
    if (!more) return line;
    return {
      ...line,
      facts: { ...line.facts, ...more.facts },
      amounts: { ...line.amounts, ...more.amounts },
      quantities: { ...line.quantities, ...more.quantities },
    };
  }),
  relations: {
    holdings: brought.relations.holdings ?? of.relations.holdings,
    controllers: brought.relations.controllers ?? of.relations.controllers,
    officers: brought.relations.officers ?? of.relations.officers,
  },
  otherMoney: brought.otherMoney ?? of.otherMoney,
  registrations: brought.registrations ?? of.registrations,
});

/** A value as people read it. */
function written(value: unknown, name: string): string {
  if (value === null) return "none";
  if (typeof value === "bigint" && isMoney(name)) return formatYuan(value as MicroYuan);
  return typeof value === "string" ? value : canonical(value);
}

const isMoney = (name: string) =>
  name.startsWith("amounts.") ||
  (!name.startsWith("quantities.") && factKind(name as FactName).type === "money");

/** One text for one value: the order of lists and fields makes no other of it. */
function canonical(value: unknown): string {
  if (typeof value === "bigint" || value instanceof Temporal.PlainDate) return value.toString();
  if (Array.isArray(value)) return `[${value.map(canonical).toSorted().join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, one]) => `${name}: ${canonical(one)}`).join(", ")}}`;
}
