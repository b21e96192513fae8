import type { EngineState } from "../engine.ts";
import type { CommandEnd } from "./isolation/init.ts";

/** Why we stopped a run; null when it ended by itself. */
export type StopCause = keyof typeof stateOfCause | null;

export interface RunEnd {
  readonly cause: StopCause;
  /** In the order in which the replicas ended. */
  readonly ends: readonly ReplicaEnd[];
  /** How often the kernel killed for want of memory, in the run's own groups. */
  readonly oomKills: number;
  /** The same for the whole machine while the run went on: a hint, not a proof. */
  readonly machineOomKills: number;
  readonly memoryMiB: number;
  readonly maxRunMs: number;
}

export interface ReplicaEnd {
  readonly replica: number;
  /** Null: its init was killed and could not tell. */
  readonly end: CommandEnd | null;
  /** Ended only because another replica had failed before. */
  readonly pulledDown: boolean;
}

export interface Verdict {
  readonly state: EngineState;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly message: string;
}

const stateOfCause = {
  asked: "stopped",
  superseded: "stopped",
  time: "timed-out",
  lease: "lease-lost",
  memory: "out-of-memory",
  closing: "lost",
} as const satisfies Record<string, EngineState>;

/** What became of a run whose processes are all gone. Our own reason to stop it comes first. */
export function verdictOf(run: RunEnd): Verdict {
  const failed = run.ends.find(({ end, pulledDown }) => !pulledDown && end?.exitCode !== 0);
  const first = failed ?? run.ends.find(({ replica }) => replica === 0) ?? run.ends[0];
  const exitCode = first?.end?.exitCode ?? null;
  const signal = first?.end?.signal ?? (first && first.end === null ? "SIGKILL" : null);
  const where = run.ends.length > 1 && failed ? `replica ${failed.replica}: ` : "";
  const how = { exitCode, signal };

  if (run.cause !== null) {
    return { state: stateOfCause[run.cause], ...how, message: messageOfCause(run, run.cause) };
  }
  if (failed === undefined) return { state: "succeeded", ...how, message: "" };
  if (run.oomKills > 0) {
    const message = `${where}the kernel killed in it: it used up its ${run.memoryMiB} MiB`;
    return { state: "out-of-memory", ...how, message };
  }
  return { state: "failed", ...how, message: where + messageOfFailure(run, failed) };
}

function messageOfCause(run: RunEnd, cause: Exclude<StopCause, null>): string {
  const messages: Record<typeof cause, string> = {
    asked: "",
    superseded: "a newer run of the job was started here",
    time: `reached its longest run time of ${run.maxRunMs} ms`,
    lease: "the centre's lease ended without the hub having been heard",
    memory: `used more than its ${run.memoryMiB} MiB, as measured`,
    closing: "its keeper was told to close",
  };
  return messages[cause];
}

function messageOfFailure(run: RunEnd, { end }: ReplicaEnd): string {
  const machine =
    run.machineOomKills > 0 ? "; the machine ran out of memory and killed while it went on" : "";
  if (end === null) return `killed from outside, by nobody here${machine}`;
  if (end.signal === "SIGKILL") return `ended by SIGKILL, which nobody here sent${machine}`;
  if (end.signal !== null) return `ended by ${end.signal}`;
  if (end.exitCode === 127) return "exit code 127: a shell's word for a command it cannot find";
  if (end.exitCode === 126) return "exit code 126: a shell's word for a file it may not run";
  return `exit code ${end.exitCode}`;
}

/** The run whose processes went with their keeper, or with the machine. */
export const lostVerdict = (sameBoot: boolean): Verdict => ({
  state: "lost",
  exitCode: null,
  signal: null,
  message: sameBoot ? "its keeper died, and it with it" : "the machine was started again",
});
