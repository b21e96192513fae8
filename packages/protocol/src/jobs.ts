import { z } from "zod";
import { jobStates, priorities, runStates, type JobState, type RunState } from "@wadi/core/job";
import type {
  CardModelId,
  CentreId,
  JobId,
  KeyId,
  PoolId,
  RunId,
  TenantId,
} from "@wadi/core/units";
import {
  amount,
  busyTime,
  byteCount,
  cardSecondCount,
  cardShare,
  duration,
  instant,
  sha256,
  slug,
  uuid,
  workUnitCount,
} from "./codec.ts";
import { estimatedStart, explanation, languageQuery, quote } from "./explanation.ts";
import { jobSpec } from "./job-spec.ts";
import { pageOf, pageQuery, route } from "./route.ts";

const jobState = z.enum(Object.keys(jobStates) as [JobState, ...JobState[]]);
const runState = z.enum(Object.keys(runStates) as [RunState, ...RunState[]]);

/** What a centre could hold of its promise to isolate; told with each run. */
export const isolationView = z
  .object({
    means: z
      .string()
      .describe("What the centre used: systemd, cgroup, bubblewrap, namespaces, group."),
    memoryLimit: z.enum(["hard", "polled", "none"]),
    cpuLimit: z.enum(["hard", "weight", "none"]),
    processLimit: z.boolean(),
    network: z.enum(["own", "shared"]),
    fileSystem: z.enum(["own", "shared"]),
    ownUser: z.boolean(),
    treeKill: z.boolean().describe("Whether killing the run surely leaves no process behind."),
    notes: z.array(z.string()),
  })
  .meta({ id: "Isolation" });

export const usageView = z
  .object({
    cardSeconds: cardSecondCount,
    work: workUnitCount.nullable().describe("Null where the card's peak is unknown."),
    held: duration,
    cpuTime: duration,
    peakMemoryBytes: byteCount,
  })
  .meta({ id: "Usage" });

/** One run's charge, every part of it. */
export const chargeView = z
  .object({
    usage: usageView,
    price: amount.describe("Usage × price before any limit."),
    overHold: amount.describe("What was above the hold, and so is not charged."),
    charge: amount,
    voucher: amount.describe("Paid by a public fund."),
    cash: amount.describe("Paid by the tenant."),
    platformFee: amount.describe("Of the charge, kept by the platform."),
    toProvider: amount,
    chargedAt: instant,
  })
  .meta({ id: "Charge" });

export const runView = z
  .object({
    id: uuid<RunId>(),
    generation: z.int(),
    state: runState,
    centre: slug<CentreId>(),
    pool: slug<PoolId>(),
    model: slug<CardModelId>(),
    cards: z.int().describe("All replicas together."),
    share: cardShare.default(1000).describe("Of each card; 1: the whole of it."),
    emulated: z.boolean().describe("The cards are emulated: slots without the real device."),
    leasedAt: instant,
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    exitCode: z.int().nullable(),
    signal: z.string().nullable(),
    message: z.string(),
    preempted: z
      .boolean()
      .default(false)
      .describe("A round asked for its end: for another job, or to run it in a better pool."),
    isolation: isolationView.nullable(),
    charge: chargeView.nullable(),
  })
  .meta({ id: "Run" });

export const jobView = z
  .object({
    id: uuid<JobId>(),
    tenant: slug<TenantId>(),
    name: z.string(),
    state: jobState,
    why: z.string().nullable().describe("Code of the last step: why it ended or waits."),
    priority: z.enum(priorities),
    submittedAt: instant,
    submittedBy: uuid<KeyId>().nullable(),
    endedAt: instant.nullable(),
    array: z.object({ id: uuid<JobId>(), index: z.int() }).nullable(),
    held: amount.describe("Set aside for it now, cash and voucher."),
    charged: amount.describe("Charged so far, all runs."),
    cancelRequested: z.boolean(),
    centre: slug<CentreId>().nullable().describe("Where it is placed now or ran last."),
    estimatedStart: estimatedStart
      .nullable()
      .default(null)
      .describe("Of a job that waits; null where nobody can say."),
  })
  .meta({ id: "Job" });
export type JobView = z.output<typeof jobView>;

export const jobDetail = jobView
  .extend({
    spec: jobSpec,
    runs: z.array(runView),
  })
  .meta({ id: "JobDetail" });

/** Something that happened to a job. `id` grows; it resumes a stream. */
export const jobEvent = z
  .object({
    id: z.string().describe("Resumes a stream after it."),
    job: uuid<JobId>(),
    run: uuid<RunId>().nullable(),
    at: instant,
    kind: z
      .string()
      .describe("job.<state>, run.<state>, job.held, run.charged, job.cancel-requested"),
    facts: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "JobEvent" });
export type JobEvent = z.output<typeof jobEvent>;

export const readingView = z
  .object({
    run: uuid<RunId>(),
    seq: z.int(),
    revision: z
      .int()
      .optional()
      .describe("Above 0: takes the place of that seq's revision before."),
    from: instant,
    to: instant,
    cards: z.int(),
    cpuTime: duration,
    peakMemoryBytes: byteCount,
    busyTime,
    final: z.boolean(),
    receivedAt: instant,
  })
  .meta({ id: "Reading" });

const jobId = z.strictObject({ id: uuid<JobId>() });
const logQuery = z.strictObject({
  run: uuid<RunId>().optional().describe("Default: the job's last run."),
  replica: z.coerce.number().int().min(0).default(0),
  stream: z.enum(["stdout", "stderr"]).default("stdout"),
  from: z.coerce.number().int().min(0).default(0).describe("Byte offset."),
});

const tag = "Jobs";
export const jobRoutes = {
  makeQuote: route({
    method: "POST",
    path: "/v1/quotes",
    needs: "quotes:make",
    tag,
    status: 200,
    summary: "What a job would cost in each pool, when it would start, and why not elsewhere",
    query: languageQuery,
    body: jobSpec,
    reply: quote,
  }),
  submitJob: route({
    method: "POST",
    path: "/v1/jobs",
    needs: "jobs:submit",
    tag,
    status: 201,
    summary: "Submit a job, or an array of jobs alike",
    idempotent: true,
    body: jobSpec,
    reply: jobView,
  }),
  listJobs: route({
    method: "GET",
    path: "/v1/jobs",
    needs: "jobs:read",
    tag,
    status: 200,
    summary: "Jobs, newest first",
    query: pageQuery.extend({
      state: jobState.optional(),
      name: z.string().max(128).optional(),
      array: uuid<JobId>().optional(),
      tenant: slug<TenantId>().optional(),
    }),
    reply: pageOf(jobView),
  }),
  readJob: route({
    method: "GET",
    path: "/v1/jobs/:id",
    needs: "jobs:read",
    tag,
    status: 200,
    summary: "One job with its spec, runs and charges",
    params: jobId,
    reply: jobDetail,
  }),
  explainJob: route({
    method: "GET",
    path: "/v1/jobs/:id/explanation",
    needs: "jobs:read",
    tag,
    status: 200,
    summary: "Why the job is where it is, or why it waits",
    params: jobId,
    query: languageQuery,
    reply: explanation,
  }),
  cancelJob: route({
    method: "POST",
    path: "/v1/jobs/:id/cancel",
    needs: "jobs:cancel",
    tag,
    status: 202,
    summary: "Ask for the end of a job; of an array, of all that has not ended",
    params: jobId,
    reply: jobView,
  }),
  readLogs: route({
    method: "GET",
    path: "/v1/jobs/:id/logs",
    needs: "jobs:read",
    tag,
    status: 200,
    summary: "Output from a byte offset on; the header wadi-next-offset says where to go on",
    params: jobId,
    query: logQuery,
    media: ["text/plain"],
  }),
  followLogs: route({
    method: "GET",
    path: "/v1/jobs/:id/logs/stream",
    needs: "jobs:read",
    tag,
    status: 200,
    summary: "Output as server-sent events; the event id is the next byte offset",
    params: jobId,
    query: logQuery,
    media: ["text/event-stream"],
  }),
  followJob: route({
    method: "GET",
    path: "/v1/jobs/:id/events",
    needs: "jobs:read",
    tag,
    status: 200,
    summary: "A job's events as server-sent events; resumes by Last-Event-ID",
    params: jobId,
    media: ["text/event-stream"],
  }),
  followTenant: route({
    method: "GET",
    path: "/v1/events",
    needs: "jobs:read",
    tag,
    status: 200,
    summary: "All events of the caller's tenant; resumes by Last-Event-ID",
    media: ["text/event-stream"],
  }),
  listReadings: route({
    method: "GET",
    path: "/v1/jobs/:id/readings",
    needs: "jobs:read",
    tag,
    status: 200,
    summary: "Meter readings of all runs of the job, by run and sequence",
    params: jobId,
    query: pageQuery,
    reply: pageOf(readingView),
  }),
  listOutputs: route({
    method: "GET",
    path: "/v1/jobs/:id/outputs",
    needs: "jobs:read",
    tag,
    status: 200,
    summary: "Files the job left",
    params: jobId,
    reply: z.object({ items: z.array(z.object({ path: z.string(), sha256, bytes: byteCount })) }),
  }),
  readOutput: route({
    method: "GET",
    path: "/v1/jobs/:id/outputs/:sha256",
    needs: "jobs:read",
    tag,
    status: 200,
    summary: "One file the job left",
    params: jobId.extend({ sha256 }),
    media: ["application/octet-stream"],
  }),
  upload: route({
    method: "PUT",
    path: "/v1/uploads/:sha256",
    needs: "uploads:write",
    tag,
    status: 204,
    summary: "Store an input file of at most 64 MiB under its own SHA-256",
    params: z.strictObject({ sha256 }),
    accepts: "application/octet-stream",
  }),
} as const;
