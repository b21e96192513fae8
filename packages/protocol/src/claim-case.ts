import { closest } from "@wadi/core/capacity";
import type { MicroYuan } from "@wadi/core/units";
import {
  baseKinds,
  factKind,
  factNames,
  isFactName,
  type BaseKind,
  type Case,
  type FactName,
  type Facts,
  type FactValue,
  type Settlement,
} from "@wadi/core/vouchers";
import { z } from "zod";

import { plainDate, sha256, wholeNumber } from "./codec.ts";
import { lawAmount, lawRate } from "./law-values.ts";
import { level } from "./programme-parts.ts";

/*
 * What a programme is asked to decide, as people write it: one claim with its contract. The same
 * grammar serves `wadi programme try` and claims sent to the hub.
 */

const id = z.string().min(1).max(256);
const bare = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]);

/** Facts by name; null says that there is none, what is left out is unknown. */
const facts = z.codec(z.record(z.string(), bare), z.custom<Facts>(), {
  decode: (read, ctx) => {
    const known: [FactName, FactValue][] = [];
    for (const [name, value] of Object.entries(read)) {
      const wrong = (message: string) =>
        ctx.issues.push({ code: "custom", message, input: value, path: [name] });
      if (!isFactName(name)) {
        const [meant] = closest(name, factNames, 1);
        wrong(`is not a known fact${meant ? `; did you mean "${meant}"?` : ""}`);
        continue;
      }
      const fact = value === null ? null : factOf(name, value);
      if (fact === undefined) {
        wrong(`must be ${rightFor[factKind(name).type]}; read ${JSON.stringify(value)}`);
      } else known.push([name, fact]);
    }
    return Object.fromEntries(known);
  },
  encode: (value) =>
    Object.fromEntries(
      Object.entries(value).map(([name, fact]) => [name, writtenFact(name, fact)]),
    ),
});

type Bare = z.output<typeof bare>;

const rightFor = {
  code: "a code",
  codes: "a list of codes",
  place: "an administrative division of six digits in quotes",
  day: 'a day, "2024-03-15"',
  whole: "a whole number",
  money: 'yuan, "800万"',
  "yes-no": "true or false",
} as const;

function factOf(name: FactName, read: Exclude<Bare, null>): FactValue | undefined {
  switch (factKind(name).type) {
    case "code":
      return typeof read === "string" && read !== "" ? read : undefined;
    case "codes":
      return Array.isArray(read) ? read : undefined;
    case "place":
      return /^\d{6}$/.test(String(read)) ? String(read) : undefined;
    case "day":
      return typeof read === "string" ? plainDate.safeDecode(read).data : undefined;
    case "whole":
      return /^\d{1,18}$/.test(String(read)) ? BigInt(String(read)) : undefined;
    case "money":
      return lawAmount.safeDecode(read as string).data;
    case "yes-no":
      return typeof read === "boolean" ? read : undefined;
  }
}

function writtenFact(name: string, value: FactValue | undefined): Bare {
  if (value instanceof Temporal.PlainDate) return value.toString();
  if (typeof value !== "bigint") return (value ?? null) as Bare;
  const isMoney = factKind(name as FactName).type === "money";
  return isMoney ? lawAmount.encode(value as MicroYuan) : `${value}`;
}

const amountFields = Object.fromEntries(
  Object.keys(baseKinds).map((kind) => [kind, lawAmount.optional()]),
) as Record<BaseKind, z.ZodOptional<typeof lawAmount>>;
/** Of one line: a thousand of them still fit into 64 bits. */
const quantityMax = 10n ** 15n;
const quantity = wholeNumber<bigint>("units").refine(
  (count) => count <= quantityMax,
  `must be at most ${quantityMax}`,
);
const quantities = z.strictObject({
  "card-hours": quantity.optional(),
  tokens: quantity.optional(),
});

const line = z.strictObject({
  id: z.string().min(1).max(64),
  facts: facts.default({}),
  amounts: z.strictObject(amountFields).prefault({}),
  quantities: quantities.prefault({}),
});

const evidence = z.strictObject({
  kind: z.string().min(1).max(64),
  sha256,
  madeOn: plainDate.nullable().default(null),
  validUntil: plainDate.nullable().default(null),
});

const party = z.string().min(1).max(256);
const relations = z.strictObject({
  holdings: z
    .array(z.strictObject({ holder: party, held: party, share: lawRate }))
    .max(10_000)
    .nullable()
    .default(null),
  controllers: z
    .array(z.strictObject({ party, controller: party }))
    .max(10_000)
    .nullable()
    .default(null),
  officers: z
    .array(z.strictObject({ party, person: party }))
    .max(10_000)
    .nullable()
    .default(null),
});

/** The parts of a case that are not given by where it is sent. */
export const caseFields = {
  supplier: id,
  contract: id,
  project: id.nullable().default(null),
  asked: lawAmount.nullable().default(null).describe("Less than could be had; null: all."),
  facts: facts.default({}).describe("Of applicant, contract, supplier and project, by name."),
  lines: z.array(line).min(1).max(1000),
  evidence: z.array(evidence).max(1000).default([]),
  contact: z
    .strictObject({
      bankAccount: z.string().max(128).default(""),
      phone: z.string().max(64).default(""),
      address: z.string().max(512).default(""),
    })
    .nullable()
    .default(null)
    .describe("How the applicant is paid and reached; compared among applicants."),
  relations: relations.prefault({}),
  otherMoney: z
    .array(z.strictObject({ programme: id, level, amount: lawAmount }))
    .max(100)
    .nullable()
    .default(null)
    .describe("Public money for the contract from elsewhere; null: unknown."),
  registrations: z
    .array(
      z.strictObject({
        register: id,
        supplier: id,
        item: id.nullable().default(null),
        from: plainDate,
        until: plainDate.nullable().default(null),
      }),
    )
    .max(10_000)
    .nullable()
    .default(null),
  approvals: z
    .array(
      z.strictObject({
        cap: z.string().min(1).max(64),
        limit: lawAmount,
        approvedBy: z.array(id).min(1).max(20),
      }),
    )
    .max(20)
    .default([]),
} as const;

/** What a claim lacked, of all that stands in its case; what is left out is not brought. */
export const broughtFields = {
  facts: caseFields.facts,
  lines: z.array(line).max(1000).default([]).describe("Lines of the claim, by id."),
  evidence: caseFields.evidence,
  relations: caseFields.relations,
  otherMoney: caseFields.otherMoney,
  registrations: caseFields.registrations,
} as const;

/** What was delivered and billed under a claim. */
export const settlementFields = {
  id,
  on: plainDate.describe("The bill's day."),
  lines: z
    .array(
      z.strictObject({
        line: z.string().min(1).max(64),
        amount: lawAmount.describe("To be paid in money; 0 where all of it is drawn in kind."),
        quantities: quantities.optional().describe("Used of what was granted in kind."),
      }),
    )
    .min(1)
    .max(1000),
  evidence: z.array(evidence).max(1000).default([]),
  last: z.boolean().default(false).describe("Nothing more will come: the rest is released."),
} as const;
const settlement = z.strictObject(settlementFields);

/** A case file: one claim, the day it is decided, and what was billed under it later. */
export const caseDocument = z
  .strictObject({
    claim: id,
    applicant: id,
    appliedOn: plainDate,
    asOf: plainDate.optional().describe("The day of the decision; left out: when applied for."),
    ...caseFields,
    settlements: z.array(settlement).max(1000).default([]),
  })
  .meta({ id: "ClaimCase" });

/** What of a case file core decides on. */
export function caseOf(document: z.output<typeof caseDocument>): {
  readonly case: Case;
  readonly asOf: Temporal.PlainDate;
  readonly settlements: readonly Settlement[];
} {
  const { asOf, settlements, ...rest } = document;
  return { case: rest as Case, asOf: asOf ?? rest.appliedOn, settlements };
}
