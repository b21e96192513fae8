import { closest } from "@wadi/core/capacity";
import { formatYuan, microYuan } from "@wadi/core/units";
import {
  dayEvents,
  factKind,
  factNames,
  isFactName,
  testNames,
  type Condition,
  type DayOrEvent,
  type FactTest,
  type FactType,
  type TestName,
} from "@wadi/core/vouchers";
import { z } from "zod";

import { lawAmount, lawRate } from "./law-values.ts";

const isoDay = /^\d{4}-\d{2}-\d{2}$/;

/** A day, or one that the case brings along. */
const dayOrEvent = z
  .codec(z.string(), z.custom<DayOrEvent>(), {
    decode: (text, ctx) => {
      const event = dayEvents.find((name) => name === text);
      if (event) return event;
      try {
        if (isoDay.test(text)) return Temporal.PlainDate.from(text, { overflow: "reject" });
      } catch {
        // Told below, with what would be right.
      }
      const events = dayEvents.join(", ");
      const message = `must be a day, "2024-03-15", or one of ${events}; read "${text}"`;
      ctx.issues.push({ code: "custom", message, input: text });
      return z.NEVER;
    },
    encode: (day) => day.toString(),
  })
  .meta({ wire: { type: "string", examples: ["2024-03-15", "signed"] } });

const codes = z.array(z.string().min(1).max(128)).min(1).max(10_000);
const years = z.int().min(1).max(1200);
/** Yuan or a whole number: which of them, the fact says. */
const limit = z.union([z.string(), z.int().min(0)]);

const written = z.strictObject({
  get all(): z.ZodOptional<z.ZodArray<z.ZodType<Condition>>> {
    return z.array(condition).min(1).max(100).optional();
  },
  get any(): z.ZodOptional<z.ZodArray<z.ZodType<Condition>>> {
    return z.array(condition).min(1).max(100).optional();
  },
  get not(): z.ZodOptional<z.ZodType<Condition>> {
    return condition.optional();
  },
  unrelated: z
    .strictObject({
      shareFrom: lawRate.nullable().default(null),
      controller: z.boolean().default(false),
      officers: z.boolean().default(false),
    })
    .optional()
    .describe("Applicant and supplier are no related parties."),
  fact: z.string().optional().describe("What is asked about, such as applicant.legalForm."),
  is: z.union([z.string(), z.boolean()]).optional(),
  in: codes.optional().describe("It is one of these."),
  has: codes.optional().describe("The list holds at least one of these."),
  hasAll: codes.optional(),
  within: codes.optional().describe("In one of these places, or below it."),
  from: dayOrEvent.optional().describe("On this day or later."),
  until: dayOrEvent.optional().describe("On this day or before."),
  withinYears: years.optional().describe("Fewer whole years than this have passed since."),
  withinMonths: years.optional(),
  before: dayOrEvent.optional().describe("What withinYears and withinMonths look back from."),
  atLeast: limit.optional(),
  atMost: limit.optional(),
  given: z.boolean().optional().describe("Whether there is a value at all."),
});
type Written = z.output<typeof written>;

/** What must be so: tests of one fact, or all, any, not of further conditions. */
export const condition: z.ZodType<Condition> = z
  .codec(
    z.lazy(() => written),
    z.custom<Condition>(),
    {
      decode: (fields, ctx) => {
        const wrong = (path: string, message: string) =>
          ctx.issues.push({ code: "custom", message, input: fields, path: path ? [path] : [] });
        const kinds = (["all", "any", "not", "unrelated", "fact"] as const).filter(
          (name) => fields[name] !== undefined,
        );
        if (kinds.length !== 1) {
          const have = kinds.length === 0 ? "none of them" : kinds.join(" and ");
          wrong("", `must have exactly one of fact, all, any, not, unrelated; it has ${have}`);
          return z.NEVER;
        }
        return fields.fact === undefined ? groupOf(fields, wrong) : testOf(fields, wrong);
      },
      encode: writtenOf,
    },
  )
  .meta({
    id: "ProgrammeCondition",
    wire: {
      type: "object",
      description:
        "Tests of one fact, { fact, is … }, or all, any, not, unrelated: docs/encoding-a-programme.md.",
    },
  });

type Wrong = (path: string, message: string) => void;

function groupOf(fields: Written, wrong: Wrong): Condition {
  for (const name of testNames) {
    if (fields[name] !== undefined) wrong(name, "tests a fact; name the fact beside it");
  }
  return Object.fromEntries(given(fields)) as unknown as Condition;
}

/** Which tests go with which type of fact. */
const testsOf: Readonly<Record<FactType, readonly TestName[]>> = {
  code: ["is", "in", "given"],
  codes: ["has", "hasAll", "given"],
  place: ["within", "given"],
  day: ["from", "until", "withinYears", "withinMonths", "given"],
  whole: ["atLeast", "atMost", "given"],
  money: ["atLeast", "atMost", "given"],
  "yes-no": ["is", "given"],
};

function testOf(fields: Written, wrong: Wrong): Condition {
  const { fact: name = "" } = fields;
  if (!isFactName(name)) {
    const [meant] = closest(name, factNames, 1);
    const cure = meant ? `did you mean "${meant}"?` : "see the list of facts in the documentation";
    wrong("fact", `must be a known fact; ${cure}`);
    return z.NEVER;
  }
  const { type } = factKind(name);
  const tests = testNames.filter((test) => fields[test] !== undefined);
  if (tests.length === 0) {
    wrong("", `tests nothing of ${name}; give one of ${testsOf[type].join(", ")}`);
  }
  for (const test of tests) {
    if (!testsOf[type].includes(test)) {
      wrong(test, `does not go with ${name}, a ${type}; it can have ${testsOf[type].join(", ")}`);
    }
  }
  if (typeof fields.is === "boolean" && type !== "yes-no") wrong("is", "must be a code");
  if (typeof fields.is === "string" && type === "yes-no") wrong("is", "must be true or false");
  const bounds = (["atLeast", "atMost"] as const).flatMap((side) => {
    const read = fields[side];
    if (read === undefined) return [];
    const value = type === "money" ? lawAmount.safeDecode(read).data : wholeOf(read);
    if (value === undefined) {
      wrong(side, type === "money" ? 'must be yuan, "800万"' : "must be a whole number");
    }
    return [[side, value]];
  });
  return { ...Object.fromEntries(given(fields)), ...Object.fromEntries(bounds) } as FactTest;
}

const given = (fields: Written) =>
  Object.entries(fields).filter(([, value]) => value !== undefined);

function wholeOf(read: string | number): bigint | undefined {
  return /^\d{1,18}$/.test(`${read}`) ? BigInt(read) : undefined;
}

/** As it is written: limits as text. */
function writtenOf(value: Condition): Written {
  if (!("fact" in value)) return value as Written;
  const text = (amount: bigint) =>
    factKind(value.fact).type === "money" ? formatYuan(microYuan(amount)) : `${amount}`;
  const { atLeast, atMost, ...rest } = value;
  return {
    ...(rest as Omit<Written, "atLeast" | "atMost">),
    ...(atLeast === undefined ? {} : { atLeast: text(atLeast) }),
    ...(atMost === undefined ? {} : { atMost: text(atMost) }),
  };
}
