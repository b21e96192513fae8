import { z } from "zod";
import { cardModel, priceSchedule as laidOut, type PriceSchedule } from "@wadi/core/capacity";
import type { PoolNow, Reason, Shape, Snapshot } from "@wadi/core/dispatch";
import { priorities } from "@wadi/core/job";
import {
  durationOf,
  type CardModelId,
  type CentreId,
  type HostId,
  type JobId,
  type PlaceId,
  type PoolId,
  type TenantId,
} from "@wadi/core/units";
import { linkSpec, priceSchedule } from "./centres.ts";
import { amount, byteCount, cores, duration, instant, memory, slug, uuid } from "./codec.ts";
import { cardWish, jobConstraints } from "./job-spec.ts";
import { policyDocument, policyDocumentOf, policyOf } from "./policy.ts";

/*
 * All that a round looks at, as one document: what a live hub gives away for the simulator. It
 * names tenants and jobs by their ids; commands, files and secrets are not in it.
 */

/** Milliseconds since 1970 in the domain, RFC 3339 on the wire. */
const moment = z
  .codec(instant, z.number(), {
    decode: (at) => at.epochMilliseconds,
    encode: (ms) => Temporal.Instant.fromEpochMilliseconds(Math.round(ms)),
  })
  .meta({ wire: { type: "string", format: "date-time" } });

const plainReason = z.object({
  code: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
});

const near = z.string().nullable();
const poolNow = z.strictObject({
  id: slug<PoolId>(),
  centre: slug<CentreId>(),
  place: slug<PlaceId>(),
  model: slug<CardModelId>(),
  emulated: z.boolean(),
  prices: priceSchedule,
  minimumSlice: z.int(),
  wattsPerCard: z.number().nullable(),
  powerPricePerKwh: amount.nullable(),
  carbonGramsPerKwh: z.number().nullable(),
  reclaimsPer1000Hours: z.number(),
  closed: plainReason.nullable().describe("Why its centre takes no run now."),
  maintenance: z.array(z.strictObject({ fromMs: moment, toMs: moment })),
  leasesMax: z.int().nullable(),
  hosts: z.array(
    z.strictObject({
      id: slug<HostId>(),
      cards: z.int(),
      cpu: cores,
      memory,
      domain: near,
      rack: near,
      block: near,
    }),
  ),
});

const shapeView = z.strictObject({
  key: z.string(),
  family: z.string(),
  priority: z.enum(priorities),
  replicas: z.int(),
  cards: cardWish,
  cpu: cores,
  memory,
  maxRunTime: duration,
  deadlineMs: moment.nullable(),
  budget: amount.nullable(),
  waitingCostPerHour: amount.nullable(),
  constraints: jobConstraints,
  ruledOut: z.array(slug<PoolId>()),
  data: z.array(
    z.strictObject({
      places: z.array(slug<PlaceId>()),
      bytes: byteCount,
      checkpoint: z
        .literal(true)
        .exactOptional()
        .describe("It is what a run of the job kept, not an input."),
    }),
  ),
  checkpoints: z.boolean(),
  preemptible: z.boolean(),
});

const runNow = z.strictObject({
  job: uuid<JobId>(),
  tenant: slug<TenantId>(),
  shape: z.int().describe("Its place in `shapes`."),
  pool: slug<PoolId>(),
  need: z.strictObject({ cards: z.int(), share: z.int(), cpu: cores, memory }),
  hosts: z.array(
    z.strictObject({
      host: slug<HostId>(),
      replicas: z.int(),
      card: z.int().optional(),
    }),
  ),
  sinceMs: moment,
  expectedEndMs: moment,
  latestEndMs: moment,
  checkpointedMs: moment.nullable(),
  stopping: z.boolean(),
});

/** A snapshot of a region as it travels and is kept in files. */
export const snapshotDocument = z
  .strictObject({
    version: z.literal(1).describe("Of this form."),
    nowMs: moment,
    policy: policyDocument,
    pools: z.array(poolNow),
    links: z.array(linkSpec),
    tenants: z.array(
      z.strictObject({
        id: slug<TenantId>(),
        cardQuota: z.int().nullable(),
        pastCardSeconds: z.number(),
        startedLately: z.int(),
      }),
    ),
    arrays: z.array(z.strictObject({ id: uuid<JobId>(), running: z.int(), parallel: z.int() })),
    shapes: z.array(shapeView),
    runs: z.array(runNow),
    queue: z.array(
      z.strictObject({
        shape: z.int().describe("Its place in `shapes`."),
        jobs: z.array(
          z.strictObject({
            id: uuid<JobId>(),
            tenant: slug<TenantId>(),
            submittedMs: moment,
            array: uuid<JobId>().nullable(),
          }),
        ),
      }),
    ),
    learnt: z.array(
      z.strictObject({
        family: z.string(),
        times: z.array(
          z.strictObject({
            model: slug<CardModelId>(),
            runs: z.int(),
            median: duration,
            p90: duration,
          }),
        ),
      }),
    ),
    preemptedLately: z.int(),
  })
  .meta({ id: "RegionSnapshot" });
type Written = z.output<typeof snapshotDocument>;

export type RegionSnapshotJson = z.input<typeof snapshotDocument>;

/** Decodes such a document into core's `Snapshot`; without scarcity, which is worked out anew. */
export const regionSnapshot = z.codec(snapshotDocument, z.custom<Snapshot>(), {
  decode: snapshotOf,
  encode: snapshotDocumentOf,
});

function snapshotOf(read: Written, ctx: z.core.ParsePayload): Snapshot {
  const wrong = (path: (string | number)[], message: string) => {
    ctx.issues.push({ code: "custom", path, message, input: read });
  };
  const places = [...read.runs, ...read.queue].map(({ shape }) => shape);
  const missing = places.find((place) => read.shapes[place] === undefined);
  if (missing !== undefined) {
    wrong(["shapes"], `has ${read.shapes.length} items; a run or a group names number ${missing}`);
  }
  const pools = read.pools.flatMap((pool, i): PoolNow[] => {
    const model = cardModel(pool.model);
    const prices = laidOut(pool.prices);
    if (!model) {
      wrong(["pools", i, "model"], `"${pool.model}" is no card model; see docs/catalogue.md`);
    }
    if (prices.kind === "refused") {
      const [first] = prices.problems;
      wrong(["pools", i, "prices"], `${first?.path} ${first?.message}`);
    }
    if (!model || prices.kind === "refused") return [];
    return [{ ...pool, model, prices: prices.value, closed: pool.closed as Reason | null }];
  });
  if (ctx.issues.length > 0) return z.NEVER;
  return domainOf(read, pools);
}

function domainOf(read: Written, pools: readonly PoolNow[]): Snapshot {
  const shapeAt = (place: number): Shape => read.shapes[place]!;
  const { nowMs, policy, links, preemptedLately } = read;
  return {
    ...{ nowMs, pools, links, preemptedLately },
    policy: policyOf(policy),
    tenants: new Map(read.tenants.map(({ id, ...now }) => [id, now])),
    arrays: new Map(read.arrays.map(({ id, ...now }) => [id, now])),
    runs: read.runs.map(({ hosts, shape, ...run }) => ({
      ...run,
      shape: shapeAt(shape),
      hosts: hosts.map(({ card, ...share }) => (card === undefined ? share : { ...share, card })),
    })),
    queue: read.queue.map(({ shape, jobs }) => ({ shape: shapeAt(shape), jobs })),
    learnt: new Map(read.learnt.map(({ family, times }) => [family, times])),
    scarcity: null,
  };
}

/** What is to be encoded: every shape once. */
export function snapshotDocumentOf(snapshot: Snapshot): Written {
  const shapes: Shape[] = [];
  const placeOf = new Map<string, number>();
  const placed = (shape: Shape): number => {
    const known = placeOf.get(shape.key);
    if (known !== undefined) return known;
    placeOf.set(shape.key, shapes.length);
    return shapes.push(shape) - 1;
  };
  const runs = snapshot.runs.map((run) => ({ ...run, shape: placed(run.shape) }));
  const queue = snapshot.queue.map(({ shape, jobs }) => ({ shape: placed(shape), jobs }));
  const { nowMs, policy, pools, links, preemptedLately } = snapshot;
  const whole = {
    version: 1 as const,
    ...{ nowMs, links, preemptedLately, shapes, runs, queue },
    policy: policyDocumentOf(policy),
    pools: pools.map((pool) => ({ ...pool, model: pool.model.id, prices: written(pool.prices) })),
    tenants: [...snapshot.tenants].map(([id, now]) => ({ id, ...now })),
    arrays: [...snapshot.arrays].map(([id, now]) => ({ id, ...now })),
    learnt: [...snapshot.learnt].map(([family, times]) => ({
      family,
      times: times.map((one) => ({
        ...one,
        median: durationOf(Math.round(one.median)),
        p90: durationOf(Math.round(one.p90)),
      })),
    })),
  };
  return whole as unknown as Written; // the same but for `readonly`
}

const written = ({ timeZone, periods, specialDates }: PriceSchedule) => ({
  timeZone,
  periods: periods.map(({ from, to, rules }) => ({ from, to, rules })),
  specialDates,
});
