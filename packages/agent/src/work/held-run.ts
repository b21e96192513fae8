import { z } from "zod";
import type { RunState } from "@wadi/core/job";
import type { Duration } from "@wadi/core/units";
import { lease, type Lease, type SyncReply } from "@wadi/protocol";
import {
  wholeCard,
  type CardsAsked,
  type CheckpointSeen,
  type EngineKind,
  type EngineRef,
  type Isolation,
  type RunSpec,
} from "../engines/engine.ts";
import type { LogCursor } from "./log-cursor.ts";
import { newMeter, type Meter } from "./meter.ts";

/** A run that the agent has taken and that the hub does not know the end of yet. */
export interface HeldRun {
  readonly lease: Lease;
  readonly phase: RunPhase;
  /** The last state the hub was told. */
  readonly told: "nothing" | "starting" | "running" | "end";
  readonly stop: StopReason | null;
  readonly meter: Meter;
  /** By stream: "0.stdout". */
  readonly logs: Readonly<Record<string, LogCursor>>;
  /** What the hub was told of its checkpoint; null while this run was not seen to write one. */
  readonly checkpoint: CheckpointSeen | null;
  readonly end: RunEnd | null;
}

/**
 * | phase      | what goes on                                  | after an agent's restart    |
 * |------------|-----------------------------------------------|-----------------------------|
 * | placing    | its inputs are being placed                   | they are placed again       |
 * | starting   | the engine was asked to start it              | it is asked again           |
 * | running    | the engine has it                             | the engine is asked after it|
 * | collecting | it has ended; its files are taken to the hub  | they are taken again        |
 * | over       | its end is in the journal                     | the hub is told if need be  |
 */
export type RunPhase = "placing" | "starting" | "running" | "collecting" | "over";

export type StopReason = SyncReply["stops"][number]["why"];

/** How it ended, as the hub is told. */
export interface RunEnd {
  readonly state: RunState;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly message: string;
  readonly isolation: Isolation | null;
  readonly slots: readonly number[];
  /** Unix time. */
  readonly endedAtMs: number;
  /** By stream, as in `logs`. */
  readonly outputSizes: Readonly<Record<string, number>>;
}

export const takeLease = (taken: Lease): HeldRun => ({
  lease: taken,
  phase: taken.spec.inputs.length > 0 ? "placing" : "starting",
  told: "nothing",
  stop: null,
  meter: newMeter,
  logs: {},
  checkpoint: null,
  end: null,
});

/** What its engine is asked to run. */
export function runSpecOf({ lease: { spec, ...from } }: HeldRun, stopGrace: Duration): RunSpec {
  return {
    run: from.run,
    job: from.job,
    generation: from.generation,
    command: spec.run,
    env: spec.env,
    arrayIndex: from.arrayIndex,
    replicas: spec.replicas,
    cards: { model: from.model, count: from.cardsPerReplica, ...partOf(from) },
    cpu: spec.cpu,
    memory: spec.memory,
    maxRun: from.maxRunTime,
    stopGrace,
    checkpoint: spec.checkpoint,
    rerunnable: spec.retry.rerunWhenLost,
  };
}

function partOf({ share, placement }: Omit<Lease, "spec">): Pick<CardsAsked, "share" | "on"> {
  if (share >= wholeCard) return {};
  const on = placement.flatMap(({ host, replicas, card }) =>
    card === undefined ? [] : Array.from({ length: replicas }, () => ({ host, card })),
  );
  return { share, on };
}

/** How engines know a run; the same whether it was started or not. */
export const refOf = (
  { lease: { run, generation } }: Pick<HeldRun, "lease">,
  engine: EngineKind,
): EngineRef => ({ engine, run, generation, handle: `${run}.${generation}` });

/*
 * In the journal a run has one value for its lease, which is long and never changes, one for how
 * it stands, and one for each output stream: `lease/<run>`, `run/<run>`, `log/<run>/0.stdout`.
 */

type Kept = readonly [key: string, value: string | null];

export const keepLease = (taken: Lease): Kept => [
  `lease/${taken.run}`,
  JSON.stringify(z.encode(lease, taken)),
];

export function keepRun(run: HeldRun): Kept {
  const { lease: taken, logs: _, ...rest } = run;
  return [`run/${taken.run}`, JSON.stringify(rest)];
}

export const keepLog = (run: HeldRun, stream: string, cursor: LogCursor): Kept => [
  `log/${run.lease.run}/${stream}`,
  JSON.stringify(cursor),
];

/** What drops all that is kept of a run. */
export const dropRun = ({ lease: { run }, logs }: HeldRun): Kept[] => [
  [`lease/${run}`, null],
  [`run/${run}`, null],
  ...Object.keys(logs).map((stream): Kept => [`log/${run}/${stream}`, null]),
];

/** All runs that a journal keeps. One whose values cannot be read is left out, and named. */
export function keptRuns(kept: ReadonlyMap<string, string>): {
  runs: HeldRun[];
  broken: { run: string; cause: unknown }[];
} {
  const logs = new Map<string, Record<string, LogCursor>>();
  const runs: HeldRun[] = [];
  const broken: { run: string; cause: unknown }[] = [];
  for (const [key, text] of kept) {
    const [kind, run = "", stream = ""] = key.split("/");
    if (kind !== "log") continue;
    const cursors = logs.get(run) ?? {};
    logs.set(run, { ...cursors, [stream]: JSON.parse(text) as LogCursor });
  }
  for (const [key, text] of kept) {
    const [kind, run = ""] = key.split("/");
    if (kind !== "lease") continue;
    try {
      const taken = takeLease(z.decode(lease, JSON.parse(text) as z.input<typeof lease>));
      const state = JSON.parse(kept.get(`run/${run}`) ?? "{}") as Partial<HeldRun>;
      runs.push({ ...taken, ...state, logs: logs.get(run) ?? {} });
    } catch (cause) {
      broken.push({ run, cause });
    }
  }
  return { runs, broken };
}
