import { costOver } from "../capacity/index.ts";
import { priorities } from "../job/index.ts";
import {
  durationOf,
  type CardModelId,
  type CentreId,
  type Duration,
  type JobId,
  type PoolId,
  type TenantId,
} from "../units/index.ts";
import { after, type Cost } from "./cost.ts";
import {
  byPreference,
  choose,
  explain,
  type Candidate,
  type Choice,
  type Eligible,
  type HostsOf,
} from "./decide.ts";
import { needOf, take, type HostShare } from "./fit.ts";
import { heldBack, leastCards } from "./held-back.ts";
import type { Reason } from "./reason.ts";
import { judge, type Judgement } from "./refuse.ts";
import type { HostNow, PoolNow, QueuedJob, Shape, Snapshot } from "./snapshot.ts";

/** What a round decided: a value to store, to carry out and to show. */
export interface Plan {
  readonly at: Temporal.Instant;
  /** In the order they were decided. */
  readonly placements: readonly Placement[];
  /** Shapes of which at least one job found no room, with what each pool says. */
  readonly waiting: readonly { readonly shape: Shape; readonly candidates: readonly Candidate[] }[];
  /** Jobs held back by a rule of their tenant or array. */
  readonly held: readonly { readonly job: JobId; readonly reason: Reason }[];
}

export interface Placement {
  readonly job: JobId;
  readonly tenant: TenantId;
  readonly shape: Shape;
  readonly pool: PoolId;
  readonly centre: CentreId;
  readonly model: CardModelId;
  readonly emulated: boolean;
  readonly cardsPerReplica: number;
  readonly hosts: readonly HostShare[];
  readonly cost: Cost;
  /** The longest this run may take: the spec's limit, or less where the budget ends before. */
  readonly limit: Duration;
  /** Shared by all jobs of the shape that were placed here alike. */
  readonly candidates: readonly Candidate[];
}

/**
 * Decides one round: which jobs start now, where, and why the others do not. Pure: the same
 * snapshot gives the same plan, whatever the order of its lists.
 *
 * Priority classes are strict; inside a class the oldest job comes first, then the smaller id. A
 * shape that finds no room is passed over for the rest of the round, since room only shrinks:
 * so the cost grows with the jobs placed and with shapes × pools, not with the queue.
 */
export function round(snapshot: Snapshot): Plan {
  const state = openRound(snapshot);
  const placements: Placement[] = [];
  const held: { job: JobId; reason: Reason }[] = [];
  const parked = new Map<string, { shape: Shape; candidates: Candidate[] }>();

  for (const { shape, job } of inOrder(snapshot)) {
    if (parked.has(shape.key)) continue;
    const known = state.known(shape);
    const reason = state.heldBack(shape, job);
    if (reason) {
      held.push({ job: job.id, reason });
      continue;
    }
    const choice = choose(shape, known.preferred, state.hostsOf);
    if (!choice) {
      const candidates = explain(shape, known.judged, { hostsOf: state.hostsOf, choice });
      parked.set(shape.key, { shape, candidates });
      continue;
    }
    placements.push(placementOf(shape, { job, choice, known, state, now: snapshot.now }));
    state.occupy(shape, { job, choice });
  }
  return { at: snapshot.now, placements, waiting: [...parked.values()], held };
}

/** What is worked out once for a shape in a round. */
interface Known {
  readonly judged: readonly Judgement[];
  readonly preferred: readonly Eligible[];
  /** By chosen pool: the candidates as they stood when the first such job was placed. */
  readonly told: Map<PoolId, Candidate[]>;
  readonly limits: Map<PoolId, Duration>;
}

interface RoundState {
  readonly hostsOf: HostsOf;
  known(shape: Shape): Known;
  heldBack(shape: Shape, job: QueuedJob): Reason | undefined;
  occupy(shape: Shape, placed: { job: QueuedJob; choice: Choice }): void;
}

function openRound(snapshot: Snapshot): RoundState {
  const hosts = new Map<PoolId, readonly HostNow[]>();
  const shapes = new Map<string, Known>();
  const inUse = new Map<TenantId, number>();
  const running = new Map<JobId, number>();
  const hostsOf = (pool: PoolNow) => hosts.get(pool.id) ?? pool.hosts;

  return {
    hostsOf,
    known(shape) {
      const before = shapes.get(shape.key);
      if (before) return before;
      const judged = judge(shape, snapshot);
      const preferred = byPreference(shape, judged);
      const known = { judged, preferred, told: new Map(), limits: new Map() };
      shapes.set(shape.key, known);
      return known;
    },
    heldBack(shape, job) {
      const tenant = snapshot.tenants.get(job.tenant);
      const array = job.array === null ? undefined : snapshot.arrays.get(job.array);
      return heldBack({
        needed: leastCards(shape),
        tenant: tenant && {
          ...tenant,
          cardsInUse: tenant.cardsInUse + (inUse.get(job.tenant) ?? 0),
        },
        array: array && { ...array, running: array.running + (running.get(job.array!) ?? 0) },
      });
    },
    occupy(shape, { job, choice }) {
      const { pool, option } = choice.judged;
      const need = needOf(shape, option);
      hosts.set(pool.id, take(hostsOf(pool), { shares: choice.shares, need }));
      const cards = option.count * shape.replicas;
      inUse.set(job.tenant, (inUse.get(job.tenant) ?? 0) + cards);
      if (job.array !== null) running.set(job.array, (running.get(job.array) ?? 0) + 1);
    },
  };
}

function placementOf(
  shape: Shape,
  at: { job: QueuedJob; choice: Choice; known: Known; state: RoundState; now: Temporal.Instant },
): Placement {
  const { job, choice, known, state, now } = at;
  const { pool, option, estimate } = choice.judged;
  const candidates =
    known.told.get(pool.id) ?? explain(shape, known.judged, { hostsOf: state.hostsOf, choice });
  known.told.set(pool.id, candidates);
  const limit = known.limits.get(pool.id) ?? runLimit(shape, { judged: choice.judged, now });
  known.limits.set(pool.id, limit);
  return {
    job: job.id,
    tenant: job.tenant,
    shape,
    pool: pool.id,
    centre: pool.centre,
    model: pool.model.id,
    emulated: pool.emulated,
    cardsPerReplica: option.count,
    hosts: choice.shares,
    cost: estimate.cost,
    limit,
    candidates,
  };
}

/**
 * How long the run may take: the spec's limit, or as long as the budget pays for at this pool's
 * prices from now on, down to the second. The charge is bounded by the hold as well.
 */
export function runLimit(
  shape: Shape,
  { judged, now }: { judged: Eligible; now: Temporal.Instant },
): Duration {
  const { budget, maxRunTime } = shape;
  if (budget === null) return maxRunTime;
  const { pool, option, estimate } = judged;
  const start = after(now, estimate.startsIn);
  const cards = option.count * shape.replicas;
  const affordable = (seconds: number) => {
    const end = start.add({ seconds });
    const computed = costOver(pool.prices, { start, end, cards });
    return computed.kind === "cost" && computed.cost <= budget;
  };
  let low = 0;
  let high = Math.ceil(maxRunTime / 1000);
  if (affordable(high)) return maxRunTime;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (affordable(middle)) low = middle;
    else high = middle;
  }
  return durationOf(low * 1000);
}

/** The whole queue as one list: class, then time of submission, then id. */
function inOrder({ queue }: Snapshot): { shape: Shape; job: QueuedJob }[] {
  return queue
    .flatMap(({ shape, jobs }) =>
      jobs.map((job) => ({ shape, job, at: job.submittedAt.epochMilliseconds })),
    )
    .toSorted(
      (a, b) =>
        priorities.indexOf(a.shape.priority) - priorities.indexOf(b.shape.priority) ||
        a.at - b.at ||
        (a.job.id < b.job.id ? -1 : 1),
    );
}
