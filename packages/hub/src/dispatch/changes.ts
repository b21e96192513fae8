import type { Change, RunNow, ShapeQueue, Snapshot } from "@wadi/core/dispatch";
import type { JobId } from "@wadi/core/units";

/**
 * What has happened between two snapshots of one region, so that a round need only look at that.
 *
 * @returns undefined where the region must be opened anew: a pool is there no more
 */
export function changesBetween(before: Snapshot, after: Snapshot): Change[] | undefined {
  const pools = new Map(before.pools.map((pool) => [pool.id, pool]));
  const ids = new Set(after.pools.map(({ id }) => id));
  if (before.pools.some(({ id }) => !ids.has(id))) return undefined;
  return [
    ...ruleChanges(before, after),
    ...after.pools
      .filter((pool) => !isSame(pools.get(pool.id), pool))
      .map((pool): Change => ({ kind: "pool", pool })),
    ...[...before.tenants.keys()]
      .filter((tenant) => !after.tenants.has(tenant))
      .map((tenant): Change => ({ kind: "tenant", tenant, now: unknownTenant })),
    ...mapChanges(before.tenants, after.tenants, (tenant, now) => ({
      kind: "tenant",
      tenant,
      now,
    })),
    ...mapChanges(before.arrays, after.arrays, (array, now) => ({ kind: "array", array, now })),
    ...mapChanges(before.learnt, after.learnt, (family, times) => ({
      kind: "learnt",
      family,
      times,
    })),
    // A job is queued anew only after its run has ended, and runs only after it has left the queue.
    ...endedRuns(before.runs, after.runs),
    ...queueChanges(before.queue, after.queue),
    ...startedRuns(before.runs, after.runs),
  ];
}

/** One of which there is nothing to say. */
const unknownTenant = { cardQuota: null, pastCardSeconds: 0, startedLately: 0 };

function ruleChanges(before: Snapshot, after: Snapshot): Change[] {
  const { links, policy, scarcity, preemptedLately } = after;
  const changes: Change[] = [];
  if (before.policy !== policy) changes.push({ kind: "policy", policy });
  if (before.links !== links) changes.push({ kind: "links", links });
  if (before.scarcity !== scarcity) changes.push({ kind: "scarcity", scarcity });
  if (before.preemptedLately !== preemptedLately) {
    changes.push({ kind: "preempted-lately", runs: preemptedLately });
  }
  return changes;
}

function mapChanges<K, V>(
  before: ReadonlyMap<K, V>,
  after: ReadonlyMap<K, V>,
  changeOf: (key: K, value: V) => Change,
): Change[] {
  return [...after]
    .filter(([key, value]) => !isSame(before.get(key), value))
    .map(([key, value]) => changeOf(key, value));
}

/**
 * Jobs that came and jobs that went. One that has another shape now went and came. Groups that are
 * the same values in both are not looked into.
 */
function queueChanges(before: Snapshot["queue"], after: Snapshot["queue"]): Change[] {
  const then = new Set(before);
  const still = new Set(after);
  const known = placesOf(before.filter((group) => !still.has(group)));
  const now = placesOf(after.filter((group) => !then.has(group)));
  const went = [...known].filter(([job, at]) => now.get(job)?.shape.key !== at.shape.key);
  const came = [...now].filter(([job, at]) => known.get(job)?.shape.key !== at.shape.key);
  return [
    ...went.map(([job]): Change => ({ kind: "dequeued", job })),
    ...came.map(([, at]): Change => ({ kind: "queued", ...at })),
  ];
}

function placesOf(queue: readonly ShapeQueue[]) {
  const places = new Map<JobId, Pick<Extract<Change, { kind: "queued" }>, "shape" | "job">>();
  for (const { shape, jobs } of queue) for (const job of jobs) places.set(job.id, { shape, job });
  return places;
}

function endedRuns(before: readonly RunNow[], after: readonly RunNow[]): Change[] {
  const now = new Set(after.map(({ job }) => job));
  return before
    .filter(({ job }) => !now.has(job))
    .map(({ job }): Change => ({ kind: "ended", job }));
}

function startedRuns(before: readonly RunNow[], after: readonly RunNow[]): Change[] {
  const known = new Map(before.map((run) => [run.job, run]));
  return after
    .filter((run) => known.get(run.job) !== run)
    .map((run): Change => ({ kind: known.has(run.job) ? "run" : "started", run }));
}

/** Equal, looking into lists and plain objects where they are not the same. */
function isSame(before: unknown, after: unknown): boolean {
  if (before === after) return true;
  if (Array.isArray(before) && Array.isArray(after)) {
    return before.length === after.length && after.every((one, i) => isSame(before[i], one));
  }
  if (!isPlain(before) || !isPlain(after)) return false;
  const names = Object.keys(after);
  if (names.length !== Object.keys(before).length) return false;
  return names.every((name) => isSame(before[name], after[name]));
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
