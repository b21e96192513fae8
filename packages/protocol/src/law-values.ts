import { z } from "zod";
import { formatRate, formatYuan, parseRate, parseYuan, rate } from "@wadi/core/units";
import type { MicroYuan, Rate } from "@wadi/core/units";

/*
 * Values as the texts of programmes write them. Whoever copies a rule out of a gazette should not
 * have to count zeros: "800万" and "30 %" are read as they stand. They are written back plain.
 */

const tenThousand = 10_000n;
const powers: Readonly<Record<string, bigint>> = {
  "": 1n,
  万: tenThousand,
  亿: tenThousand * tenThousand,
};

/** Yuan in whole fen: "8000000", "8,000,000.00", "800万", "2.5亿"; a whole number may be bare. */
export const lawAmount = z
  .codec(z.union([z.string(), z.int().min(0)]), z.custom<MicroYuan>(isBigint), {
    decode: (read, ctx) => {
      const [, digits = "", unit = ""] =
        /^([\d,]+(?:\.\d+)?)\s*([万亿]?)\s*元?$/.exec(`${read}`) ?? [];
      const number = isGrouped(digits) ? parseYuan(digits.replaceAll(",", "")) : undefined;
      const value = number === undefined ? -1n : number * powers[unit]!;
      if (value >= 0n && value % 10_000n === 0n) return value as MicroYuan;
      return refuse(ctx, read, 'yuan in whole fen, "8000000", "800万" or "2.5亿"');
    },
    encode: (value) => formatYuan(value),
  })
  .meta({
    wire: { type: "string", examples: ["8000000.00", "800万"], description: "Yuan, whole fen." },
  });

/** A share: "30 %", "0.3" or "30%"; at most six decimals of the fraction. */
export const lawRate = z
  .codec(z.union([z.string(), z.number()]), z.custom<Rate>(isBigint), {
    decode: (read, ctx) => {
      const value = fractionOf(`${read}`);
      return value ?? refuse(ctx, read, 'a share such as "30 %" or "0.3"');
    },
    encode: (value) => formatRate(value),
  })
  .meta({ wire: { type: "string", examples: ["30 %", "0.3"], description: "A share." } });

function fractionOf(text: string): Rate | undefined {
  const [, percents] = /^(\d+(?:\.\d+)?)\s*[%％]$/.exec(text) ?? [];
  if (percents === undefined) return parseRate(text);
  const hundredfold = parseRate(percents);
  if (hundredfold === undefined || hundredfold % 100n !== 0n) return undefined;
  return rate(hundredfold / 100n);
}

/** Commas, where there are any, stand between groups of three. */
const isGrouped = (digits: string) =>
  !digits.includes(",") || /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(digits);

function refuse(ctx: { issues: unknown[] }, input: string | number, right: string): never {
  const message = `must be ${right}; read ${JSON.stringify(input)}`;
  ctx.issues.push({ code: "custom", message, input });
  return z.NEVER;
}

function isBigint(value: unknown) {
  return typeof value === "bigint";
}
