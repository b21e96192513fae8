/**
 * The life of a job and of a run, as tables: the hub moves along them, the console draws them.
 */

/** Each job state and where it may go from there. A state with no way out is final. */
export const jobStates = {
  /** Waits for the jobs it depends on. */
  blocked: ["queued", "cancelled"],
  /** Waits for a place. */
  queued: ["placed", "cancelled", "failed"],
  /** Leased to a centre; not yet running there. */
  placed: ["running", "queued", "succeeded", "failed", "cancelled"],
  running: ["queued", "succeeded", "failed", "cancelled"],
  succeeded: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;
export type JobState = keyof typeof jobStates;

/** Each run state and where it may go. What a centre reports is always one of these. */
export const runStates = {
  /** Handed out by the hub, not yet acknowledged by the centre. */
  leased: [
    "starting",
    "running",
    "succeeded",
    "failed",
    "stopped",
    "timed-out",
    "out-of-memory",
    "lease-lost",
    "lost",
    "refused",
    "withdrawn",
  ],
  /** The centre has it and is placing its inputs. */
  starting: [
    "running",
    "succeeded",
    "failed",
    "stopped",
    "timed-out",
    "out-of-memory",
    "lease-lost",
    "lost",
    "refused",
  ],
  running: ["succeeded", "failed", "stopped", "timed-out", "out-of-memory", "lease-lost", "lost"],
  /** Exit code 0. */
  succeeded: [],
  /** Another exit code, or a signal that nobody here sent. */
  failed: [],
  /** Stopped because the hub asked: cancelled, preempted, or the centre closes. */
  stopped: [],
  /** Reached its max run time. */
  "timed-out": [],
  "out-of-memory": [],
  /** Stopped by the centre itself because it had not heard from the hub for a whole lease. */
  "lease-lost": [],
  /** Gone without a word: the host or its keeper died, or the centre was silent too long. */
  lost: [],
  /** The centre could not start it: the report says why. */
  refused: [],
  /** Taken back by the hub before the centre had started it. */
  withdrawn: [],
} as const satisfies Record<string, readonly string[]>;
export type RunState = keyof typeof runStates;

export type FinalRunState = {
  [S in RunState]: (typeof runStates)[S] extends readonly [] ? S : never;
}[RunState];

export const isFinalJob = (state: JobState) => jobStates[state].length === 0;
export const isFinalRun = (state: RunState): state is FinalRunState =>
  runStates[state].length === 0;

export const mayMoveJob = (from: JobState, to: JobState) =>
  (jobStates[from] as readonly JobState[]).includes(to);
export const mayMoveRun = (from: RunState, to: RunState) =>
  (runStates[from] as readonly RunState[]).includes(to);

/**
 * Whether the tenant pays for what such a run used. A run that its centre lost, refused or gave
 * up is the centre's loss: metered, never charged.
 */
export const isCharged = {
  succeeded: true,
  failed: true,
  stopped: true,
  "timed-out": true,
  "out-of-memory": true,
  "lease-lost": false,
  lost: false,
  refused: false,
  withdrawn: false,
} as const satisfies Record<FinalRunState, boolean>;

/** How a run ended, as far as it matters for whether it is paid. */
export interface PaidEnd {
  readonly state: FinalRunState;
  /** A round asked for its end, to make room for another job. */
  readonly preempted: boolean;
  /** It wrote a checkpoint: what it did until then is not lost. */
  readonly leftCheckpoint: boolean;
}

/**
 * Whether the tenant pays for this run. One that a round stopped is the region's doing: it is paid
 * only where the next run goes on from a checkpoint that this one wrote, so that the work was not
 * for nothing.
 */
export const isPaid = ({ state, preempted, leftCheckpoint }: PaidEnd): boolean =>
  isCharged[state] && !(state === "stopped" && preempted && !leftCheckpoint);
