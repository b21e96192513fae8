import { divide, least, microYuan, oneFen, type MicroYuan } from "../../units/index.ts";
import type { Bands, PartRule, SpendThenFull } from "../rules/index.ts";

const whole = 1_000_000n;
const fenOfRate = whole * oneFen;

/** How a part counts that depends on the sum spent. */
export type BandRule = Pick<Bands, "counting" | "over" | "rows">;

/** The bands of a part; spend-then-full is bands of 0 %, 100 % and 0 %. Null: it has none. */
export function bandsOf(rule: PartRule): BandRule | null {
  if ("bands" in rule) return rule.bands;
  if ("spendThenFull" in rule) return asBands(rule.spendThenFull);
  return null;
}

/** R21: what bands give for a sum spent; the sum of all bands is rounded down to the fen once. */
export function bandWorth({ counting, rows }: BandRule, spent: MicroYuan): MicroYuan {
  const inBand = (from: MicroYuan, to: MicroYuan | null) =>
    spent >= from && (to === null || spent < to);
  const millionths =
    counting === "whole"
      ? spent * (rows.find(({ from, to }) => inBand(from, to))?.rate ?? 0n)
      : rows.reduce((sum, band) => sum + portion(band, spent) * band.rate, 0n);
  return microYuan(divide(millionths, fenOfRate, "down") * oneFen);
}

/**
 * What bands give for a sum spent at least, however much is spent beside it: where a further yuan
 * may bring all of the sum into a lower band, no more than what would be left there.
 */
export const sureWorth = (bands: BandRule, spent: MicroYuan): MicroYuan =>
  bands.rows
    .filter(({ from }) => from > spent)
    .map(({ from }) => bandWorth(bands, from))
    .reduce(least<"micro-yuan">, bandWorth(bands, spent));

/** How much of a sum spent lies in a band. */
export function portion(
  { from, to }: { from: MicroYuan; to: MicroYuan | null },
  spent: MicroYuan,
): MicroYuan {
  const end = to === null ? spent : least(to, spent);
  return end > from ? microYuan(end - from) : microYuan(0n);
}

const asBands = ({ spend, full, over }: SpendThenFull): BandRule => {
  const end = microYuan(spend + full);
  const none = { rate: 0n as Bands["rows"][number]["rate"] };
  const all = { rate: whole as Bands["rows"][number]["rate"] };
  return {
    counting: "marginal",
    over,
    rows: [
      { from: microYuan(0n), to: spend, ...none },
      { from: spend, to: end, ...all },
      { from: end, to: null, ...none },
    ],
  };
};
