import type { Link } from "@wadi/core/capacity";
import type { Change, Placement, PoolNow, RunNow, Shape } from "@wadi/core/dispatch";
import type { JobId, PoolId } from "@wadi/core/units";
import type { FaultEvent } from "../faults/fault-times.ts";
import type { JobOutcome } from "../result.ts";
import type { SimJob } from "../workload.ts";
import type { EventHeap } from "./event-heap.ts";
import type { Tally } from "./sampling.ts";
import type { Rooms } from "./room.ts";
import type { Setting } from "./setting.ts";

/** All that a play is at one moment of its virtual time. Only this folder and faults/ change it. */
export interface Play {
  readonly setting: Setting;
  readonly jobs: readonly JobState[];
  readonly byId: ReadonlyMap<JobId, JobState>;
  /** As they are now, with what is broken left out. */
  readonly pools: Map<PoolId, PoolNow>;
  readonly rooms: Rooms;
  readonly events: EventHeap<PlayEvent>;
  readonly running: Set<Run>;
  /** How many faults keep a thing down, by its name. */
  readonly down: Map<string, number>;
  readonly tally: Tally;
  /** How many jobs wait, by priority class, highest first. */
  readonly waitingByClass: number[];
  /** What the dispatcher has not been told yet. */
  changes: Change[];
  links: readonly Link[];
  nowMs: number;
  /** When a job last came, started or ended. */
  movedMs: number;
  /** Something has happened that a decision should look at. */
  isDirty: boolean;
  /** Jobs that have not come yet start here in `jobs`. */
  coming: number;
}

export interface JobState {
  readonly job: SimJob;
  /** As dispatch is told: after a checkpoint with less to do. */
  shape: Shape;
  phase: "coming" | "queued" | "running" | "ended" | "failed";
  /** The share of its work that no checkpoint keeps; 1 at first. */
  left: number;
  runs: number;
  startedMs: number | null;
  /** When it succeeded, or failed for good. */
  overMs: number | null;
  pool: PoolId | null;
  /** Of its last run. */
  cards: number | null;
  run: Run | null;
  /** All its runs together, data brought by then. */
  ranMs: number;
  readonly spent: Spent;
  estimate: JobOutcome["estimate"];
  preemptions: number;
  faults: number;
}

/** Micro-yuan. */
export interface Spent {
  compute: bigint;
  data: bigint;
  loss: bigint;
  power: bigint;
  carbon: bigint;
}

export interface Run {
  readonly state: JobState;
  readonly placement: Placement;
  /** As it was when the run started: what is paid goes by it. */
  readonly pool: PoolNow;
  readonly startMs: number;
  /** When its data is there and it begins to work. */
  readonly beginMs: number;
  /** How long the whole job would take here, undisturbed. */
  readonly wholeMs: number;
  readonly over: readonly Link[];
  told: RunNow;
  isOver: boolean;
}

export type RunEnd = "done" | "limit" | "stopped" | "fault";

export type PlayEvent = { readonly atMs: number; readonly rank: number } & (
  | { readonly kind: "end"; readonly run: Run; readonly how: RunEnd }
  | { readonly kind: "fault"; readonly fault: FaultEvent }
  | { readonly kind: "arrival" }
  /** A price may change, usage is told, or a booked start has come. */
  | { readonly kind: "hour" }
  | { readonly kind: "wake" }
  | { readonly kind: "decide" }
  | { readonly kind: "sample" }
);

/** What comes first of what happens at one instant: what frees cards, what comes, what decides. */
export const rankOf = {
  end: 0,
  fault: 1,
  arrival: 2,
  hour: 3,
  wake: 4,
  decide: 5,
  sample: 6,
} as const satisfies Record<PlayEvent["kind"], number>;
