import { z } from "zod";
import { defaultPolicy as usual, type Crossing, type Policy } from "@wadi/core/dispatch";
import { priorities } from "@wadi/core/job";
import { slugPattern, type CardModelId, type TenantId } from "@wadi/core/units";
import { amount, duration, slug } from "./codec.ts";

/*
 * A policy as operators write it, in YAML or JSON: policy files and the API have the same grammar.
 * What is left out is as in core's `defaultPolicy`; unknown fields are refused.
 */

/** A time that has passed when it is over: not nothing. */
const span = duration.refine((ms) => ms > 0, "must be longer than 0s");
const name = z
  .string()
  .regex(slugPattern, "must be 1 to 63 lower-case letters, digits and inner hyphens");
const count = (most: number) => z.int().min(0).max(most);

/** For each class its own default. */
const waitingCostPerHour = z
  .strictObject({
    urgent: amount.default(usual.waitingCostPerHour.urgent),
    high: amount.default(usual.waitingCostPerHour.high),
    normal: amount.default(usual.waitingCostPerHour.normal),
    low: amount.default(usual.waitingCostPerHour.low),
  })
  .describe("What an hour of waiting is worth where the tenant does not say; yuan, by class.");

const quota = z.strictObject({
  cards: name.describe("A name of `cardClasses`, or a card model."),
  nominal: count(10_000_000).describe("Cards of its own."),
  borrow: count(10_000_000)
    .nullable()
    .default(null)
    .describe("How many more it may use while others leave theirs idle; null: no bound."),
  lend: count(10_000_000)
    .nullable()
    .default(null)
    .describe("How many of its own others may use while they are idle; null: all."),
});

const organisation = z.strictObject({
  id: name,
  parent: name
    .nullable()
    .default(null)
    .describe("The organisation it is part of; null: the region itself."),
  weight: z
    .number()
    .positive()
    .max(1_000_000)
    .default(1)
    .describe("Its share beside its sisters'."),
  tenants: z.array(slug<TenantId>()).max(100_000).default([]),
  quotas: z.array(quota).max(1000).default([]),
  startsPerHour: count(1_000_000_000)
    .nullable()
    .default(null)
    .describe("At most so many of its jobs start in an hour; null: no bound."),
});

const fairness = z.strictObject({
  halfLife: span
    .default(usual.fairness.halfLife)
    .describe("What was used so long ago counts half."),
  pastWeight: z
    .number()
    .min(0)
    .max(1000)
    .default(usual.fairness.pastWeight)
    .describe("How much past use counts beside present use; 0: only what is held now."),
  cardClasses: z
    .record(name, z.array(slug<CardModelId>()).min(1).max(1000))
    .default({})
    .describe("Card models that one quota counts together, by name of the class."),
  organisations: z
    .array(organisation)
    .max(10_000)
    .default([])
    .describe("The tree. Tenants in none of them hang on the region itself, with weight 1."),
});

const booking = z.strictObject({
  depth: count(1_000_000)
    .nullable()
    .default(usual.booking.depth)
    .describe("How many waiting jobs get a booked start: 1 is EASY backfill; null: all."),
  within: duration.default(usual.booking.within).describe("No start is booked farther ahead."),
});

const preemption = z.strictObject({
  classes: z
    .array(z.enum(priorities))
    .max(priorities.length)
    .default([...usual.preemption.classes])
    .describe("Classes that may stop runs of lower ones."),
  reclaim: z
    .boolean()
    .default(usual.preemption.reclaim)
    .describe("Whether an organisation within its quota may stop runs of those that borrow."),
  shorter: z
    .number()
    .positive()
    .max(1_000_000)
    .nullable()
    .default(usual.preemption.shorter)
    .describe("A job may stop a run that has this many times its own time left; null: never."),
  moves: amount
    .nullable()
    .default(usual.preemption.moves)
    .describe(
      "A run may be stopped to go where it saves so much, or two to change cards where both" +
        " together do, their losses taken off.",
    ),
  runsPerHour: count(1_000_000).default(usual.preemption.runsPerHour),
  leastRun: duration
    .default(usual.preemption.leastRun)
    .describe("A run younger than this is left alone."),
});

const slower = (thousandths: number) => count(1_000_000).default(thousandths);
const crossing = z
  .strictObject({
    host: slower(usual.layout.crossing.host),
    domain: slower(usual.layout.crossing.domain),
    rack: slower(usual.layout.crossing.rack),
    block: slower(usual.layout.crossing.block),
    pool: slower(usual.layout.crossing.pool),
  } satisfies Record<Crossing, z.ZodType>)
  .describe("How much longer a gang runs that spans so much, in thousandths.");

const layout = z.strictObject({
  gangs: z
    .enum(["pack", "spread"])
    .default(usual.layout.gangs)
    .describe("Replicas close together on few hosts, or apart on many."),
  crossing: crossing.prefault({}),
});

const pace = z
  .strictObject({
    unacknowledgedMin: z.int().min(1).max(1_000_000).default(usual.pace.unacknowledgedMin),
    unacknowledgedMax: z.int().min(1).max(1_000_000).default(usual.pace.unacknowledgedMax),
  })
  .refine(
    ({ unacknowledgedMin, unacknowledgedMax }) => unacknowledgedMin <= unacknowledgedMax,
    "has unacknowledgedMin above unacknowledgedMax; swap them",
  )
  .describe("Leases that a centre may hold without having acknowledged them: least and most.");

/** A policy as it travels: replies have every field. */
export const policyDocument = z
  .strictObject({
    version: z.literal(1).describe("Of this grammar."),
    waitingCostPerHour: waitingCostPerHour.prefault({}),
    order: z
      .enum(["fair", "oldest", "shortest"])
      .default(usual.order)
      .describe(
        "Inside a class: smallest weighted share first; by time of submission; or most waiting" +
          " cost saved per hour of run time.",
      ),
    ageing: span
      .nullable()
      .default(usual.ageing)
      .describe("After each such time of waiting a job counts as one class higher; null: never."),
    fairness: fairness.prefault({}),
    booking: booking.prefault({}),
    waitForCheaper: duration
      .default(usual.waitForCheaper)
      .describe(
        "How long after its submission a job may wait, where it could start, for a cheaper hour" +
          " or a cheaper pool that is full now; then it starts as soon and wherever it can." +
          " 0s: a job never waits where it could start.",
      ),
    preemption: preemption.prefault({}),
    layout: layout.prefault({}),
    carbonPricePerTonne: amount
      .nullable()
      .default(usual.carbonPricePerTonne)
      .describe("Yuan per tonne of CO2; null: carbon is not counted."),
    pace: pace.prefault({}),
  })
  .meta({ id: "Policy" });

/** A policy as it is stored and written: plain JSON in the grammar of files. */
export type PolicyJson = z.input<typeof policyDocument>;

/**
 * Decodes what people write into the domain's own value, and encodes it back whole. What one field
 * alone cannot show, such as a parent that there is not, is core's to check.
 */
export const policySpec = z.codec(policyDocument, z.custom<Policy>(), {
  decode: policyOf,
  encode: policyDocumentOf,
});

/** The domain's value of what was decoded. */
export function policyOf({
  version: _version,
  ...policy
}: z.output<typeof policyDocument>): Policy {
  return policy;
}

/** What is to be encoded. */
export function policyDocumentOf(policy: Policy): z.output<typeof policyDocument> {
  return { version: 1, ...(policy as Mutable<Policy>) };
}

/** Zod's own types have no `readonly`; nothing here is changed. */
type Mutable<T> = T extends readonly (infer I)[]
  ? Mutable<I>[]
  : T extends string | number | bigint | boolean | null
    ? T
    : { -readonly [K in keyof T]: Mutable<T[K]> };
