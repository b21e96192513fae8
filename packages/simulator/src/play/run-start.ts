import type { Change, HostNow, Placement, PoolNow, RunNow } from "@wadi/core/dispatch";
import { waitFor } from "../faults/fault-times.ts";
import { random } from "../generator/random.ts";
import { bringData } from "./bring-data.ts";
import { crossingOf, slowdownOf } from "./crossing.ts";
import { rankOf, type JobState, type Play, type Run } from "./state.ts";
import { noteMove, queueOut } from "./queue.ts";
import { cardsOf } from "./run-cards.ts";

/**
 * Starts a job as it was placed: takes the cards in the play's own account and puts the end of the
 * run, as it will really come, among the events.
 * @throws Error when the placement breaks a law: the dispatcher is wrong, and so would be the play
 */
export function startRun(play: Play, placement: Placement): Run {
  const state = stateOf(play, placement);
  const pool = poolOf(play, placement, state);
  const brought = bringData(state.shape.data, pool.place, play.links);
  if (!brought) throw wrong(play, placement, "its data has no way there");
  try {
    play.rooms.take(placement);
  } catch (cause) {
    throw wrong(play, placement, "there is no such room", cause);
  }

  const beginMs = play.nowMs + brought.timeMs;
  const wholeMs = wholeOf(play, placement, pool);
  const told = toldOf(play, { state, placement, beginMs });
  const run: Run = {
    state,
    placement,
    pool,
    startMs: play.nowMs,
    beginMs,
    wholeMs,
    over: brought.over,
    told,
    isOver: false,
  };
  queueOut(play, state);
  const cards = cardsOf(run);
  Object.assign(state, { phase: "running", run, cards, pool: pool.id, startedMs: play.nowMs });
  state.runs += 1;
  state.spent.data += brought.cost;
  play.running.add(run);
  play.tally.used({ pool, cards }, 1);
  play.changes.push({ kind: "started", run: told } satisfies Change);
  noteMove(play);
  planEnd(play, run);
  return run;
}

function stateOf(play: Play, placement: Placement): JobState {
  const state = play.byId.get(placement.job);
  if (!state || state.phase === "coming") throw wrong(play, placement, "nobody asked for it");
  if (state.phase === "running") throw wrong(play, placement, "it is running already");
  if (state.phase !== "queued") throw wrong(play, placement, `it has ${state.phase}`);
  return state;
}

function poolOf(play: Play, placement: Placement, { shape, job }: JobState): PoolNow {
  const pool = play.pools.get(placement.pool);
  if (!pool) throw wrong(play, placement, "there is no such pool");
  if (pool.closed) throw wrong(play, placement, `the pool is closed: ${pool.closed.code}`);
  const { need } = placement;
  const isAsked = shape.cards.options.some(
    ({ model, count, share }) =>
      model === pool.model.id && count === need.cards && share === need.share,
  );
  if (!isAsked || need.cpu !== shape.cpu || need.memory !== shape.memory) {
    throw wrong(play, placement, "it asked for something else");
  }
  const replicas = placement.hosts.reduce((sum, host) => sum + host.replicas, 0);
  if (replicas !== shape.replicas) {
    throw wrong(play, placement, `${replicas} of its ${shape.replicas} replicas would start`);
  }
  if (!job.trueRunMs.has(pool.model.id)) {
    throw wrong(play, placement, `its workload does not say how long it takes on ${pool.model.id}`);
  }
  return pool;
}

function wholeOf(play: Play, placement: Placement, pool: PoolNow): number {
  const { job } = play.byId.get(placement.job)!;
  const hosts = placement.hosts.map(({ host }) => play.rooms.hostOf(pool.id, host));
  const slowdown = slowdownOf(crossingOf(hosts satisfies HostNow[]), play.setting.policy);
  return job.trueRunMs.get(pool.model.id)! * slowdown;
}

function toldOf(
  { nowMs }: Play,
  { state, placement, beginMs }: { state: JobState; placement: Placement; beginMs: number },
): RunNow {
  return {
    job: placement.job,
    tenant: state.job.tenant,
    shape: state.shape,
    pool: placement.pool,
    need: placement.need,
    hosts: placement.hosts,
    sinceMs: nowMs,
    expectedEndMs: Math.ceil(beginMs + placement.expectedRunTime),
    latestEndMs: Math.ceil(beginMs + placement.limit),
    checkpointedMs: null,
    stopping: false,
  };
}

/** Whichever comes first: it is done, its limit is over, its owner takes the cards back. */
function planEnd({ events, setting }: Play, run: Run): void {
  const { state, beginMs, wholeMs, pool, placement } = run;
  const doneMs = Math.ceil(beginMs + wholeMs * state.left);
  const limitMs = Math.ceil(beginMs + placement.limit);
  const atMs = Math.min(doneMs, limitMs);
  const how = doneMs <= limitMs ? "done" : "limit";
  events.push({ kind: "end", rank: rankOf.end, atMs, run, how });
  if (pool.reclaimsPer1000Hours === 0) return;
  const chance = random(setting.seed).fork(`reclaim/${state.job.id}/${state.runs}`);
  const reclaimMs = beginMs + waitFor(chance, 3_600_000_000 / pool.reclaimsPer1000Hours);
  if (reclaimMs >= atMs) return;
  events.push({ kind: "end", rank: rankOf.end, atMs: reclaimMs, run, how: "fault" });
}

function wrong({ setting }: Play, placement: Placement, what: string, cause?: unknown): Error {
  const { name } = setting.dispatcher;
  const why = cause instanceof Error ? `${what}: ${cause.message}` : what;
  return new Error(`${name} starts ${placement.job} in ${placement.pool}, but ${why}`, { cause });
}
