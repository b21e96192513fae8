import { formatRate, formatYuan, type MicroYuan } from "@wadi/core/units";
import {
  standardCodes,
  type Decision,
  type Missing,
  type ProgrammeRules,
  type RedemptionDecision,
  type Settlement,
  type Words,
} from "@wadi/core/vouchers";
import type { Context } from "../context.ts";
import { facts, type Fact } from "../show/facts.ts";

type Style = Pick<Context, "width" | "paint" | "language">;

/** A decision with all its reasons: the outcome first, then how it came about. */
export function decisionLines(
  claim: string,
  decision: Decision,
  { rules, style }: { rules: ProgrammeRules; style: Style },
): string[] {
  const say = speakerOf(rules, style);
  const { outcome, granted, base, parts, refused, excluded, missing, touched, payers } = decision;
  const head = `${claim}: ${outcome}${outcome === "granted" ? ` ${yuan(granted)}` : ""}`;
  const lines: Fact[] = [
    ["base", outcome === "incomplete" ? null : yuan(base)],
    ...excluded.map(({ line, code, amount }): Fact => [
      "left out",
      `${line}, ${yuan(amount)}: ${say(code)}`,
    ]),
    ...parts.map(({ code, amount, granted: kept, rows, surpassedBy }): Fact => {
      const how = rows.flatMap((row) =>
        row.rate === null ? [] : [`${percent(row.rate)} of ${yuan(row.base)}`],
      );
      const lost = surpassedBy === null ? "" : `; ${surpassedBy} is higher`;
      const cut = kept === amount ? "" : `, ${yuan(kept)} of it granted`;
      return [code, `${yuan(amount)}${how.length > 0 ? ` = ${how.join(" + ")}` : ""}${cut}${lost}`];
    }),
    ...refused.map(({ code, amount }): Fact => [
      "refused",
      `${yuan(amount)} ${code}: ${say(code)}`,
    ]),
    ...missing.map((one): Fact => ["missing", missingText(one, say)]),
    ...touched
      .filter(({ limit }) => limit !== null)
      .map(({ code, before, after, limit }): Fact => [
        "counter",
        `${code} ${yuan(before)} → ${yuan(after)} of ${yuan(limit!)}`,
      ]),
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
    ...missing.map((one): Fact => ["missing", missingText(one, say)]),
  ];
  return [style.paint("bold", `${id} of ${on.toString()}: ${outcome}`), ...facts(lines, style)];
}

type Say = (code: string) => string;

/** What a code means, in the programme's own words where it has any. */
function speakerOf(rules: ProgrammeRules, { language }: Style): Say {
  const own = [
    ...rules.requirements,
    ...rules.spend.floors,
    ...rules.parts,
    ...rules.caps,
    ...rules.exclusions,
    ...(rules.publicCeiling ? [rules.publicCeiling] : []),
    ...rules.payers,
  ].map(({ code, text }) => [code, text] as const);
  const texts = new Map<string, Words>([...Object.entries<Words>(standardCodes), ...own]);
  return (code) => texts.get(code)?.[language] ?? code;
}

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
