import { performance } from "node:perf_hooks";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JobId } from "@wadi/core/units";
import {
  RunRefused,
  sameRun,
  type CentreLease,
  type EngineHost,
  type EngineRef,
  type RunReport,
  type RunSpec,
} from "../engine.ts";
import { heldLease, refuseWithoutLease, watchLease, type HeldLease } from "./centre-lease.ts";
import { checkSpec } from "../check-spec.ts";
import type { CardLook } from "./cards/card-watch.ts";
import type { HostConfig } from "./config.ts";
import { jobOf, occupiedBy, refOfEntry, reportOf, type Entry } from "./entries.ts";
import { removeCgroupSoon } from "./isolation/cgroup.ts";
import type { IsolationMeans } from "./isolation/probe.ts";
import { allProcesses } from "./processes.ts";
import { raiseRun } from "./raise-run.ts";
import { complain } from "./keeper-log.ts";
import { buryLostRun, noteUsage, readNotes } from "./recover.ts";
import type { LiveRun } from "./run.ts";
import {
  handleOf,
  makeRunFolders,
  refOf,
  removeFolder,
  runPaths,
  storedRuns,
  writeJson,
  type StatePaths,
} from "./run-files.ts";
import { seatRun, type Seat } from "./seats.ts";
import { openUsers, type Users } from "./users.ts";

/** What the keeper has been told, and has found out, of its machine. */
export interface Surroundings {
  readonly config: HostConfig;
  readonly hosts: readonly EngineHost[];
  readonly means: IsolationMeans;
}

export interface KeeperIdentity {
  readonly state: StatePaths;
  /** Short, and like no other keeper's on this machine. */
  readonly name: string;
  readonly onChange: () => void;
}

/** All runs of one keeper: started, watched, ended, forgotten. */
export class KeeperRuns {
  readonly #keeper: KeeperIdentity;
  readonly #users: Users;
  readonly #entries = new Map<string, Entry>();
  #lease: HeldLease | null = null;

  private constructor(keeper: KeeperIdentity) {
    this.#keeper = keeper;
    this.#users = openUsers(keeper.state);
  }

  /** Reads what the folder holds; runs that the keeper before left alive are lost, and buried. */
  static async open(keeper: KeeperIdentity): Promise<KeeperRuns> {
    const runs = new KeeperRuns(keeper);
    const notes = readNotes(keeper.state);
    await Promise.all(
      storedRuns(keeper.state).map(async ({ record, exit }) => {
        const { handle } = record.ref;
        const report = exit ?? (await buryLostRun(keeper.state, record, notes[handle]));
        runs.#entries.set(handle, { kind: "ended", report, job: record.spec.job });
      }),
    );
    return runs;
  }

  /** How many runs are starting, running, or not yet written down as ended. */
  get alive(): number {
    return [...this.#entries.values()].filter(({ kind }) => kind !== "ended").length;
  }

  /** Whether a run holds cards that can be looked at. */
  get usesCards(): boolean {
    return this.#live().some(({ hasRealCards }) => hasRealCards);
  }

  async start(spec: RunSpec, around: Surroundings): Promise<EngineRef> {
    checkSpec(spec);
    const known = this.#entries.get(handleOf(spec));
    if (known) return known.kind === "starting" ? known.started : refOf(spec);
    this.#refuseOlder(spec);
    refuseWithoutLease(this.#lease, spec);
    await this.#endOthersOfJob(spec);
    // The same call may have come again while another run was being ended.
    return this.#entries.has(handleOf(spec)) ? this.start(spec, around) : this.#begin(spec, around);
  }

  stop(ref: EngineRef): void {
    const entry = this.#entries.get(handleOf(ref));
    if (entry?.kind === "live") entry.run.stop("asked");
    if (entry?.kind !== "starting") return;
    // A start that fails leaves nothing to stop.
    entry.started.then(() => this.stop(ref)).catch(() => undefined);
  }

  observe(refs: readonly EngineRef[]): RunReport[] {
    return refs.flatMap((ref) => {
      const entry = this.#entries.get(handleOf(ref));
      return entry ? [reportOf(entry)] : [];
    });
  }

  holding(): EngineRef[] {
    return [...this.#entries.values()].map(refOfEntry);
  }

  renewLease(lease: CentreLease): void {
    this.#lease = heldLease(lease);
  }

  async forget(ref: EngineRef): Promise<void> {
    const handle = handleOf(ref);
    const entry = this.#entries.get(handle);
    if (entry && entry.kind !== "ended") throw new Error(`run ${handle} is alive; stop it first`);
    // Gone from disk before it is gone from here: should we die between, it is known still.
    await removeFolder(join(this.#keeper.state.runs, handle));
    this.#entries.delete(handle);
  }

  async forgetJob(job: JobId): Promise<void> {
    const alive = this.#ofJob(job).some(({ kind }) => kind !== "ended");
    if (alive) throw new Error(`a run of job ${job} is alive; stop it first`);
    await removeFolder(join(this.#keeper.state.checkpoints, job));
  }

  /** What comes due by the clock: longest run times, kills, the lease, bounds of output. */
  watch(): void {
    for (const run of this.#live()) {
      try {
        watchLease(run, this.#lease);
        run.watch();
      } catch (error) {
        // The others' clocks go on all the same.
        complain(`watching run ${run.ref.handle}`, error);
      }
    }
  }

  /** Measures what is used, and notes it. @returns how long that took, in milliseconds */
  sample(): number {
    const before = performance.now();
    const live = this.#live();
    const all = allProcesses();
    for (const run of live) run.sample(all);
    this.#note();
    return performance.now() - before;
  }

  /** Tells the runs what their cards did, and notes it before anyone is told. */
  looked(look: CardLook): void {
    for (const run of this.#live()) run.looked(look);
    this.#note();
  }

  /** Ends every run, as lost: the keeper is told to close. */
  async closeAll(): Promise<void> {
    while (this.alive > 0) {
      for (const run of this.#live()) run.stop("closing");
      await sleep(10);
    }
  }

  #note(): void {
    const live = this.#live().map((run) => run.report());
    noteUsage(this.#keeper.state, live);
  }

  #begin(spec: RunSpec, around: Surroundings): Promise<EngineRef> {
    const handle = handleOf(spec);
    const occupied = [...this.#entries.values()].flatMap(occupiedBy);
    const seats = seatRun(around.hosts, occupied, spec);
    const started = this.#raise(spec, seats, around);
    const isolation = around.means.report;
    this.#entries.set(handle, { kind: "starting", spec, seats, isolation, started });
    started.catch(() => this.#entries.delete(handle));
    return started;
  }

  async #raise(spec: RunSpec, seats: readonly Seat[], around: Surroundings): Promise<EngineRef> {
    const { config, means } = around;
    const { state, name: keeperName } = this.#keeper;
    if (config.user === "own" && !means.ownUsers) {
      throw new RunRefused("cannot-isolate", means.report.notes.join("; "));
    }
    await makeRunFolders(state, spec);
    const paths = runPaths(state, spec);
    const uid = means.ownUsers ? this.#users.forJob(paths.checkpoint) : null;
    const launch = { spec, state, paths, seats, config, means, uid, keeperName };
    const { run, cgroups } = await raiseRun(launch);
    this.#entries.set(handleOf(spec), { kind: "live", run });
    void run.over.then(() => this.#seal(run, cgroups));
    this.#keeper.onChange();
    return run.ref;
  }

  async #seal(run: LiveRun, cgroups: readonly string[]): Promise<void> {
    void removeCgroupSoon(cgroups);
    const report = run.report();
    const { exit } = runPaths(this.#keeper.state, run.spec);
    for (;;) {
      try {
        await writeJson(exit, report, { durable: true });
        break;
      } catch (error) {
        complain(`writing the end of run ${run.ref.handle}, again in a second`, error);
        await sleep(1000);
      }
    }
    this.#entries.set(run.ref.handle, { kind: "ended", report, job: run.spec.job });
    this.#keeper.onChange();
  }

  #live(): LiveRun[] {
    return [...this.#entries.values()].flatMap((entry) =>
      entry.kind === "live" && !entry.run.isOver ? [entry.run] : [],
    );
  }

  #ofJob(job: JobId): Entry[] {
    return [...this.#entries.values()].filter((entry) => jobOf(entry) === job);
  }

  #refuseOlder(spec: RunSpec): void {
    const newest = Math.max(
      0,
      ...this.#ofJob(spec.job).map((entry) => refOfEntry(entry).generation),
    );
    if (newest <= spec.generation) return;
    const detail = `generation ${newest} is known, ${spec.generation} was asked for`;
    throw new RunRefused("older-generation", detail);
  }

  /** A job has one run at a time: one that a newer has taken the place of is killed at once. */
  async #endOthersOfJob(spec: RunSpec): Promise<void> {
    for (const other of this.#ofJob(spec.job)) {
      if (other.kind === "ended" || sameRun(refOfEntry(other), refOf(spec))) continue;
      if (other.kind === "starting") await other.started.catch(() => undefined);
      const entry = this.#entries.get(refOfEntry(other).handle);
      if (entry?.kind !== "live") continue;
      entry.run.stop("superseded", 0);
      await entry.run.over;
    }
  }
}
