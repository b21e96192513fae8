import { formatRate, formatYuan, type MicroYuan, type Rate } from "@wadi/core/units";
import { signalKinds, type Control, type Indicator, type SignalKind } from "@wadi/core/vouchers";
import { z } from "zod";

import { lawAmount, lawRate } from "./law-values.ts";
import { code, words } from "./programme-parts.ts";

type Unit = Indicator["unit"];

/** A number whose unit stands beside it: a share, an amount, or a whole number. */
const bare = z.union([z.string(), z.number()]);

function valueIn(unit: Unit, read: string | number): bigint | undefined {
  if (unit === "rate") return lawRate.safeDecode(read).data;
  if (unit === "yuan") return lawAmount.safeDecode(read).data;
  return /^\d{1,18}$/.test(`${read}`) ? BigInt(read) : undefined;
}

/** A number as people write it, its unit standing beside it. */
export function writtenIn(unit: Unit, value: bigint): string {
  if (unit === "rate") return formatRate(value as Rate);
  return unit === "yuan" ? formatYuan(value as MicroYuan) : `${value}`;
}

const rightFor: Readonly<Record<Unit, string>> = {
  rate: 'a share such as "30 %"',
  yuan: 'yuan such as "800万"',
  count: "a whole number",
  "card-hours": "a whole number of card-hours",
};

interface Issues {
  issues: unknown[];
}

function refuse(ctx: Issues, { unit, read }: { unit: Unit; read: unknown }, path: string[]): never {
  const message = `must be ${rightFor[unit]}; read ${JSON.stringify(read)}`;
  ctx.issues.push({ code: "custom", message, input: read, path });
  return z.NEVER;
}

type Signal = Control["signals"][number];
const signalNames = Object.keys(signalKinds) as [SignalKind, ...SignalKind[]];
const signal = z.codec(
  z.strictObject({ signal: z.enum(signalNames), threshold: bare }),
  z.custom<Signal>(),
  {
    decode: ({ signal: name, threshold: read }, ctx) => {
      const { unit } = signalKinds[name];
      const threshold = valueIn(unit, read);
      if (threshold === undefined) return refuse(ctx, { unit, read }, ["threshold"]);
      return { signal: name, threshold };
    },
    encode: ({ signal: name, threshold }) => ({
      signal: name,
      threshold: writtenIn(signalKinds[name].unit, threshold),
    }),
  },
);

const goal = z.strictObject({ atLeast: bare.optional(), atMost: bare.optional() });
const indicator = z.codec(
  z.strictObject({
    code,
    text: words,
    unit: z.enum(["count", "yuan", "rate", "card-hours"]),
    goal: goal.nullable().default(null).describe("null: reported only."),
  }),
  z.custom<Indicator>(),
  {
    decode: (fields, ctx) => {
      if (fields.goal === null) return { ...fields, goal: null };
      const { atLeast, atMost } = fields.goal;
      const [side, read] = atLeast === undefined ? ["atMost", atMost] : ["atLeast", atLeast];
      if (read === undefined || (side === "atLeast" && atMost !== undefined)) {
        const message = "must have either atLeast or atMost";
        ctx.issues.push({ code: "custom", message, input: fields.goal, path: ["goal"] });
        return z.NEVER;
      }
      const value = valueIn(fields.unit, read);
      if (value === undefined) return refuse(ctx, { unit: fields.unit, read }, ["goal", side]);
      return { ...fields, goal: { [side]: value } as unknown as Indicator["goal"] };
    },
    encode: ({ goal: aim, ...rest }) => {
      const sides = Object.entries(aim ?? {});
      const written = sides.map(([side, value]) => [side, writtenIn(rest.unit, value)]);
      return { ...rest, goal: aim && (Object.fromEntries(written) as z.output<typeof goal>) };
    },
  },
);

/** R40 to R42. */
export const control = z.strictObject({
  signals: z
    .array(signal)
    .max(50)
    .default([])
    .describe("What is brought before a person; never refused by itself."),
  clawback: z
    .strictObject({
      share: lawRate.default(1_000_000n as Rate).describe("Of what was redeemed."),
      interestPerYear: lawRate.default(0n as Rate).describe("Simple, by the day, on 365."),
      banMonths: z.int().min(0).max(1200).default(0),
    })
    .nullable()
    .default(null),
  indicators: z.array(indicator).max(100).default([]),
});
