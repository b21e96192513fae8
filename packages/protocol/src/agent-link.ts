import { z } from "zod";
import { runStates, type RunState } from "@wadi/core/job";
import type {
  AgentId,
  CardModelId,
  CentreId,
  HostId,
  Id,
  JobId,
  PoolId,
  RunId,
} from "@wadi/core/units";
import {
  busyTime,
  byteCount,
  cardShare,
  duration,
  ed25519Key,
  ed25519Signature,
  innerPath,
  instant,
  memory,
  sequence,
  sha256,
  slug,
  uuid,
} from "./codec.ts";
import { isolationView } from "./jobs.ts";
import { jobSpec } from "./job-spec.ts";
import { route } from "./route.ts";

/*
 * The agent link. An agent dials out and sends one `sync` at a time. What it has to say stands in
 * its journal as entries numbered 1, 2, 3 … without a gap; the hub answers up to which number it
 * has taken them, all in one transaction, so each counts once however often it is sent.
 */

export type JournalId = Id<"journal">;

/** Names one attempt: reports under an older generation of its job change nothing. */
const runRef = { run: uuid<RunId>(), generation: z.int().min(1) };

const runState = z.enum(Object.keys(runStates) as [RunState, ...RunState[]]);

const cardIndex = z.int().min(0).max(2_147_483_647);

/** The run came to a state. A centre reports each state at most once per run, in order. */
const stateEntry = z.strictObject({
  kind: z.literal("state"),
  seq: sequence,
  at: instant,
  ...runRef,
  state: runState,
  exitCode: z.int().nullable(),
  signal: z.string().max(16).nullable(),
  message: z.string().max(4096),
  isolation: isolationView.nullable(),
  slots: z.array(cardIndex).max(10_000).describe("Indices of the cards it holds, at the centre."),
});

/**
 * Cards held from `from` to `to`. Readings of one run are numbered from 1 and follow one another
 * without a gap or overlap; `final` is the last. One with a revision takes the place of the reading
 * of its number with the revision before, whose revision is 0 where it has none.
 */
const readingEntry = z.strictObject({
  kind: z.literal("reading"),
  seq: sequence,
  at: instant,
  ...runRef,
  number: z.int().min(1),
  revision: z.int().min(0).max(32_767).optional(),
  from: instant,
  to: instant,
  cards: z.int().min(0),
  /** These three since the run began: they only grow from one reading to the next. */
  cpuTime: duration,
  peakMemoryBytes: byteCount,
  busyTime,
  final: z.boolean(),
});

/** A piece of output. Pieces of one stream follow one another by offset. */
const logEntry = z.strictObject({
  kind: z.literal("log"),
  seq: sequence,
  at: instant,
  ...runRef,
  replica: z.int().min(0),
  stream: z.enum(["stdout", "stderr"]),
  offset: z.int().min(0),
  data: z.base64().max(1_400_000).describe("At most 1 MiB before encoding."),
});

/** A file the run left, stored before with PUT /v1/agent/outputs/{sha256}. */
const outputEntry = z.strictObject({
  kind: z.literal("output"),
  seq: sequence,
  at: instant,
  ...runRef,
  path: innerPath,
  sha256,
  bytes: byteCount,
});

/**
 * The run has written to its checkpoint folder. Told when it changed, now and then and at the end;
 * an agent that tells of none may still keep them.
 */
const checkpointEntry = z.strictObject({
  kind: z.literal("checkpoint"),
  seq: sequence,
  at: instant,
  ...runRef,
  writtenAt: instant.describe("When a file of it was last written, since this run began."),
  bytes: byteCount.describe("What all files hold; of very many files, of those looked at."),
});

export const linkEntry = z.discriminatedUnion("kind", [
  stateEntry,
  readingEntry,
  logEntry,
  outputEntry,
  checkpointEntry,
]);
export type LinkEntry = z.output<typeof linkEntry>;

const serialNumber = z
  .string()
  .regex(/^[\x21-\x7E]{1,64}$/, "must be 1 to 64 visible ASCII characters without spaces");

/** What the centre has, as its engine sees it; checked against what the operator registered. */
export const inventory = z
  .strictObject({
    engine: z.enum(["host", "slurm", "kubernetes", "fake"]),
    agentVersion: z.string().max(64),
    hosts: z
      .array(
        z.strictObject({
          id: slug<HostId>(),
          cpuCores: z.number().min(0),
          memory,
          cards: z
            .array(
              z.strictObject({
                model: slug<CardModelId>(),
                count: z.int().min(1).max(10_000),
                emulated: z.boolean(),
              }),
            )
            .max(64),
          serials: z
            .array(
              z.strictObject({
                slot: cardIndex.describe("The card's index at the centre."),
                serial: serialNumber,
              }),
            )
            .max(10_000)
            .default([])
            .describe("Of those of its cards that tell one."),
        }),
      )
      .max(25_000),
    isolation: isolationView.nullable(),
  })
  .meta({ id: "Inventory" });
export type Inventory = z.output<typeof inventory>;

/** Raw, in base64. */
export const syncRequest = z
  .strictObject({
    journal: uuid<JournalId>(),
    /** Consecutive; may be empty. At most 2,000 and 4 MiB a sync: the rest follows in the next. */
    entries: z.array(linkEntry).max(2000),
    /** All runs the centre holds now; sent first after a start and each minute, else null. */
    holding: z.array(z.strictObject(runRef)).max(200_000).nullable(),
    /**
     * The number of the last entry there was when `holding` was listed. A list from before what
     * the hub has taken already, such as one that was long under way, says nothing any more.
     */
    asOf: sequence.default(0n),
    /** Sent first after a start and when it changes, else null. */
    inventory: inventory.nullable(),
    /** The answer to the sync before did not arrive: what was in it is to be handed out again. */
    missed: z.boolean().default(false),
    /**
     * Over the readings among `entries`, in their order, with the key registered at the join (see
     * `batchText` of core's proof). Null: an agent without a key, or nothing read.
     */
    signature: ed25519Signature.nullable().default(null),
    /** How long the hub may keep the answer back while it has nothing to hand out. */
    wait: duration,
    /** How many more leases the agent takes now. */
    room: z.int().min(0).max(100_000),
  })
  .meta({ id: "SyncRequest" });
export type SyncRequest = z.output<typeof syncRequest>;

/** Leave to run one attempt of a job. Repeated until the agent reports a state of the run. */
export const lease = z
  .object({
    ...runRef,
    job: uuid<JobId>(),
    attempt: z.int().min(1).describe("1 for the job's first run."),
    spec: jobSpec,
    arrayIndex: z.int().nullable(),
    pool: slug<PoolId>(),
    model: slug<CardModelId>(),
    cardsPerReplica: z.int(),
    share: cardShare
      .default(1000)
      .describe("Of that one card; 1: the whole of each. Where less, placement names the card."),
    placement: z
      .array(
        z.object({
          host: slug<HostId>(),
          replicas: z.int().min(1),
          card: z.int().min(0).optional().describe("Which card of the host, from 0."),
        }),
      )
      .describe("Which host runs how many replicas; advice where the engine chooses hosts itself."),
    emulated: z.boolean(),
    maxRunTime: duration.describe("May be shorter than the spec's: what the budget buys."),
  })
  .meta({ id: "Lease" });
export type Lease = z.output<typeof lease>;

export const stopOrder = z.object({
  ...runRef,
  why: z.enum(["cancelled", "preempted", "superseded", "centre-closed"]),
});

export const syncReply = z
  .object({
    /** All entries up to here are stored; drop them. Send the next one after. */
    ackedThrough: sequence,
    /** Counted from when the request was sent: so long may runs go on without another sync. */
    leaseFor: duration,
    leases: z.array(lease),
    stops: z.array(stopOrder),
    /** Drain: the agent takes no more leases. Leave: it stops when its runs have ended. */
    mode: z.enum(["open", "draining", "left"]),
  })
  .meta({ id: "SyncReply" });
export type SyncReply = z.output<typeof syncReply>;

const tag = "Agent link";
export const agentRoutes = {
  joinCentre: route({
    method: "POST",
    path: "/v1/agent/join",
    needs: "join-token",
    tag,
    status: 201,
    summary: "Trade a one-time join token for the agent's credential",
    body: z.strictObject({
      joinToken: z.string().min(20).max(200),
      journal: uuid<JournalId>(),
      signingKey: ed25519Key
        .nullable()
        .default(null)
        .describe("The Ed25519 public key that readings are signed with from now on."),
    }),
    reply: z.object({ agent: uuid<AgentId>(), centre: slug<CentreId>(), credential: z.string() }),
  }),
  sync: route({
    method: "POST",
    path: "/v1/agent/sync",
    needs: "agent:sync",
    tag,
    status: 200,
    summary: "Report and receive; held back for up to `wait` when there is nothing to hand out",
    body: syncRequest,
    reply: syncReply,
  }),
  readInput: route({
    method: "GET",
    path: "/v1/agent/inputs/:sha256",
    needs: "agent:sync",
    tag,
    status: 200,
    summary: "An uploaded input of a run that this agent holds",
    params: z.strictObject({ sha256 }),
    media: ["application/octet-stream"],
  }),
  writeOutput: route({
    method: "PUT",
    path: "/v1/agent/outputs/:sha256",
    needs: "agent:sync",
    tag,
    status: 204,
    summary: "Store a file a run left, at most 64 MiB, under its own SHA-256",
    params: z.strictObject({ sha256 }),
    accepts: "application/octet-stream",
  }),
} as const;
