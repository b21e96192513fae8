import { isFinalRun } from "@wadi/core/job";
import { bytes as asBytes } from "@wadi/core/units";
import type { CheckpointSeen, RunReport } from "../engines/engine.ts";
import type { NewEntry } from "./entry.ts";
import type { HeldRun, RunEnd, RunPhase, StopReason } from "./held-run.ts";
import { isDue, nextReading, startMeter } from "./meter.ts";

/** What happened to one run. */
export type RunEvent =
  /** It takes its time to start: the hub need not offer its lease again and again. */
  | { readonly kind: "slow" }
  | { readonly kind: "placed" }
  | { readonly kind: "not-placed"; readonly why: string }
  | { readonly kind: "started" }
  | { readonly kind: "not-started"; readonly why: string }
  /** The engine says how it is; with its checkpoint folder, where that was looked at. */
  | {
      readonly kind: "observed";
      readonly report: RunReport;
      readonly checkpoint?: CheckpointSeen | null;
    }
  /** The engine does not know it, though it had it. */
  | { readonly kind: "missing" }
  | { readonly kind: "stop"; readonly why: StopReason }
  /** Its files are with the hub, as far as could be; `notes` says what could not. */
  | { readonly kind: "collected"; readonly files: readonly OutputFile[]; readonly notes: string[] };

export interface OutputFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: bigint;
}

/** What is to be done next, once the step is in the journal. */
export type RunAct = "start" | "stop" | "collect";

export interface RunStep {
  readonly run: HeldRun;
  /** For the hub, in order. */
  readonly entries: readonly NewEntry[];
  readonly acts: readonly RunAct[];
}

/**
 * The life of a run at the centre, event by event. Pure: what it returns is first made durable,
 * then done. An event that does not fit the run's phase, such as one that comes late, changes
 * nothing. The hub is told each state once, and `final` readings and states exactly once.
 */
export function step(run: HeldRun, event: RunEvent, nowMs: number): RunStep {
  const phases: readonly RunPhase[] = countsIn[event.kind];
  if (!phases.includes(run.phase)) return same(run);
  switch (event.kind) {
    case "slow":
      return slow(run, nowMs);
    case "placed":
      if (run.stop) return over(endedHere(run, { state: "stopped", nowMs }), nowMs);
      return { run: { ...run, phase: "starting" }, entries: [], acts: ["start"] };
    case "not-placed":
    case "not-started":
      return over(neverStarted(run, { why: event.why, nowMs }), nowMs);
    case "started":
      return { run: { ...run, phase: "running" }, entries: [], acts: run.stop ? ["stop"] : [] };
    case "observed":
      return observed(run, event, nowMs);
    case "missing":
      return over(endedHere(run, { state: "lost", nowMs, message: gone }), nowMs);
    case "stop":
      return run.stop
        ? same(run)
        : { run: { ...run, stop: event.why }, entries: [], acts: ["stop"] };
    case "collected":
      return collected(run, event, nowMs);
  }
}

/** Several events that became known together: one step, so that they are durable together. */
export function steps(run: HeldRun, events: readonly RunEvent[], nowMs: number): RunStep {
  return events.reduce((before: RunStep, event) => {
    const next = step(before.run, event, nowMs);
    return {
      run: next.run,
      entries: [...before.entries, ...next.entries],
      acts: [...before.acts, ...next.acts],
    };
  }, same(run));
}

/** In which phases an event means something. */
const countsIn = {
  slow: ["placing", "starting"],
  placed: ["placing"],
  "not-placed": ["placing"],
  started: ["starting"],
  "not-started": ["starting"],
  observed: ["running"],
  missing: ["running"],
  stop: ["placing", "starting", "running"],
  collected: ["collecting"],
} as const satisfies Record<RunEvent["kind"], readonly RunPhase[]>;

/** Whether a report would change anything, so that most need not go any further. */
export function tellsNews(run: HeldRun, report: RunReport, readingMs: number): boolean {
  if (run.phase !== "running") return false;
  if (report.state !== "starting" && run.told !== "running") return true;
  return isFinalRun(report.state) || isDue(run.meter, report.usage, readingMs);
}

/** A reading between start and end. It may be left out: the next one covers its time as well. */
export function interimReading(
  run: HeldRun,
  report: RunReport,
  { nowMs, everyMs }: { nowMs: number; everyMs: number },
): RunStep | undefined {
  if (run.phase !== "running" || !isDue(run.meter, report.usage, everyMs)) return undefined;
  const next = nextReading(run.meter, report.usage, { isFinal: false });
  if (!next) return undefined;
  const entry = readingEntry(run, next.reading, nowMs);
  return { run: { ...run, meter: next.meter }, entries: [entry], acts: [] };
}

const gone = "the engine no longer knows of it";
const same = (run: HeldRun): RunStep => ({ run, entries: [], acts: [] });

function slow(run: HeldRun, nowMs: number): RunStep {
  if (run.told !== "nothing") return same(run);
  const entry = stateEntry(run, { state: "starting", ...nothingYet }, nowMs);
  return { run: { ...run, told: "starting" }, entries: [entry], acts: [] };
}

function observed(
  before: HeldRun,
  { report, checkpoint = null }: Extract<RunEvent, { kind: "observed" }>,
  nowMs: number,
): RunStep {
  let run: HeldRun = { ...before, meter: startMeter(before.meter, report.startedAtMs) };
  const entries: NewEntry[] = [];
  const hasRun = report.startedAtMs !== null && report.state !== "starting";
  if (hasRun && run.told !== "running") {
    const slots = slotsOf(report);
    const told = { state: "running" as const, ...nothingYet, isolation: report.isolation, slots };
    entries.push(stateEntry(run, told, report.startedAtMs ?? nowMs));
    run = { ...run, told: "running" };
  }
  const kept = checkpoint && newCheckpoint(run, checkpoint, nowMs);
  if (kept) {
    entries.push(checkpointEntry(run, kept, nowMs));
    run = { ...run, checkpoint: kept };
  }
  if (!isFinalRun(report.state)) return { run, entries, acts: [] };

  const last = nextReading(run.meter, report.usage, { isFinal: true });
  if (last) entries.push(readingEntry(run, last.reading, nowMs));
  const meter = last?.meter ?? run.meter;
  run = { ...run, phase: "collecting", meter, end: endOf(report, nowMs) };
  if (hasLeftSomething(run)) return { run, entries, acts: ["collect"] };
  const ended = over(run, nowMs);
  return { ...ended, entries: [...entries, ...ended.entries] };
}

/** File systems stamp files by a coarse clock: one written at once can look that much too old. */
const coarseMs = 10;

/** A checkpoint that this run has written; what an earlier one left saves nothing of this one. */
export function newCheckpoint(
  { meter: { startedAtMs }, checkpoint: told }: HeldRun,
  seen: CheckpointSeen,
  nowMs: number,
): CheckpointSeen | undefined {
  if (startedAtMs === null || seen.writtenAtMs < startedAtMs - coarseMs) return undefined;
  // Its files may carry any time: none is believed that lies before the run or in the future.
  const writtenAtMs = Math.min(Math.max(seen.writtenAtMs, startedAtMs), Math.round(nowMs));
  const isTold = told?.writtenAtMs === writtenAtMs && told.bytes === seen.bytes;
  return isTold ? undefined : { writtenAtMs, bytes: seen.bytes };
}

function hasLeftSomething({ end, logs, lease }: HeldRun): boolean {
  const sizes = Object.entries(end!.outputSizes);
  if (sizes.some(([stream, size]) => size > (logs[stream]?.read ?? 0))) return true;
  return end!.state === "succeeded" && lease.spec.outputs.length > 0;
}

function collected(
  run: HeldRun,
  { files, notes }: { files: readonly OutputFile[]; notes: readonly string[] },
  nowMs: number,
): RunStep {
  const { run: id, generation } = run.lease;
  const at = Temporal.Instant.fromEpochMilliseconds(nowMs);
  const outputs = files.map(({ path, sha256, bytes }): NewEntry => ({
    kind: "output",
    at,
    run: id,
    generation,
    path,
    sha256,
    bytes: bytes as Extract<NewEntry, { kind: "output" }>["bytes"],
  }));
  const end = run.end!;
  const message = [end.message, ...notes].filter((text) => text !== "").join("; ");
  const last = over({ ...run, end: { ...end, message } }, nowMs);
  return { ...last, entries: [...outputs, ...last.entries] };
}

/** Tells the end. Where the run was metered and the final reading is missing, it comes first. */
function over(run: HeldRun, nowMs: number): RunStep {
  const end = run.end!;
  const last = nextReading(
    run.meter,
    { ...run.meter, heldMs: run.meter.coveredMs },
    { isFinal: true },
  );
  const entries = last ? [readingEntry(run, last.reading, nowMs)] : [];
  const ended: HeldRun = { ...run, phase: "over", told: "end", meter: last?.meter ?? run.meter };
  return { run: ended, entries: [...entries, stateEntry(ended, end, end.endedAtMs)], acts: [] };
}

const neverStarted = (run: HeldRun, { why, nowMs }: { why: string; nowMs: number }): HeldRun =>
  endedHere(run, { state: run.stop ? "stopped" : "refused", nowMs, message: why });

/** An end that the engine has not seen. */
const endedHere = (
  run: HeldRun,
  { state, nowMs, message = "" }: { state: RunEnd["state"]; nowMs: number; message?: string },
): HeldRun => ({
  ...run,
  end: { ...nothingYet, state, message, endedAtMs: nowMs, outputSizes: {} },
});

const endOf = (report: RunReport, nowMs: number): RunEnd => ({
  state: report.state,
  exitCode: report.exitCode,
  signal: report.signal,
  message: report.message,
  isolation: report.isolation,
  slots: slotsOf(report),
  endedAtMs: report.endedAtMs ?? nowMs,
  outputSizes: Object.fromEntries(
    report.output.flatMap(({ stdout, stderr }, replica) => [
      [`${replica}.stdout`, stdout],
      [`${replica}.stderr`, stderr],
    ]),
  ),
});

const slotsOf = ({ placement }: RunReport): number[] => placement.flatMap(({ slots }) => slots);

type ToldState = Omit<RunEnd, "endedAtMs" | "outputSizes">;
const nothingYet = { exitCode: null, signal: null, message: "", isolation: null, slots: [] };
const longestMessage = 4096;

function stateEntry(
  { lease: { run, generation } }: HeldRun,
  told: ToldState,
  atMs: number,
): NewEntry {
  const { state, exitCode, signal, isolation } = told;
  return {
    kind: "state",
    at: Temporal.Instant.fromEpochMilliseconds(Math.round(atMs)),
    run,
    generation,
    state,
    exitCode,
    signal,
    message: told.message.slice(0, longestMessage),
    isolation: isolation && { ...isolation, notes: [...isolation.notes] },
    slots: told.slots.slice(0, 10_000),
  };
}

function checkpointEntry(
  { lease: { run, generation } }: HeldRun,
  kept: CheckpointSeen,
  nowMs: number,
): NewEntry {
  return {
    kind: "checkpoint",
    at: Temporal.Instant.fromEpochMilliseconds(Math.round(nowMs)),
    run,
    generation,
    writtenAt: Temporal.Instant.fromEpochMilliseconds(kept.writtenAtMs),
    bytes: asBytes(kept.bytes),
  };
}

function readingEntry(
  { lease: { run, generation, cardsPerReplica, spec } }: HeldRun,
  reading: NonNullable<ReturnType<typeof nextReading>>["reading"],
  nowMs: number,
): NewEntry {
  const at = Temporal.Instant.fromEpochMilliseconds(nowMs);
  return {
    kind: "reading",
    at,
    run,
    generation,
    ...reading,
    cards: cardsPerReplica * spec.replicas,
  };
}
