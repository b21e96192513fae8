import { z } from "zod";
import { priorities, type JobSpec } from "@wadi/core/job";
import {
  mebibytes,
  milliCores,
  type CardModelId,
  type CentreId,
  type JobId,
  type PlaceId,
} from "@wadi/core/units";
import {
  amount,
  cardShare,
  cores,
  dataSize,
  duration,
  innerPath,
  instant,
  memory,
  sha256,
  slug,
  uuid,
} from "./codec.ts";

/*
 * The job spec as people write it, in YAML or JSON. Unknown fields are refused. Decoding fills in
 * every default; encoding gives the same grammar back.
 */

const envName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must look like NAME_1")
  .max(256)
  .refine((name) => !name.startsWith("WADI_"), "names that start with WADI_ are set by the centre");

const runCommand = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("command"),
      argv: z.array(z.string().max(8192)).min(1).max(1024),
    }),
    z.strictObject({
      kind: z.literal("script"),
      text: z.string().min(1).max(262_144),
      shell: z
        .string()
        .regex(/^\/[\w./-]+$/, "must be an absolute path")
        .default("/bin/sh"),
    }),
  ])
  .describe("What is run: a command with its arguments, or a script.");

const inputBase = { to: innerPath, bytes: dataSize.nullable().default(null) };
const input = z.discriminatedUnion("kind", [
  z
    .strictObject({ kind: z.literal("upload"), sha256, ...inputBase })
    .describe("A file uploaded before with PUT /v1/uploads/{sha256}."),
  z.strictObject({ kind: z.literal("url"), url: z.url({ protocol: /^https?$/ }), ...inputBase }),
  z
    .strictObject({
      kind: z.literal("dataset"),
      dataset: z.string().min(1).max(256),
      place: slug<PlaceId>(),
      replicas: z
        .array(slug<PlaceId>())
        .max(100)
        .prefault([])
        .describe("Other places that hold the same; it is taken from the cheapest."),
      ...inputBase,
    })
    .describe("A dataset that lies at a place; `bytes` says what moving it costs."),
]);

const cardOption = z
  .strictObject({
    model: slug<CardModelId>(),
    count: z.int().min(1).max(10_000).default(1),
    share: cardShare
      .default(1000)
      .describe("Of one card, 0.25 for a quarter; only with count 1. Default: the whole card."),
    expectedRunTime: duration.nullable().default(null),
  })
  .refine(({ count, share }) => share === 1000 || count === 1, {
    path: ["share"],
    message: "is part of a card, and count is not 1; leave one of them out",
  });

export const cardWish = z.strictObject({
  choose: z.enum(["cheapest", "first"]).default("cheapest"),
  options: z
    .array(cardOption)
    .min(1)
    .max(16)
    .refine(
      (all) => new Set(all.map((one) => one.model)).size === all.length,
      "names a card model twice; give each model once",
    ),
});

export const jobConstraints = z.strictObject({
  places: z.array(slug<PlaceId>()).max(100).default([]),
  domesticOnly: z.boolean().default(false),
  allowCentres: z.array(slug<CentreId>()).max(200).default([]),
  denyCentres: z.array(slug<CentreId>()).max(200).default([]),
});

const retry = z.strictObject({
  times: z.int().min(0).max(100).default(0),
  exitCodes: z.array(z.int().min(1).max(255)).max(64).default([]),
  rerunWhenLost: z.boolean().default(true),
});

const after = z.strictObject({
  ok: z.array(uuid<JobId>()).max(1000).default([]),
  any: z.array(uuid<JobId>()).max(1000).default([]),
});

/** The longest a run may be asked for: 366 days. */
const longestRunMs = 366 * 86_400_000;
const runTime = duration.refine(
  (value) => value >= 1000 && value <= longestRunMs,
  "must be from 1s to 366d",
);

const schema = z
  .strictObject({
    version: z.literal(1),
    name: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[^\p{Cc}]+$/u, "must hold no control characters"),
    run: runCommand,
    env: z.record(envName, z.string().max(32_768)).default({}),
    inputs: z.array(input).max(256).default([]),
    outputs: z.array(innerPath).max(64).default([]),
    replicas: z.int().min(1).max(10_000).default(1),
    cards: cardWish,
    cpu: cores
      .refine((millis) => millis <= 1_024_000, "must be at most 1024 cores")
      .default(milliCores(1000)),
    memory: memory.default(mebibytes(1024)),
    maxRunTime: runTime,
    deadline: instant.nullable().default(null),
    maxCost: amount.nullable().default(null),
    waitingCostPerHour: amount.nullable().default(null),
    constraints: jobConstraints.prefault({}),
    priority: z.enum(priorities).default("normal"),
    preemptible: z.boolean().default(false),
    checkpoint: innerPath.nullable().default(null),
    retry: retry.prefault({}),
    array: z
      .strictObject({
        count: z.int().min(1).max(10_000),
        parallel: z.int().min(1).nullable().default(null),
      })
      .nullable()
      .default(null),
    after: after.prefault({}),
  })
  .meta({ id: "JobSpec" }) satisfies z.ZodType<JobSpec>;

/** The spec as it travels and is stored: plain JSON in the grammar people write. */
export type JobSpecJson = z.input<typeof schema>;

/** Decodes what people write into the domain's own value, and encodes it back. */
export const jobSpec = schema as unknown as z.ZodType<JobSpec, JobSpecJson>;
