import type { JobId } from "@wadi/core/units";
import type { EngineRef, Isolation, RunReport, RunSpec } from "../engine.ts";
import type { LiveRun } from "./run.ts";
import { refOf } from "./run-files.ts";
import type { Occupied, Seat } from "./seats.ts";

/** A run as its keeper holds it. */
export type Entry = Starting | Live | Ended;

interface Starting {
  readonly kind: "starting";
  readonly spec: RunSpec;
  readonly seats: readonly Seat[];
  readonly isolation: Isolation;
  readonly started: Promise<EngineRef>;
}

/** With processes, or with none left while its last report is being written. */
interface Live {
  readonly kind: "live";
  readonly run: LiveRun;
}

interface Ended {
  readonly kind: "ended";
  readonly report: RunReport;
  readonly job: JobId;
}

export const refOfEntry = (entry: Entry): EngineRef =>
  entry.kind === "starting"
    ? refOf(entry.spec)
    : entry.kind === "live"
      ? entry.run.ref
      : entry.report.ref;

export const jobOf = (entry: Entry): JobId =>
  entry.kind === "starting"
    ? entry.spec.job
    : entry.kind === "live"
      ? entry.run.spec.job
      : entry.job;

/** What keeps others from its cards and memory: every run until its end has been told. */
export const occupiedBy = (entry: Entry): Occupied[] =>
  entry.kind === "starting" ? [entry] : entry.kind === "live" ? [entry.run] : [];

/** What observers are told. An end is told when it is on disk: until then the run goes on. */
export function reportOf(entry: Entry): RunReport {
  if (entry.kind === "ended") return entry.report;
  if (entry.kind === "starting") return startingReport(entry);
  const report = entry.run.report();
  if (!entry.run.isOver) return report;
  const ended = { exitCode: null, signal: null, endedAtMs: null, message: "" };
  return { ...report, ...ended, state: "running" };
}

const startingReport = ({ spec, seats, isolation }: Starting): RunReport => ({
  ref: refOf(spec),
  state: "starting",
  exitCode: null,
  signal: null,
  startedAtMs: null,
  endedAtMs: null,
  isolation,
  placement: seats.map(({ host, slots }) => ({ host, slots })),
  usage: { heldMs: 0, cardMs: 0, cpuMs: 0, peakMemoryBytes: 0 },
  output: seats.map(() => ({ stdout: 0, stderr: 0 })),
  message: "",
});
