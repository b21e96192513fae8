import type { Bands, Case, Line, Part, PartRule, ProgrammeRules } from "@wadi/core/vouchers";
import {
  add,
  floorFen,
  floorTo,
  isLess,
  multiply,
  over,
  positive,
  smaller,
  subtract,
  sum,
  whole,
  zero,
  type Fraction,
} from "./fraction.ts";
import { isSamePeriod, isUndone, micro, millionths, type Past } from "./history.ts";
import { holds, type Look } from "./oracle-truth.ts";

/** Lines by the row of the part that they fall into. */
export interface PartLines {
  readonly part: Part;
  readonly applies: boolean;
  readonly rows: ReadonlyMap<number, readonly Line[]>;
  readonly isUnsure: boolean;
}

const mentionsLine = (condition: unknown): boolean =>
  JSON.stringify(condition, (_, value: unknown) =>
    typeof value === "bigint" ? "" : value,
  ).includes('"fact":"line.');

export function linesOf(part: Part, lines: readonly Line[], look: Look): PartLines {
  let isUnsure = false;
  const isSo = (condition: Parameters<typeof holds>[0], line?: Line) => {
    const truth = holds(condition, line ? { ...look, line } : look);
    if (truth === "maybe") isUnsure = true;
    return truth === "yes";
  };
  const byLine = part.when !== null && mentionsLine(part.when);
  const rows = new Map<number, Line[]>();
  const applies = byLine ? true : isSo(part.when);
  const own = byLine ? lines.filter((line) => isSo(part.when, line)) : applies ? lines : [];
  for (const line of own) {
    const table = "rates" in part.rule ? part.rule.rates : [{ when: null }];
    let row = -1;
    for (const [index, { when }] of table.entries()) if (row < 0 && isSo(when, line)) row = index;
    if (row >= 0) rows.set(row, [...(rows.get(row) ?? []), line]);
  }
  return { part, applies: byLine ? own.length > 0 : applies, rows, isUnsure };
}

export const netOf = (rules: ProgrammeRules, gross: bigint | undefined): Fraction => {
  const { taxDivisor } = rules.spend;
  if (taxDivisor === null) return micro(gross);
  return floorTo(over(micro(gross), millionths(taxDivisor)), 1n);
};

/** What bands give for all that was spent. */
export function worthOfBands(bands: Bands, spent: Fraction): Fraction {
  const pieces = bands.rows.map(({ from, to, rate }) => {
    const isIn = !isLess(spent, micro(from)) && (to === null || isLess(spent, micro(to)));
    if (bands.counting === "whole") return isIn ? multiply(spent, millionths(rate)) : zero;
    const top = to === null ? spent : smaller(spent, micro(to));
    return multiply(positive(subtract(top, micro(from))), millionths(rate));
  });
  return floorFen(sum(pieces));
}

export const asBands = (rule: PartRule): Bands | null => {
  if ("bands" in rule) return rule.bands;
  if (!("spendThenFull" in rule)) return null;
  const { spend, full, over: period } = rule.spendThenFull;
  const band = (from: bigint, to: bigint | null, rate: bigint) => ({ from, to, rate });
  const end = spend + full;
  const rows = [band(0n, spend, 0n), band(spend, end, 1_000_000n), band(end, null, 0n)];
  return { counting: "marginal", over: period, rows } as unknown as Bands;
};

/** The applicant's spend and what the part came to, earlier in the period. */
export function earlier(part: Part, of: Case, today: Temporal.PlainDate, past: readonly Past[]) {
  const period = asBands(part.rule)?.over ?? "claim";
  if (period === "claim") return { base: zero, amount: zero };
  const parts = past
    .filter((one) => one.countsSpend && !isUndone(one) && one.of.applicant === of.applicant)
    .filter(({ on }) => isSamePeriod(period, on, today))
    .flatMap((one) => one.parts.filter(({ code }) => code === part.code));
  return {
    base: sum(parts.map(({ base }) => base)),
    amount: sum(parts.map(({ amount }) => amount)),
  };
}

/** What a part gives for the amounts of its lines, before any bound. */
export function partWorth(
  { part, applies, rows }: PartLines,
  at: { look: Look; past: readonly Past[]; amountOf: (line: Line) => Fraction },
): { base: Fraction; amount: Fraction; isUnsure: boolean } {
  const { look, past, amountOf } = at;
  const { rule } = part;
  const baseOf = (lines: readonly Line[] = []) => sum(lines.map(amountOf));
  const none = { base: zero, amount: zero, isUnsure: false };
  if (!applies || "inKind" in rule) return none;
  if ("rates" in rule) {
    const each = [...rows].map(([row, lines]) =>
      floorFen(multiply(baseOf(lines), millionths(rule.rates[row]!.rate))),
    );
    const base = sum([...rows.values()].map(baseOf));
    return { base, amount: intoFaces(sum(each), rule.faces), isUnsure: false };
  }
  if ("once" in rule) {
    let isUnsure = false;
    for (const { when, amount } of rule.once.rows) {
      const truth = holds(when, look);
      if (truth === "maybe") isUnsure = true;
      if (truth === "yes") return { base: zero, amount: floorFen(micro(amount)), isUnsure };
    }
    return { ...none, isUnsure };
  }
  if ("coFund" in rule) {
    const other = look.of.otherMoney;
    if (other === null) return { ...none, isUnsure: true };
    const given = other.filter(({ level }) => rule.coFund.levels.includes(level));
    const amount = multiply(
      sum(given.map((one) => micro(one.amount))),
      millionths(rule.coFund.rate),
    );
    return { base: zero, amount: floorFen(amount), isUnsure: false };
  }
  const bands = asBands(rule)!;
  const base = baseOf(rows.get(0));
  if (base.n === 0n) return none;
  const before = earlier(part, look.of, look.today, past);
  const worth = positive(subtract(worthOfBands(bands, add(before.base, base)), before.amount));
  const faces = "faces" in rule ? rule.faces : undefined;
  return { base, amount: intoFaces(worth, faces), isUnsure: false };
}

export function intoFaces(
  amount: Fraction,
  faces: { amounts: readonly bigint[]; fill: "one" | "many" } | undefined,
): Fraction {
  if (faces === undefined) return floorFen(amount);
  const descending = faces.amounts.toSorted((a, b) => Number(b - a));
  let filled = zero;
  for (const face of descending) {
    while (!isLess(amount, add(filled, whole(face)))) {
      filled = add(filled, whole(face));
      if (faces.fill === "one") return filled;
    }
  }
  return filled;
}
