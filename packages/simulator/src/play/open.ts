import type { JobId } from "@wadi/core/units";
import { firstFaults } from "../faults/fault-times.ts";
import type { SimJob } from "../workload.ts";
import { eventHeap } from "./event-heap.ts";
import { roomsOf } from "./room.ts";
import { tallyOf } from "./sampling.ts";
import type { Setting } from "./setting.ts";
import { rankOf, type JobState, type Play, type PlayEvent } from "./state.ts";

const hourMs = 3_600_000;

/** A play before its first event: the fleet is told, and nothing has come yet. */
export function openPlay(setting: Setting): Play {
  const { workload, fleet, faults, seed, sampleEveryMs } = setting;
  const jobs = workload.jobs.map(stateOf);
  const startMs = jobs[0]?.job.submittedMs ?? 0;
  const events = eventHeap<PlayEvent>();
  if (jobs.length > 0) events.push({ kind: "arrival", rank: rankOf.arrival, atMs: startMs });
  events.push({ kind: "sample", rank: rankOf.sample, atMs: startMs + sampleEveryMs });
  const fullHourMs = (Math.floor(startMs / hourMs) + 1) * hourMs;
  events.push({ kind: "hour", rank: rankOf.hour, atMs: fullHourMs });
  for (const fault of firstFaults(faults, { ...fleet, seed, startMs })) {
    events.push({ kind: "fault", rank: rankOf.fault, atMs: fault.atMs, fault });
  }
  return {
    setting,
    jobs,
    byId: byId(jobs),
    pools: new Map(fleet.pools.map((pool) => [pool.id, pool])),
    rooms: roomsOf(fleet.pools),
    events,
    running: new Set(),
    down: new Map(),
    tally: tallyOf(fleet.pools),
    waitingByClass: [0, 0, 0, 0],
    changes: [
      { kind: "links", links: fleet.links },
      ...fleet.pools.map((pool) => ({ kind: "pool", pool }) as const),
    ],
    links: fleet.links,
    nowMs: startMs,
    movedMs: startMs,
    isDirty: false,
    coming: 0,
  };
}

const stateOf = (job: SimJob): JobState => ({
  job,
  shape: job.shape,
  phase: "coming",
  left: 1,
  runs: 0,
  startedMs: null,
  overMs: null,
  pool: null,
  cards: null,
  run: null,
  ranMs: 0,
  spent: { compute: 0n, data: 0n, loss: 0n, power: 0n, carbon: 0n },
  estimate: null,
  preemptions: 0,
  faults: 0,
});

function byId(jobs: readonly JobState[]): Map<JobId, JobState> {
  const states = new Map(jobs.map((state) => [state.job.id, state]));
  if (states.size !== jobs.length) throw new Error("the workload has two jobs with the same id");
  let beforeMs = -Infinity;
  for (const { job } of jobs) {
    if (job.submittedMs < beforeMs) {
      throw new Error(`job ${job.id} stands after a later one; sort the workload by submission`);
    }
    beforeMs = job.submittedMs;
  }
  return states;
}
