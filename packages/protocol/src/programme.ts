import {
  baseKinds,
  dayEvents,
  sourceGrades,
  type BaseKind,
  type ProgrammeRules,
  type SourceGrade,
} from "@wadi/core/vouchers";
import type { ProgrammeId, Rate } from "@wadi/core/units";
import { z } from "zod";

import { plainDate, slug } from "./codec.ts";
import { lawAmount, lawRate } from "./law-values.ts";
import { condition } from "./programme-condition.ts";
import { control } from "./programme-control.ts";
import { code, level, part, payer, period, when, words } from "./programme-parts.ts";

/*
 * A programme as officers write it, in YAML or JSON: files and the API have the same grammar.
 * Unknown fields are refused. What one field alone cannot show is core's to check: `checkRules`.
 */

const at = z.enum(["claim", "redeem", "both"]);
const all = 1_000_000n as Rate;
const dayWindow = z.strictObject({ from: plainDate, until: plainDate.describe("Included.") });
const namesOf = <K extends string>(table: Readonly<Record<K, unknown>>) =>
  z.enum(Object.keys(table) as [K, ...K[]]);

const requirement = z.strictObject({
  code: code.describe("What a refusal says, such as signed-too-early."),
  text: words,
  of: z
    .enum(["claim", "line"])
    .default("claim")
    .describe("claim: all is refused; line: only the lines that fail are left out."),
  at: at.default("claim").describe("When it is judged."),
  when: when.describe("Where this is false it is not asked."),
  need: condition,
  evidence: z.array(code).max(50).default([]).describe("Kinds of evidence that it needs."),
});

const spend = z.strictObject({
  claimBase: namesOf<BaseKind>(baseKinds).describe("Which amount of a line the rates apply to."),
  redeemBase: namesOf<BaseKind>(baseKinds),
  taxDivisor: lawRate
    .nullable()
    .default(null)
    .describe("null: amounts count with tax; 1.06: they are divided by it."),
  floors: z
    .array(
      z.strictObject({
        code,
        text: words,
        of: z.enum(["base", "face"]).describe("What must reach it: the spend, or the grant."),
        period: period.default("none"),
        amount: lawAmount,
      }),
    )
    .max(20)
    .default([]),
});

const cap = z.strictObject({
  code,
  text: words,
  per: z.enum(["claim", "contract", "applicant", "project", "supplier", "tier", "programme"]),
  period: period.default("none"),
  by: z.enum(dayEvents).default("decided").describe("The day whose period counts."),
  when: when.describe("It holds only where this does."),
  limit: z.union([
    z.strictObject({ amount: lawAmount }),
    z.strictObject({ rate: lawRate.describe("Of the claim's base.") }),
  ]),
  counts: z.enum(["granted", "redeemed"]).default("granted"),
  parts: z.array(code).min(1).nullable().default(null).describe("Parts that count; null: all."),
  relaxableTo: lawAmount.nullable().default(null).describe("How far an approval may raise it."),
});

const exclusion = z.union([
  z.strictObject({ once: z.enum(["contract", "applicant", "project"]), code, text: words }),
  z.strictObject({
    noOther: z.strictObject({
      levels: z.array(level).default([]),
      programmes: z.array(z.string().min(1).max(128)).max(1000).default([]),
    }),
    code,
    text: words,
  }),
]);

const windows = z.array(dayWindow).max(400);
const cadence = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("rolling") }),
  z.strictObject({ kind: z.literal("windows"), windows: windows.min(1) }),
  z.strictObject({
    kind: z.literal("each"),
    period: z.enum(["month", "quarter", "half-year"]),
    days: z.int().min(1).max(184).nullable().default(null),
  }),
  z.strictObject({ kind: z.literal("batch"), windows: windows.default([]) }),
  z.strictObject({
    kind: z.literal("competitive"),
    windows: windows.default([]),
    places: z.int().min(1).max(1_000_000),
  }),
]);

const lifecycle = z.strictObject({
  mode: z.enum(["advance-deduct", "claim-then-redeem", "reimburse", "instant", "no-application"]),
  cadence: cadence.default({ kind: "rolling" }).describe("When claims are taken."),
  validity: z
    .union([
      z.strictObject({ months: z.int().min(1).max(120) }),
      z.strictObject({ until: plainDate }),
    ])
    .nullable()
    .default(null)
    .describe("12 months issued on 1 April: the last day is 31 March. null: no end."),
  transfer: z
    .union([z.literal("none"), z.strictObject({ subAccounts: z.int().min(1).max(1000) })])
    .default("none"),
  reserves: z
    .enum(["application", "grant", "redemption"])
    .default("grant")
    .describe("The step that takes budget and caps up."),
  releasedRoomReturns: z
    .boolean()
    .default(true)
    .describe("Room under caps comes back when a claim is released or expires."),
  releasedBudgetReturns: z.boolean().default(true),
  redeemLimitedToRate: z
    .boolean()
    .default(true)
    .describe("Redemption is limited to the rate on what was settled."),
});

const redemption = z.strictObject({
  evidence: z
    .array(
      z.strictObject({
        kind: code,
        text: words,
        at: at.default("claim"),
        onlyWhenNamed: z.boolean().default(false),
        freshDays: z.int().min(1).max(36_500).nullable().default(null),
      }),
    )
    .max(100)
    .default([]),
  stages: z
    .array(
      z.strictObject({
        code,
        text: words,
        office: z.enum(["platform", "district", "bureau", "finance", "expert"]),
        persons: z.union([z.literal(1), z.literal(2)]).default(1),
        days: z.int().min(1).max(3660).nullable().default(null),
      }),
    )
    .max(20)
    .default([]),
  notice: z
    .strictObject({ days: z.int().min(1).max(365) })
    .nullable()
    .default(null),
  shortage: z.enum(["first-come", "equal-ratio"]).default("first-come"),
});

/** A programme's rules at one version. */
export const programmeDocument = z
  .strictObject({
    programme: slug<ProgrammeId>().describe("Its id: the same in every version."),
    name: words,
    place: z
      .string()
      .regex(/^\d{6}$/, "must be an administrative division of six digits, 330100")
      .describe("Whose programme it is."),
    timeZone: z.string().min(1).max(64).describe("Whose days are meant."),
    sources: z
      .array(
        z.strictObject({
          title: z.string().min(1).max(500),
          where: z.string().min(1).max(500).describe("An address, or the number of a document."),
          grade: namesOf<SourceGrade>(sourceGrades).describe("O: seen on an official site."),
        }),
      )
      .max(50)
      .default([]),
    version: z.strictObject({
      number: z.int().min(1).max(1_000_000),
      inForce: z.strictObject({ from: plainDate, until: plainDate.nullable().default(null) }),
      decidedBy: z.enum(["signed", "applied", "redeemed"]).default("applied"),
      openClaims: z.enum(["stay", "follow"]).default("stay"),
    }),
    requirements: z.array(requirement).max(500).default([]),
    priority: z
      .strictObject({
        ranks: z
          .array(z.strictObject({ when: condition, rank: z.int().min(1).max(1000) }))
          .max(100)
          .default([]),
        points: z
          .array(z.strictObject({ when: condition, points: z.int().min(0).max(1_000_000) }))
          .max(100)
          .default([]),
      })
      .prefault({}),
    spend,
    parts: z.array(part).min(1).max(100),
    combine: z
      .array(z.strictObject({ highestOf: z.array(code).min(2).max(100) }))
      .max(50)
      .default([]),
    payers: z.array(payer).min(1).max(20),
    caps: z.array(cap).max(100).default([]),
    publicCeiling: z
      .strictObject({
        code,
        text: words,
        rate: lawRate.default(all),
        amount: lawAmount.nullable().default(null),
      })
      .nullable()
      .default(null),
    exclusions: z.array(exclusion).max(50).default([]),
    budget: z
      .strictObject({ amount: lawAmount, period: period.default("none") })
      .nullable()
      .describe("What there is to give; null: no bound."),
    lifecycle,
    redemption: redemption.prefault({}),
    control: control.prefault({}),
  })
  .meta({ id: "ProgrammeRules" });

/** Plain JSON in the grammar of files: how rules are stored and sent. */
export type ProgrammeJson = z.input<typeof programmeDocument>;

/** Between what officers write and core's value. */
export const programmeRules = z.codec(programmeDocument, z.custom<ProgrammeRules>(), {
  decode: ({ programme, ...rules }) => ({ id: programme, ...rules }) as ProgrammeRules,
  encode: ({ id, ...rules }) => ({ programme: id, ...rules }) as z.output<typeof programmeDocument>,
});

/** Where a path of core's `checkRules` stands in a file: parts have no `rule` there. */
export const placeInFile = (pointer: string): string =>
  pointer.replace(/^(\/parts\/\d+)\/rule(?=\/|$)/, "$1").replace(/^\/id$/, "/programme");
