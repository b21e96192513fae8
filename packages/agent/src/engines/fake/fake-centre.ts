import {
  RunRefused,
  type EngineHost,
  type EngineInventory,
  type EngineRef,
  type EngineState,
  type Isolation,
  type OutputPiece,
  type ReplicaPlace,
  type RunReport,
  type RunSpec,
} from "../engine.ts";
import { checkSpec } from "../check-spec.ts";
import type { FakeClock } from "./fake-clock.ts";
import { fakeOutcome, type FakeOutcome } from "./fake-outcome.ts";
import { fakeSlots, type FakeSlots } from "./fake-slots.ts";

interface FakeRun {
  readonly ref: EngineRef;
  readonly spec: RunSpec;
  readonly outcome: FakeOutcome;
  readonly places: readonly ReplicaPlace[];
  readonly startedMs: number;
  readonly startedAtMs: number;
  /** The first reason that it was asked to end for. */
  stopping: FinalState | null;
  end: FakeEnd | null;
}

interface FakeEnd extends Pick<RunReport, "exitCode" | "signal" | "message"> {
  readonly state: FinalState;
  readonly heldMs: number;
}

type FinalState = Exclude<EngineState, "starting" | "running">;

const isolation: Isolation = {
  means: "fake",
  memoryLimit: "none",
  cpuLimit: "none",
  processLimit: false,
  network: "shared",
  fileSystem: "shared",
  ownUser: false,
  treeKill: false,
  notes: ["nothing is run here: every run ends as its environment says"],
};

/**
 * A centre in which nothing is really run: every run ends as its environment says (see
 * `FakeOutcome`), when the clock has come that far. It outlives the engines opened on it, as a
 * real centre outlives its agent. A start costs the same with ten runs and with a hundred thousand.
 */
export class FakeCentre {
  readonly clock: FakeClock;
  readonly #hosts: readonly EngineHost[];
  readonly #slots: FakeSlots;
  readonly #runs = new Map<string, FakeRun>();
  /** By job: its run of the highest generation. */
  readonly #newest = new Map<string, FakeRun>();
  #leaseUntilMs = Number.NEGATIVE_INFINITY;
  #changed = Promise.withResolvers<void>();
  /** Grows with each change. */
  mark = 1;
  /** While false, its engines throw `EngineUnreachable`. */
  isReachable = true;

  constructor(hosts: readonly EngineHost[], clock: FakeClock) {
    this.#hosts = hosts;
    this.clock = clock;
    this.#slots = fakeSlots(hosts);
  }

  describe(): EngineInventory {
    return { hosts: this.#hosts, isolation };
  }

  /** Settles at the next change. */
  get changed(): Promise<void> {
    return this.#changed.promise;
  }

  start(spec: RunSpec): EngineRef {
    checkSpec(spec);
    const known = this.#runs.get(handleOf(spec));
    if (known) return known.ref;
    const newest = this.#newest.get(spec.job);
    if (newest && newest.ref.generation > spec.generation) {
      const newer = `generation ${newest.ref.generation} is known`;
      throw new RunRefused("older-generation", `${newer}, ${spec.generation} was asked for`);
    }
    if (spec.rerunnable && this.clock.nowMs() >= this.#leaseUntilMs) {
      throw new RunRefused("lease-over", `it ended at ${this.#leaseUntilMs} ms`);
    }
    const outcome = fakeOutcome(spec);
    if (newest && !newest.end) this.#end(newest, "stopped", { signal: "SIGKILL" });
    return this.#begin(spec, outcome).ref;
  }

  #begin(spec: RunSpec, outcome: FakeOutcome): FakeRun {
    const { run, generation } = spec;
    const startedMs = this.clock.nowMs();
    const fake: FakeRun = {
      ref: { engine: "fake", run, generation, handle: handleOf(spec) },
      spec,
      outcome,
      places: this.#slots.take(spec),
      startedMs,
      startedAtMs: this.clock.epochMs(),
      stopping: null,
      end: null,
    };
    this.#runs.set(fake.ref.handle, fake);
    this.#newest.set(spec.job, fake);
    const endsByItself = outcome.runMs <= spec.maxRun;
    this.clock.at(startedMs + Math.min(outcome.runMs, spec.maxRun), () => {
      if (endsByItself) this.#endByItself(fake);
      else this.#askToEnd(fake, "timed-out");
    });
    this.#tellChange();
    return fake;
  }

  observe(refs: readonly EngineRef[]): RunReport[] {
    return refs.flatMap((ref) => {
      const run = this.#runs.get(handleOf(ref));
      return run ? [this.#report(run)] : [];
    });
  }

  stop(ref: EngineRef): void {
    const run = this.#runs.get(handleOf(ref));
    if (run) this.#askToEnd(run, "stopped");
  }

  holding(): EngineRef[] {
    return [...this.#runs.values()].map(({ ref }) => ref);
  }

  renewLease(untilMs: number): void {
    this.#leaseUntilMs = untilMs;
    this.clock.at(untilMs, () => this.#endLeased());
  }

  output(ref: EngineRef, { replica, stream, fromByte, maxBytes }: OutputPiece): Uint8Array {
    const run = this.#runs.get(handleOf(ref));
    if (!run || replica >= run.spec.replicas) return new Uint8Array();
    return Buffer.from(run.outcome[stream]).subarray(fromByte, fromByte + maxBytes);
  }

  forget(ref: EngineRef): void {
    const run = this.#runs.get(handleOf(ref));
    if (!run) return;
    if (!run.end) throw new Error(`run ${run.ref.handle} is alive; stop it first`);
    this.#runs.delete(run.ref.handle);
    if (this.#newest.get(run.spec.job) === run) this.#newest.delete(run.spec.job);
  }

  forgetJob(job: string): void {
    const run = this.#newest.get(job);
    if (run && !run.end) throw new Error(`a run of job ${job} is alive; stop it first`);
  }

  /** Every run alive is lost, as when a keeper is killed. */
  loseAll(): void {
    for (const run of this.#runs.values()) {
      if (!run.end) this.#end(run, "lost", { message: "the centre lost it" });
    }
  }

  #endByItself(run: FakeRun): void {
    const { end, signal, exitCode } = run.outcome;
    if (end !== null) this.#end(run, end, { signal: end === "lost" ? null : "SIGKILL" });
    else if (signal !== null) this.#end(run, "failed", { signal, message: `ended by ${signal}` });
    else if (exitCode !== 0)
      this.#end(run, "failed", { exitCode, message: `exit code ${exitCode}` });
    else this.#end(run, "succeeded", { exitCode });
  }

  #askToEnd(run: FakeRun, state: FinalState): void {
    if (run.end || run.stopping) return;
    run.stopping = state;
    const { stopMs } = run.outcome;
    const grace = run.spec.stopGrace;
    const signal = stopMs > grace ? "SIGKILL" : "SIGTERM";
    this.clock.at(this.clock.nowMs() + Math.min(stopMs, grace), () =>
      this.#end(run, state, { signal }),
    );
  }

  #endLeased(): void {
    if (this.clock.nowMs() < this.#leaseUntilMs) return; // Renewed since.
    for (const run of this.#runs.values()) {
      if (run.spec.rerunnable && !run.end) this.#end(run, "lease-lost", { signal: "SIGKILL" });
    }
  }

  #end(run: FakeRun, state: FinalState, how: Partial<FakeEnd>): void {
    if (run.end) return;
    const heldMs = Math.round(this.clock.nowMs() - run.startedMs);
    run.end = { state, heldMs, exitCode: null, signal: null, message: "", ...how };
    this.#slots.giveBack(run.spec, run.places);
    this.#tellChange();
  }

  #report({ ref, spec, places, outcome, end, startedAtMs, startedMs }: FakeRun): RunReport {
    const heldMs = end?.heldMs ?? Math.round(this.clock.nowMs() - startedMs);
    const cardMs = heldMs * (spec.cards?.count ?? 0) * spec.replicas;
    const size = { stdout: byteLength(outcome.stdout), stderr: byteLength(outcome.stderr) };
    return {
      ref,
      state: end?.state ?? "running",
      exitCode: end?.exitCode ?? null,
      signal: end?.signal ?? null,
      startedAtMs,
      endedAtMs: end && startedAtMs + heldMs,
      isolation,
      placement: places,
      usage: {
        heldMs,
        cardMs,
        cpuMs: heldMs,
        peakMemoryBytes: heldMs === 0 ? 0 : spec.memory * 2 ** 19,
        ...(outcome.busy !== null && { busyMs: (cardMs * outcome.busy) / 1000 }),
      },
      output: places.map(() => size),
      message: end?.message ?? "",
    };
  }

  #tellChange(): void {
    this.mark++;
    const waiting = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    waiting.resolve();
  }
}

const byteLength = (text: string) => Buffer.byteLength(text);

const handleOf = ({ run, generation }: { readonly run: string; readonly generation: number }) =>
  `${run}.${generation}`;
