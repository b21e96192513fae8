import { runStates, type RunCommand, type RunState } from "@wadi/core/job";
import type {
  CardModelId,
  Duration,
  HostId,
  JobId,
  Mebibytes,
  MilliCores,
  RunId,
} from "@wadi/core/units";

/**
 * What a centre's engine must do for us. Every call may be repeated after a crash and must then
 * change nothing more. An engine that cannot be reached throws `EngineUnreachable`; a run it has
 * never heard of is absent from the reply.
 */
export interface Engine {
  readonly kind: EngineKind;
  /** The clock that leases are measured by: milliseconds since some start, time asleep included. */
  clockMs(): number;
  /** What the centre has, and what its isolation really holds. */
  describe(signal: AbortSignal): Promise<EngineInventory>;
  /**
   * Makes the run's folders, so that inputs can be placed before `start`. Null: this engine has
   * no files, and a run has neither inputs nor outputs.
   */
  prepare(spec: RunSpec, signal: AbortSignal): Promise<RunFolders | null>;
  /**
   * Starts a run, all its replicas at once, or finds the one already started. When it returns,
   * the run is known to survive the agent's death. An older generation of the same job that is
   * still alive here is killed first.
   * @throws RunRefused when it cannot be started; nothing of it is left running then
   */
  start(spec: RunSpec, signal: AbortSignal): Promise<EngineRef>;
  /** The state of each run the engine still knows. Usage only ever grows. */
  observe(refs: readonly EngineRef[], signal: AbortSignal): Promise<RunReports>;
  /** Asks a run to stop; `observe` tells when it has. One that is over or unknown is no error. */
  stop(ref: EngineRef, signal: AbortSignal): Promise<void>;
  /** All runs the engine still knows, ended ones too, until they are forgotten. */
  holding(signal: AbortSignal): Promise<readonly EngineRef[]>;
  /**
   * Resolves when something may have changed since `seen`, with a mark to wait from next; after
   * half a minute at the latest. Any other number than the last mark returns at once.
   */
  changes(seen: number, signal: AbortSignal): Promise<number>;
  /** Bytes of one stream from an offset on; fewer, or none, where there are no more yet. */
  output(ref: EngineRef, piece: OutputPiece, signal: AbortSignal): Promise<Uint8Array>;
  /**
   * The centre may run rerunnable runs until then. They are gone when it ends, whether an agent
   * lives or not; and none starts after it.
   */
  renewLease(lease: CentreLease, signal: AbortSignal): Promise<void>;
  /** Removes what is left of a run that ended, or never started. @throws when it is alive */
  forget(ref: EngineRef, signal: AbortSignal): Promise<void>;
  /**
   * What the job's checkpoint folder holds; null while it holds no file, or cannot be looked at.
   * Absent where the engine has no files.
   */
  readCheckpoint?(job: JobId, signal: AbortSignal): Promise<CheckpointSeen | null>;
  /** Removes the job's checkpoint: it will not run again. @throws when a run of it is alive */
  forgetJob(job: JobId, signal: AbortSignal): Promise<void>;
  /** Lets go of the engine. Its runs go on. */
  close(): Promise<void>;
}

export type EngineKind = "host" | "slurm" | "kubernetes" | "fake";

/** One attempt of a job, ready to be run. What says "per replica" is held by each of them. */
export interface RunSpec {
  readonly run: RunId;
  readonly job: JobId;
  /** Grows with each run of the job. */
  readonly generation: number;
  readonly command: RunCommand;
  /** The tenant's. The engine adds its own, whose names start with WADI_. */
  readonly env: Readonly<Record<string, string>>;
  readonly arrayIndex: number | null;
  readonly replicas: number;
  /** Per replica; null for none. */
  readonly cards: CardsAsked | null;
  /** Per replica. */
  readonly cpu: MilliCores;
  /** Per replica. */
  readonly memory: Mebibytes;
  readonly maxRun: Duration;
  /** Between asking a run to end (TERM) and killing it. */
  readonly stopGrace: Duration;
  /** A path below the run's folder that is kept from one run of the job to the next. */
  readonly checkpoint: string | null;
  /** May be run again elsewhere, and so must be gone when the centre's lease ends. */
  readonly rerunnable: boolean;
}

export interface CardsAsked {
  readonly model: CardModelId;
  readonly count: number;
  /**
   * Of that one card, in thousandths; without it, and from 1000 on, the whole of each card. An
   * engine that gives out whole cards only refuses a run with less for good: `cannot-share`.
   */
  readonly share?: number;
  /**
   * By replica, where each has a part of a card: which one, in the hub's own numbers. Replicas with
   * the same number on one host are to share a card; which of the host's it is, is the engine's.
   */
  readonly on?: readonly { readonly host: HostId; readonly card: number }[];
}

/** A whole card, in the parts that `share` counts. */
export const wholeCard = 1000;

export const shareOf = (cards: CardsAsked | null): number => cards?.share ?? wholeCard;

/** Names a run to its engine. `handle` is the engine's own name for it, opaque to all others. */
export interface EngineRef {
  readonly engine: EngineKind;
  readonly run: RunId;
  readonly generation: number;
  readonly handle: string;
}

/** Absolute paths. `work` is where the command starts; inputs and outputs lie below it. */
export interface RunFolders {
  readonly work: string;
  readonly checkpoint: string;
}

/** The part of `runStates` that an engine can see. */
export type EngineState = Exclude<RunState, "leased" | "refused" | "withdrawn">;

export interface RunReport {
  readonly ref: EngineRef;
  readonly state: EngineState;
  /** Of the first replica that failed; of replica 0 when none did; null while running. */
  readonly exitCode: number | null;
  /** "SIGKILL" and the like, when a signal ended it. */
  readonly signal: string | null;
  /** Unix time; null before the command was started. */
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly isolation: Isolation;
  readonly placement: readonly ReplicaPlace[];
  readonly usage: RunUsage;
  /** By replica. */
  readonly output: readonly OutputSize[];
  /** For people: why it ended as it did. Empty where the state says it all. */
  readonly message: string;
}

export type RunReports = readonly RunReport[];

export interface RunUsage {
  /** From start to end or now, by a clock that nobody sets. */
  readonly heldMs: number;
  /** Cards allocated × time held, busy or not. */
  readonly cardMs: number;
  /** Processor time of all processes seen; see the engine for what it can miss. */
  readonly cpuMs: number;
  readonly peakMemoryBytes: number;
  /**
   * Of `cardMs`, in which the cards worked. Absent while nobody has looked at them, and for good
   * once nobody can say it of the whole time since the start; of emulated cards always.
   */
  readonly busyMs?: number;
}

export interface ReplicaPlace {
  readonly host: HostId;
  /** Indices at the centre, ascending. */
  readonly slots: readonly number[];
}

export interface OutputSize {
  readonly stdout: number;
  readonly stderr: number;
}

export interface OutputPiece {
  readonly replica: number;
  readonly stream: "stdout" | "stderr";
  readonly fromByte: number;
  readonly maxBytes: number;
}

/** As far as the names and times of its files tell; whether it is whole, only the job knows. */
export interface CheckpointSeen {
  /** Unix time: when one of the files was last written. */
  readonly writtenAtMs: number;
  /** Of all files; of very many, of those that were looked at. */
  readonly bytes: number;
}

/** On the engine's `clockMs`. */
export interface CentreLease {
  readonly untilMs: number;
}

/** What the engine could hold of its promise to isolate. Never claims what was not tried. */
export interface Isolation {
  /** What is used, outermost first: "cgroup-v2, namespaces". */
  readonly means: string;
  /** hard: by the kernel; polled: measured, then killed; none. */
  readonly memoryLimit: "hard" | "polled" | "none";
  readonly cpuLimit: "hard" | "weight" | "none";
  readonly processLimit: boolean;
  readonly network: "own" | "shared";
  readonly fileSystem: "own" | "shared";
  /** Whether no other run, and not the agent, has the same user. */
  readonly ownUser: boolean;
  /** Whether killing the run surely leaves no process behind. */
  readonly treeKill: boolean;
  readonly notes: readonly string[];
}

export interface EngineInventory {
  readonly hosts: readonly EngineHost[];
  readonly isolation: Isolation;
}

export interface EngineHost {
  readonly id: HostId;
  readonly cpuCores: number;
  readonly memory: Mebibytes;
  /** True when this machine has less than the host is said to have. */
  readonly emulated: boolean;
  readonly cards: readonly EngineCard[];
}

export interface EngineCard {
  /** Index at the centre. */
  readonly slot: number;
  /** Index at its host: what CUDA_VISIBLE_DEVICES and its sisters are given. */
  readonly device: number;
  readonly model: CardModelId;
  /** True when the machine has no such card: a slot that is only counted. */
  readonly emulated: boolean;
  /** The maker's, unlike any other card's; absent where it is not known. */
  readonly serial?: string;
}

/** The engine did not answer; the same call may be tried again later. */
export class EngineUnreachable extends Error {
  override readonly name = "EngineUnreachable";
}

export const refusals = {
  "bad-spec": "the spec cannot be run here",
  "no-free-cards": "too few free cards",
  "no-free-capacity": "too little free processor or memory",
  "cannot-share": "a part of a card cannot be had here",
  "older-generation": "a newer run of the job is known here",
  "lease-over": "the centre holds no lease",
  "cannot-isolate": "the isolation that is demanded cannot be had",
  "cannot-start": "the command's surroundings could not be made",
} as const satisfies Record<string, string>;
export type RefusalReason = keyof typeof refusals;

/** The run was not started. `reason` never changes once released; the message is for people. */
export class RunRefused extends Error {
  override readonly name = "RunRefused";
  readonly reason: RefusalReason;
  /** The case at hand: what was asked, what there is. */
  readonly detail: string;

  constructor(reason: RefusalReason, detail: string) {
    super(`${refusals[reason]}: ${detail}`);
    this.reason = reason;
    this.detail = detail;
  }
}

/** Whether a report of that state is the run's last. */
export const isFinal = (state: EngineState): boolean => runStates[state].length === 0;

export const sameRun = (a: EngineRef, b: EngineRef): boolean =>
  a.run === b.run && a.generation === b.generation;
