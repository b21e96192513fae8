import { formatRate, formatYuan, type MicroYuan } from "@wadi/core/units";
import {
  codeText,
  isInKind,
  type DecidedInKind,
  type Decision,
  type Missing,
  type ProgrammeRules,
  type RedemptionDecision,
  type Settlement,
} from "@wadi/core/vouchers";
import type { Context } from "../context.ts";
import { facts, type Fact } from "../show/facts.ts";
import { unitText } from "../show/units.ts";

type Style = Pick<Context, "width" | "paint" | "language">;

/** A decision with all its reasons: the outcome first, then how it came about. */
export function decisionLines(
  claim: string,
  decision: Decision,
  { rules, style }: { rules: ProgrammeRules; style: Style },
): string[] {
  const say = speakerOf(rules, style);
  const { outcome, base, parts, inKind, refused, excluded, missing, touched, payers } = decision;
  const head = `${claim}: ${outcome}${grantText(decision, style)}`;
  const inUnits = new Set(rules.parts.flatMap(({ code, rule }) => ("inKind" in rule ? code : [])));
  const lines: Fact[] = [
    ["base", outcome === "incomplete" ? null : yuan(base)],
    ...excluded.map(({ line, code, amount }): Fact => [
      "left out",
      `${line}, ${yuan(amount)}: ${say(code)}`,
    ]),
    ...parts
      .filter(({ code }) => !inUnits.has(code))
      .map(({ code, amount, granted: kept, rows, surpassedBy }): Fact => {
        const how = rows.flatMap((row) =>
          row.rate === null ? [] : [`${percent(row.rate)} of ${yuan(row.base)}`],
        );
        const lost = surpassedBy === null ? "" : `; ${surpassedBy} is higher`;
        const cut = kept === amount ? "" : `, ${yuan(kept)} of it granted`;
        return [
          code,
          `${yuan(amount)}${how.length > 0 ? ` = ${how.join(" + ")}` : ""}${cut}${lost}`,
        ];
      }),
    ...refused.map(({ code, amount }): Fact => [
      "refused",
      `${yuan(amount)} ${code}: ${say(code)}`,
    ]),
    ...inKind.flatMap(({ code, unit, asked, granted, refused: cut }): Fact[] => [
      [code, `${unitText(granted, unit, style)} of ${asked} asked for`],
      ...refusedUnits({ unit, refused: cut }, { say, style }),
    ]),
    ...missing.map((one): Fact => ["missing", missingText(one, say)]),
    ...touched
      .filter(({ limit }) => limit !== null)
      .map(({ code, key, before, after, limit }): Fact => {
        const text = isInKind(rules.id, key) ? String : yuan;
        return ["counter", `${code} ${text(before)} → ${text(after)} of ${text(limit!)}`];
      }),
    ...payers.map(({ payer, fund, amount }): Fact => [
      "paid by",
      `${payer} (${fund}) ${yuan(amount)}`,
    ]),
  ];
  return [style.paint("bold", head), ...facts(lines, style)];
}

/** What a bill gave under a claim. */
export function redemptionLines(
  { id, on }: Settlement,
  redemption: RedemptionDecision,
  { rules, style }: { rules: ProgrammeRules; style: Style },
): string[] {
  const say = speakerOf(rules, style);
  const { outcome, settled, redeemed, applicantPays, released, refused, missing } = redemption;
  const { inKind } = redemption;
  const some = (amount: bigint) => (amount === 0n ? null : yuan(amount));
  const lines: Fact[] = [
    ["bill", yuan(settled)],
    ["redeemed", yuan(redeemed)],
    ["applicant pays", yuan(applicantPays)],
    ["released", some(released)],
    ...refused.map(({ code, amount }): Fact => [
      "refused",
      `${yuan(amount)} ${code}: ${say(code)}`,
    ]),
    ...inKind.flatMap(({ code, unit, used, drawn, released: back, refused: cut }): Fact[] => [
      [code, used === 0n ? null : `${drawn} drawn of ${unitText(used, unit, style)}`],
      ["released", back === 0n ? null : unitText(back, unit, style)],
      ...refusedUnits({ unit, refused: cut }, { say, style }),
    ]),
    ...missing.map((one): Fact => ["missing", missingText(one, say)]),
  ];
  return [style.paint("bold", `${id} of ${on.toString()}: ${outcome}`), ...facts(lines, style)];
}

/** What is granted: money, unless there is nothing but units, and units. */
function grantText({ outcome, granted, inKind }: Decision, style: Style): string {
  if (outcome !== "granted") return "";
  const units = inKind.map((one) => unitText(one.granted, one.unit, style));
  const money = granted > 0n || units.length === 0 ? [yuan(granted)] : [];
  return ` ${[...money, ...units].join(", ")}`;
}

const refusedUnits = (
  { unit, refused }: Pick<DecidedInKind, "unit" | "refused">,
  { say, style }: { say: Say; style: Style },
): Fact[] =>
  refused.map(({ code, amount }) => [
    "refused",
    `${unitText(amount, unit, style)} ${code}: ${say(code)}`,
  ]);

type Say = (code: string) => string;

const speakerOf =
  (rules: ProgrammeRules, { language }: Style): Say =>
  (code) =>
    codeText(rules, code)[language];

function missingText(missing: Missing, say: Say): string {
  if (missing.kind === "evidence") {
    const why = {
      absent: "",
      expired: ", what is there has expired",
      "too-old": ", what is there is too old",
    };
    return `evidence ${missing.name}, for ${say(missing.for)}${why[missing.because]}`;
  }
  const line = missing.line === null ? "" : ` of line ${missing.line}`;
  return `${missing.name}${line}, for ${say(missing.for)}`;
}

const yuan = (amount: bigint) => formatYuan(amount as MicroYuan);

/** A share as people write it: 30 %. */
function percent(rate: bigint): string {
  const text = formatRate((rate * 100n) as Parameters<typeof formatRate>[0]);
  return `${text} %`;
}
