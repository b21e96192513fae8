import { shapeOf, type Shape } from "@wadi/core/dispatch";
import type { Input, JobSpec } from "@wadi/core/job";
import { asId, bytes, durationOf, mebibytes, milliCores } from "@wadi/core/units";
import { factorWithin } from "../generator/chance.ts";
import { random, type Random } from "../generator/random.ts";
import type { SimJob, Workload } from "../workload.ts";
import { checkOptions, type WorkloadOptions } from "./options.ts";
import { longestRunMs, roundTime, usualLimitMs } from "./round-times.ts";
import { gangOf, type Impossible, type Trace, type TracedJob } from "./traced-job.ts";
import { withData } from "./with-data.ts";

/**
 * A trace as it is played: jobs by time of submission, then by id. What dispatch is told of a job
 * goes through a job spec, as a tenant's would; shapes that are equal are one value.
 */
export function toWorkload(
  trace: Trace,
  options: WorkloadOptions & { readonly name: string },
): Workload {
  checkOptions(options);
  const { data, seed = 1 } = options;
  const first = trace.jobs.reduce(earliest, Infinity);
  const shiftMs = options.from === undefined ? 0 : options.from.epochMilliseconds - first;
  const chance = random(seed).fork("estimates");
  const shapes = new Shapes();

  const played = data ? withData(trace.jobs, { ...data, seed }) : trace.jobs;

  const jobs: SimJob[] = [];
  const impossible: Impossible[] = [...trace.impossible];
  for (const traced of played.toSorted(bySubmission)) {
    const job = asPlayed(traced, { options, shiftMs, chance });
    const why = whyNever(job);
    if (why === null) jobs.push(simJob(job, shapes));
    else impossible.push({ id: traced.id, why });
  }
  return { name: options.name, jobs, impossible };
}

const earliest = (least: number, { submittedMs }: TracedJob) => Math.min(least, submittedMs);

const bySubmission = (a: TracedJob, b: TracedJob) =>
  a.submittedMs - b.submittedMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** A job with its scale, its time and its owner's error. */
interface PlayedJob extends TracedJob {
  /** On a card of speed 1, as declared. */
  readonly declaredMs: number;
}

function asPlayed(
  job: TracedJob,
  by: { options: WorkloadOptions; shiftMs: number; chance: Random },
): PlayedJob {
  const { cardsScale = 1, cardsPerReplica = 8, estimateError = 1 } = by.options;
  const error = estimateError === 1 ? 1 : factorWithin(by.chance, estimateError);
  const estimated = (job.estimateMs ?? job.runMs) * error;
  const total = Math.max(1, Math.round(job.replicas * job.cards * cardsScale));
  return {
    ...job,
    ...(cardsScale === 1 ? {} : gangOf(total, Math.max(cardsPerReplica, job.cards))),
    submittedMs: job.submittedMs + by.shiftMs,
    deadlineMs: job.deadlineMs === null ? null : job.deadlineMs + by.shiftMs,
    declaredMs: by.options.exactEstimates === true ? estimated : roundTime(estimated),
  };
}

const replicasMost = 10_000;

function whyNever(job: PlayedJob): string | null {
  if (job.replicas > replicasMost) {
    return `asks for ${job.replicas} replicas; a job has at most ${replicasMost}`;
  }
  const shortest = Math.min(...job.models.map(({ speed }) => job.runMs / speed));
  if (shortest > longestRunMs) {
    const days = Math.ceil(shortest / 86_400_000);
    return `runs for ${days} days on its fastest cards; a run takes at most 366`;
  }
  return null;
}

function simJob(job: PlayedJob, shapes: Shapes): SimJob {
  return {
    id: asId(job.id),
    tenant: asId(job.tenant),
    submittedMs: job.submittedMs,
    shape: shapes.of(job),
    trueRunMs: new Map(
      job.models.map(({ model, speed }) => [
        asId(model),
        Math.max(1, Math.round(job.runMs / speed)),
      ]),
    ),
  };
}

/** Makes the shape of each job, equal ones once; most jobs are like one that came before. */
class Shapes {
  readonly #byKey = new Map<string, Shape>();
  /** By the very list of models, then by all else that a shape is made of. */
  readonly #byJob = new Map<TracedJob["models"], Map<string, Shape>>();

  of(job: PlayedJob): Shape {
    const alike = this.#byJob.get(job.models) ?? new Map<string, Shape>();
    this.#byJob.set(job.models, alike);
    const asked = askedBy(job);
    const before = alike.get(asked);
    if (before) return before;

    const made = shapeOf(specOf(job), { budget: null });
    const shape = this.#byKey.get(made.key) ?? made;
    this.#byKey.set(shape.key, shape);
    alike.set(asked, shape);
    return shape;
  }
}

/** What the spec of a job says beside its models, its name left out. */
function askedBy(job: PlayedJob): string {
  const { replicas, cards, share, cpuPerCard, memoryPerCard, priority, deadlineMs } = job;
  const data = job.data.map(({ places, bytes: size }) => `${places.join(" ")} ${size}`);
  const flags = [job.preemptible, job.checkpoints, job.domesticOnly];
  const numbers = [replicas, cards, share, cpuPerCard, memoryPerCard, job.declaredMs, limitOf(job)];
  return [...numbers, priority, deadlineMs, ...flags, ...data].join("|");
}

/** Its command is never run; all else is what a tenant would have written. */
function specOf(job: PlayedJob): JobSpec {
  return {
    version: 1,
    name: job.id,
    run: { kind: "command", argv: ["true"] },
    env: {},
    inputs: job.data.map(inputOf),
    outputs: [],
    replicas: job.replicas,
    cards: {
      choose: "cheapest",
      options: job.models.map(({ model, speed }) => ({
        model: asId(model),
        count: job.cards,
        share: job.share,
        expectedRunTime: durationOf(Math.max(1, Math.round(job.declaredMs / speed))),
      })),
    },
    cpu: milliCores(perReplica(job.cpuPerCard ?? 1000, job)),
    memory: mebibytes(perReplica(job.memoryPerCard ?? 1024, job)),
    maxRunTime: durationOf(limitOf(job)),
    deadline:
      job.deadlineMs === null ? null : Temporal.Instant.fromEpochMilliseconds(job.deadlineMs),
    maxCost: null,
    waitingCostPerHour: null,
    constraints: { places: [], domesticOnly: job.domesticOnly, allowCentres: [], denyCentres: [] },
    priority: job.priority,
    preemptible: job.preemptible,
    checkpoint: job.checkpoints ? "checkpoint" : null,
    retry: { times: 0, exitCodes: [], rerunWhenLost: true },
    array: null,
    after: { ok: [], any: [] },
  };
}

/** No run is stopped by a limit that it kept to in the trace, on whatever cards it runs now. */
function limitOf({ models, runMs, declaredMs, limitMs }: PlayedJob): number {
  const slowest = models.reduce((least, { speed }) => Math.min(least, speed), Infinity);
  const longestMs = Math.max(runMs, declaredMs) / slowest;
  const asked = limitMs === null ? usualLimitMs(longestMs) : Math.max(longestMs, limitMs / slowest);
  return Math.min(longestRunMs, Math.round(asked));
}

/** Rounded up, but not for what division has left behind. */
const perReplica = (perCard: number, { cards }: TracedJob) =>
  Math.max(1, Math.ceil(perCard * cards - 1e-6));

function inputOf({ name, places, bytes: size }: TracedJob["data"][number]): Input {
  const [place = "", ...replicas] = places;
  return {
    kind: "dataset",
    dataset: name,
    to: name,
    bytes: bytes(size),
    place: asId(place),
    replicas: replicas.map((one) => asId(one)),
  };
}
