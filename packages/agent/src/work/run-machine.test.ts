import { expect, test } from "vitest";
import type { RunReport } from "../engines/engine.ts";
import { aLease } from "./a-lease.ts";
import { entryFields } from "./entry.ts";
import { takeLease, type HeldRun, type RunPhase } from "./held-run.ts";
import {
  interimReading,
  newCheckpoint,
  step,
  steps,
  tellsNews,
  type RunEvent,
} from "./run-machine.ts";

const nowMs = Date.UTC(2026, 5, 1);
const startedAtMs = nowMs - 90_000;

/** Lets events happen one after another. @returns the last run and all that was said and done */
function live(events: readonly RunEvent[], from: HeldRun = takeLease(aLease())) {
  let run = from;
  const said: string[] = [];
  const done: string[] = [];
  for (const event of events) {
    const next = step(run, event, nowMs);
    run = next.run;
    for (const entry of next.entries) {
      entryFields(entry); // throws for what no hub could read
      said.push(
        entry.kind === "state" ? entry.state : `${entry.kind}${isFinal(entry) ? " final" : ""}`,
      );
    }
    done.push(...next.acts);
  }
  return { run, said, done };
}

const isFinal = (entry: object) => "final" in entry && entry.final === true;
const running: RunEvent = { kind: "observed", report: aReport() };
const succeeded: RunEvent = {
  kind: "observed",
  report: aReport({ state: "succeeded", exitCode: 0 }),
};
const collected: RunEvent = { kind: "collected", files: [], notes: [] };

test("a run is told as running, then its last reading, then its end, each once", () => {
  const { run, said, done } = live([{ kind: "started" }, running, running, succeeded, succeeded]);
  expect(said).toEqual(["running", "reading final", "succeeded"]);
  expect(done).toEqual([]);
  expect(run.phase).toBe("over");
});

test("a run so short that it was never seen running is told as running all the same", () => {
  expect(live([{ kind: "started" }, succeeded]).said).toEqual([
    "running",
    "reading final",
    "succeeded",
  ]);
});

test("inputs are placed first, and the hub is told that it takes a while", () => {
  const lease = aLease({ spec: { inputs: [anUpload] } });
  const { said, done } = live(
    [{ kind: "slow" }, { kind: "slow" }, { kind: "placed" }, { kind: "started" }, running],
    takeLease(lease),
  );
  expect(said).toEqual(["starting", "running"]);
  expect(done).toEqual(["start"]);
});

test("output and files are collected before the end is told", () => {
  const end = aReport({ state: "succeeded", output: [{ stdout: 5, stderr: 0 }] });
  const { run, said, done } = live([{ kind: "started" }, { kind: "observed", report: end }]);
  expect(run.phase).toBe("collecting");
  expect(said).toEqual(["running", "reading final"]);
  expect(done).toEqual(["collect"]);

  const file = { path: "model.bin", sha256: "0".repeat(64), bytes: 7n };
  const last = live(
    [{ kind: "collected", files: [file], notes: ["x was not kept"] }, collected],
    run,
  );
  expect(last.said).toEqual(["output", "succeeded"]);
  expect(last.run.end?.message).toBe("x was not kept");
});

test("a run that cannot be started is refused, with why, and never metered", () => {
  const { run, said } = live([{ kind: "not-started", why: "too few free cards" }]);
  expect(said).toEqual(["refused"]);
  expect(run.end).toMatchObject({ state: "refused", message: "too few free cards" });
});

test("a run that the engine lost is closed with a reading of no length", () => {
  const { run, said } = live([{ kind: "started" }, running, { kind: "missing" }]);
  expect(said).toEqual(["running", "reading final", "lost"]);
  expect(run.meter).toMatchObject({ isClosed: true, coveredMs: 0 });
});

test.each([
  ["placing", [], ["stop"]],
  ["starting", [], ["stop"]],
  ["running", [{ kind: "started" }], ["stop"]],
] as [RunPhase, RunEvent[], string[]][])(
  "a run that is %s is stopped once",
  (phase, before, acts) => {
    const lease = aLease(phase === "placing" ? { spec: { inputs: [anUpload] } } : {});
    const ask: RunEvent = { kind: "stop", why: "cancelled" };
    const { run, done } = live([...before, ask, ask], takeLease(lease));
    expect(run).toMatchObject({ phase, stop: "cancelled" });
    expect(done).toEqual(acts);
  },
);

test("what is stopped while it starts is stopped again when it has started", () => {
  const ask: RunEvent = { kind: "stop", why: "preempted" };
  expect(live([ask, { kind: "started" }]).done).toEqual(["stop", "stop"]);
});

test("what is stopped before it was started is stopped, not refused", () => {
  const ask: RunEvent = { kind: "stop", why: "cancelled" };
  const { said } = live([ask, { kind: "not-started", why: "stopped before it was started" }]);
  expect(said).toEqual(["stopped"]);
});

test("what becomes known together is one step, told as if it had come one by one", () => {
  for (const end of [running, succeeded]) {
    const events: RunEvent[] = [{ kind: "started" }, end];
    const one = steps(takeLease(aLease()), events, nowMs);
    const lease = one.run.lease;
    expect(one.run).toEqual(live(events, takeLease(lease)).run);
    expect(one.entries.map(({ kind }) => kind)).toEqual(
      end === running ? ["state"] : ["state", "reading", "state"],
    );
  }
  const stopped = live([{ kind: "stop", why: "cancelled" }]).run;
  expect(steps(stopped, [{ kind: "started" }, running], nowMs).acts).toEqual(["stop"]);
});

test("a checkpoint is told when this run has written it, each once, and before the end", () => {
  const seen = (
    afterMs: number,
    bytes: number,
    report = (running as { report: RunReport }).report,
  ) =>
    ({
      kind: "observed",
      report,
      checkpoint: { writtenAtMs: startedAtMs + afterMs, bytes },
    }) satisfies RunEvent;
  const { said } = live([
    { kind: "started" },
    seen(-5000, 7), // an earlier run's
    seen(1000, 7),
    seen(1000, 7),
    seen(1000, 9),
    seen(2000, 9, (succeeded as { report: RunReport }).report),
  ]);
  expect(said).toEqual([
    "running",
    "checkpoint",
    "checkpoint",
    "checkpoint",
    "reading final",
    "succeeded",
  ]);
});

test("of a checkpoint's files no time is believed that the run cannot have written them at", () => {
  const { run } = live([{ kind: "started" }, running]);
  const at = (writtenAtMs: number) => newCheckpoint(run, { writtenAtMs, bytes: 1 }, nowMs);
  expect(at(nowMs + 3_600_000)).toEqual({ writtenAtMs: nowMs, bytes: 1 });
  expect(at(startedAtMs - 4)).toEqual({ writtenAtMs: startedAtMs, bytes: 1 }); // a coarse clock
  expect(at(startedAtMs - 1000)).toBeUndefined();
});

test("whatever comes late changes nothing", () => {
  const { run } = live([{ kind: "started" }, succeeded]);
  const late: RunEvent[] = [
    running,
    succeeded,
    collected,
    { kind: "slow" },
    { kind: "placed" },
    { kind: "missing" },
    { kind: "started" },
    { kind: "stop", why: "superseded" },
    { kind: "not-started", why: "" },
    { kind: "not-placed", why: "" },
  ];
  for (const event of late) {
    expect(step(run, event, nowMs)).toEqual({ run, entries: [], acts: [] });
  }
});

test("interim readings come when they are due, and only while it runs", () => {
  const { run } = live([{ kind: "started" }, running]);
  const { report } = running as { report: RunReport };
  expect(interimReading(run, report, { nowMs, everyMs: 90_001 })).toBeUndefined();
  const next = interimReading(run, report, { nowMs, everyMs: 90_000 })!;
  expect(next.entries).toMatchObject([{ kind: "reading", number: 1, cards: 1, final: false }]);
  expect(tellsNews(next.run, report, 90_000)).toBe(false);
});

test("the cards of a reading are those of all replicas", () => {
  const lease = aLease({ cardsPerReplica: 4, spec: { replicas: 3 } });
  const { run } = live([{ kind: "started" }], takeLease(lease));
  const next = step(run, succeeded, nowMs);
  expect(next.entries.find(({ kind }) => kind === "reading")).toMatchObject({ cards: 12 });
});

const anUpload = {
  kind: "upload" as const,
  sha256: "0".repeat(64),
  to: "data.txt",
  bytes: null,
};

function aReport(differs: Partial<RunReport> = {}): RunReport {
  const state = differs.state ?? "running";
  return {
    ref: { engine: "fake", run: "r" as RunReport["ref"]["run"], generation: 1, handle: "r.1" },
    state,
    exitCode: null,
    signal: null,
    startedAtMs,
    endedAtMs: state === "running" ? null : nowMs,
    isolation: {
      means: "fake",
      memoryLimit: "none",
      cpuLimit: "none",
      processLimit: false,
      network: "shared",
      fileSystem: "shared",
      ownUser: false,
      treeKill: false,
      notes: [],
    },
    placement: [{ host: "a-host" as never, slots: [0, 1] }],
    usage: { heldMs: 90_000, cardMs: 90_000, cpuMs: 10, peakMemoryBytes: 5 },
    output: [{ stdout: 0, stderr: 0 }],
    message: "",
    ...differs,
  };
}
