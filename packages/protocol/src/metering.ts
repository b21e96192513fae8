import { z } from "zod";
import { bases, lateMaxDays, measureNames, type SourceId } from "@wadi/core/metering";
import type { JobId, RunId, TenantId } from "@wadi/core/units";
import { ed25519Key, ed25519Signature, instant, sequence, share, slug, uuid } from "./codec.ts";
import { attributeName, attributeValue } from "./price-list.ts";
import { pageOf, pageQuery, route } from "./route.ts";
import { signalView } from "./signals.ts";

/** A count of what is metered, in steps of its measure. */
export const stepCount = sequence;

const measure = z.enum(measureNames);
const basis = z.enum(bases).describe("What the figure is of: set aside, or really consumed.");
const attributes = z.record(attributeName, attributeValue);

const meterFields = {
  source: slug<SourceId>().describe("Who reads it off; chosen by whoever sends."),
  tenant: slug<TenantId>(),
  resource: z
    .string()
    .regex(/^[\x21-\x7E]{1,128}$/, "must be 1 to 128 visible ASCII characters without spaces")
    .describe('What it hangs on: an endpoint, a bucket; "run/<id>" is a run of the caller\'s.'),
  measure,
  basis,
};

const reading = z.strictObject({
  number: sequence.describe("1, 2, 3 … within its meter, for ever: the same again is a repeat."),
  revision: z
    .int()
    .min(0)
    .max(32_767)
    .default(0)
    .describe("Above 0: takes the place of this number's revision before."),
  from: instant,
  to: instant,
  quantity: stepCount,
});

export const meterReadingBatch = z
  .strictObject({
    series: z
      .array(
        z.strictObject({
          ...meterFields,
          attributes: attributes.default({}),
          readings: z.array(reading).min(1).max(10_000),
        }),
      )
      .min(1)
      .max(10_000)
      .describe("One for each meter. Readings of a meter follow one another in time by number."),
    signatures: z
      .array(z.strictObject({ source: slug<SourceId>(), signature: ed25519Signature }))
      .max(10_000)
      .default([])
      .describe("One for each source that has a key: of all its readings here, in their order."),
  })
  .meta({ id: "MeterReadingBatch" });
export type MeterReadingBatch = z.output<typeof meterReadingBatch>;

const figure = z.object({
  measure,
  basis,
  unit: z.string(),
  attributes,
  quantity: stepCount,
});

/** Either kind of reading that was put aside: of a run's cards, or of a meter. */
const oddReading = z.object({
  id: sequence,
  of: z.enum(["run", "meter"]),
  from: z.string().describe('The run\'s id, or whose credential sent it: "centre/<id>".'),
  why: z.string(),
  reading: z.unknown().describe("As it was sent."),
  receivedAt: instant,
});

const meterView = z.object({
  id: z.int(),
  signer: z.string(),
  ...meterFields,
  attributes,
  lastNumber: sequence,
  lastTo: instant,
  missing: sequence.describe("Numbers below the last that never came."),
});

const timeGap = z.object({
  from: instant,
  to: instant,
  where: z.enum(["start", "between", "end"]),
});

/** What a source's readings are signed with; see docs/metering.md. */
const meterKeyView = z.object({
  signer: z.string().describe('Whose credential sends for it: "centre/<id>", "operator".'),
  source: slug<SourceId>(),
  signingKey: ed25519Key,
  madeAt: instant,
});

/** What is known of one run's metering: figures with their basis, what is missing, what is odd. */
export const runMetering = z
  .object({
    run: uuid<RunId>(),
    figures: z.array(figure),
    gaps: z.object({
      times: z.array(timeGap),
      numbers: z.array(z.object({ from: z.int(), to: z.int() })),
      isEnded: z.boolean().describe("Whether the last reading has come."),
    }),
    plausibility: z.object({
      kind: z.enum(["unknown", "impossible", "idle", "plausible"]),
      utilisation: share.nullable(),
    }),
    corrections: z.int().describe("How often its charge was corrected."),
  })
  .meta({ id: "RunMetering" });

const tag = "Metering";
export const meteringRoutes = {
  takeMeterReadings: route({
    method: "POST",
    path: "/v1/meter-readings",
    needs: "meters:write",
    tag,
    status: 200,
    summary: `Report what meters read, at most ${lateMaxDays} days late; safe to repeat for ever`,
    body: meterReadingBatch,
    reply: z.object({
      taken: z.int(),
      repeats: z.int().describe("Were there before, the same."),
      odd: z
        .array(
          z.object({
            series: z.int().describe("Index in the request."),
            number: sequence,
            revision: z.int(),
            why: z.string(),
          }),
        )
        .describe("Put aside and counted nowhere; do not send them again."),
    }),
  }),
  putMeterKey: route({
    method: "PUT",
    path: "/v1/meter-keys/:source",
    needs: "meters:write",
    tag,
    status: 200,
    summary: "Register the key that a source's readings are signed with from now on, for ever",
    params: z.strictObject({ source: slug<SourceId>() }),
    body: z.strictObject({ signingKey: ed25519Key.describe("Ed25519, raw.") }),
    reply: meterKeyView,
  }),
  listOddReadings: route({
    method: "GET",
    path: "/v1/odd-readings",
    needs: "ledger:read",
    tag,
    status: 200,
    summary: "Readings that were put aside, with why: of runs first, then of meters, oldest first",
    query: pageQuery,
    reply: pageOf(oddReading),
  }),
  listMeters: route({
    method: "GET",
    path: "/v1/meters",
    needs: "ledger:read",
    tag,
    status: 200,
    summary: "Meters by id, with what is missing of their readings",
    query: pageQuery.extend({
      gaps: z.enum(["only", "any"]).default("any").describe("only: those with numbers missing"),
    }),
    reply: pageOf(meterView),
  }),
  readUsage: route({
    method: "GET",
    path: "/v1/tenants/:id/usage",
    needs: "money:read",
    tag,
    status: 200,
    summary: "What a tenant used in a time, by measure, basis and attributes",
    params: z.strictObject({ id: slug<TenantId>() }),
    query: z.strictObject({ from: instant, until: instant }),
    reply: z.object({ figures: z.array(figure) }),
  }),
  readRunMetering: route({
    method: "GET",
    path: "/v1/jobs/:id/metering",
    needs: "jobs:read",
    tag,
    status: 200,
    summary: "What is known of the metering of the job's runs, by run",
    params: z.strictObject({ id: uuid<JobId>() }),
    reply: z.object({ items: z.array(runMetering) }),
  }),
  listCardSignals: route({
    method: "GET",
    path: "/v1/signals",
    needs: "audit:read",
    tag,
    status: 200,
    summary:
      "Cards that were paid for twice at once or stood idle, in all paid runs; for a person to look at",
    query: z.strictObject({
      since: instant.optional().describe("Runs charged from then on; default: 92 days ago."),
    }),
    reply: z.object({ items: z.array(signalView) }),
  }),
} as const;
