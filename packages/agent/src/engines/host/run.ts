import { performance } from "node:perf_hooks";
import {
  shareOf,
  wholeCard,
  type EngineRef,
  type EngineState,
  type Isolation,
  type RunReport,
  type RunSpec,
} from "../engine.ts";
import { bootClockMs } from "./boot-clock.ts";
import { stackOf } from "./card-access.ts";
import { busySaid, lookedAt, newBusyCount, type BusyCount } from "./cards/busy-count.ts";
import type { CardLook } from "./cards/card-watch.ts";
import { oomKills } from "./isolation/cgroup.ts";
import type { CommandEnd } from "./isolation/init.ts";
import { allProcesses, type ProcessStat } from "./processes.ts";
import { commandProcesses, isAboveMemory, killTree, terminate, usageOf } from "./replica-tree.ts";
import { membersOf, type Member, type RunParts } from "./run-members.ts";
import type { Seat } from "./seats.ts";
import { verdictOf, type ReplicaEnd, type StopCause, type Verdict } from "./verdict.ts";

/** A run that has been started: watched, stopped when it must be, and judged when it is over. */
export class LiveRun {
  readonly ref: EngineRef;
  readonly spec: RunSpec;
  readonly seats: readonly Seat[];
  readonly isolation: Isolation;
  /** The last report; settles when no process is left. */
  readonly over: Promise<RunReport>;

  #members: Member[];
  #parts: RunParts;
  #ends: ReplicaEnd[] = [];
  #cause: StopCause = null;
  /** On the boot clock: when what is left is killed; null while nobody has asked it to end. */
  #killAtMs: number | null = null;
  #startedAtMs = Date.now();
  #startedMark = performance.now();
  #startedBootMs = bootClockMs();
  #heldMs: number | null = null;
  #peakMemoryBytes = 0;
  #cpuMs = 0;
  /** Null: its cards are only counted, or it has none. */
  #busy: BusyCount | null = null;
  #oomKills = 0;
  #machineOomKillsBefore: number;
  #verdict: Verdict | null = null;
  #settle: (report: RunReport) => void;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.ref = parts.ref;
    this.spec = parts.spec;
    this.seats = parts.seats;
    this.isolation = parts.isolation;
    this.#machineOomKillsBefore = parts.machineOomKills();
    this.#members = membersOf(parts);
    const over = Promise.withResolvers<RunReport>();
    this.over = over.promise;
    this.#settle = over.resolve;
  }

  /** Cards that can be looked at. */
  get hasRealCards(): boolean {
    return this.spec.cards !== null && this.seats.every(({ emulated }) => !emulated);
  }

  get isOver(): boolean {
    return this.#verdict !== null;
  }

  /** Lets all commands begin, and watches them. */
  begin(startedAtMs: number): void {
    this.#startedAtMs = startedAtMs;
    this.#startedMark = performance.now();
    this.#startedBootMs = bootClockMs();
    if (this.hasRealCards) this.#busy = newBusyCount(this.#startedMark);
    for (const member of this.#members) {
      member.process.begin();
      void member.process.ended.then((end) => this.#commandEnded(member, end));
      void member.process.gone.then(() => this.#processGone(member));
    }
  }

  /** Asks it to end, and has it killed after its grace or at `killAtMs`. The first cause stays. */
  stop(cause: Exclude<StopCause, null>, killAtMs = bootClockMs() + this.spec.stopGrace): void {
    const isDone = this.#members.every(({ ended }) => ended);
    if (this.isOver || (isDone && this.#killAtMs === null)) return; // It was quicker.
    // Of a gang that is already failing, the failure stays what is told.
    if (!isDone && !this.#ends.some(isFailure)) this.#cause ??= cause;
    this.#killAtMs = Math.min(this.#killAtMs ?? killAtMs, killAtMs);
    this.watch();
  }

  /** Does what has come due by the boot clock. Called several times a second. */
  watch(): void {
    if (this.isOver) return;
    const now = bootClockMs();
    for (const { outputs } of this.#members) {
      outputs.stdout.check();
      outputs.stderr.check();
    }
    if (this.#killAtMs === null) {
      if (now - this.#startedBootMs >= this.spec.maxRun) this.stop("time");
      return;
    }
    this.#askAll();
    if (now >= this.#killAtMs) return this.#killAll();
    const waiting = this.#members.filter(({ ended, released }) => ended && !released);
    if (waiting.length === 0) return;
    const all = allProcesses();
    for (const member of waiting) {
      if (commandProcesses(member.process.tree, all).length === 0) this.#release(member);
    }
  }

  /** Measures use, and ends the run when it is above its memory and only we can tell. */
  sample(all: ReadonlyMap<number, ProcessStat>): void {
    if (this.isOver) return;
    const limitBytes = this.spec.memory * 2 ** 20;
    let residentBytes = 0;
    for (const member of this.#members) {
      if (member.gone) continue;
      const usage = usageOf(member.process.tree, all);
      member.cpuMs = Math.max(member.cpuMs, usage.cpuMs);
      residentBytes += usage.residentBytes;
      const polled = this.isolation.memoryLimit === "polled";
      if (polled && isAboveMemory(member.process.tree, all, limitBytes)) this.stop("memory", 0);
    }
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, residentBytes);
    this.#countCpu();
  }

  /** Counts what its cards did, if the look tells it of all of them. */
  looked(look: CardLook): void {
    const { cards } = this.spec;
    if (this.isOver || this.#busy === null || cards === null) return;
    if (look.askedAtMs < this.#startedMark) return; // It tells of whoever had them before.
    const stack = stackOf(cards.model);
    let working = 0;
    for (const device of this.seats.flatMap(({ devices }) => devices)) {
      const share = look.busy(stack, device);
      if (share === null) return;
      working += share;
    }
    this.#busy = lookedAt(this.#busy, { atMs: look.atMs, working }, this.#parts.bridge);
  }

  report(): RunReport {
    const { spec, seats, isolation, ref } = this;
    const heldMs = this.#heldMs ?? Math.round(performance.now() - this.#startedMark);
    const verdict = this.#verdict;
    return {
      ref,
      state: verdict?.state ?? ("running" satisfies EngineState),
      exitCode: verdict?.exitCode ?? null,
      signal: verdict?.signal ?? null,
      startedAtMs: this.#startedAtMs,
      endedAtMs: verdict && this.#startedAtMs + heldMs,
      isolation,
      placement: seats.map(({ host, slots }) => ({ host, slots })),
      usage: {
        heldMs,
        cardMs:
          (heldMs * (spec.cards?.count ?? 0) * spec.replicas * shareOf(spec.cards)) / wholeCard,
        cpuMs: this.#cpuMs,
        peakMemoryBytes: this.#peakMemoryBytes,
        ...this.#busySaid(heldMs),
      },
      output: this.#members.map(({ outputs }) => ({
        stdout: outputs.stdout.check(),
        stderr: outputs.stderr.check(),
      })),
      message: verdict?.message ?? "",
    };
  }

  #commandEnded(member: Member, end: CommandEnd | null): void {
    if (member.ended) return;
    member.ended = true;
    member.cpuMs = Math.max(member.cpuMs, end?.cpuMs ?? 0);
    this.#countCpu();
    const failed = end?.exitCode !== 0;
    const pulledDown = this.#cause === null && this.#ends.some((before) => isFailure(before));
    this.#ends.push({ replica: member.replica, end, pulledDown });
    const { group } = member.process.tree;
    if (group) this.#oomKills += oomKills(group);

    // A gang is one: when a replica fails, the others cannot finish.
    const others = this.#members.some(({ ended }) => !ended);
    if (failed && others && this.#killAtMs === null) {
      this.#killAtMs = bootClockMs() + this.spec.stopGrace;
    }
    // What is left is given its grace when it was asked to end, and none when the command is done.
    if (this.#killAtMs === null) this.#release(member);
    else this.watch();
  }

  #release(member: Member): void {
    if (member.released) return;
    member.released = true;
    member.process.release();
    if (member.process.tree.means === "group") void killTree(member.process.tree);
  }

  /** Each once, and the one that had not begun when it was asked once more. */
  #askAll(): void {
    for (const member of this.#members) {
      if (!member.asked && !member.ended) member.asked = terminate(member.process.tree);
    }
    const unasked = this.#members.some(({ asked, ended }) => !asked && !ended);
    if (unasked) setTimeout(() => this.watch(), 10);
  }

  #killAll(): void {
    for (const { process, gone } of this.#members) if (!gone) void killTree(process.tree);
  }

  async #processGone(member: Member): Promise<void> {
    const { tree } = member.process;
    // In a namespace all has gone with it; elsewhere others may live on.
    if (tree.means === "group") await killTree(tree);
    this.#commandEnded(member, null);
    member.gone = true;
    if (this.#members.every(({ gone }) => gone)) this.#judge();
  }

  #judge(): void {
    const { spec } = this;
    this.#heldMs = Math.round(performance.now() - this.#startedMark);
    this.#verdict = verdictOf({
      cause: this.#cause,
      ends: this.#ends,
      oomKills: this.#oomKills,
      machineOomKills: this.#parts.machineOomKills() - this.#machineOomKillsBefore,
      memoryMiB: spec.memory,
      maxRunMs: spec.maxRun,
    });
    this.#settle(this.report());
  }

  #busySaid(heldMs: number): { busyMs?: number } {
    if (this.#busy === null) return {};
    const at = { atMs: this.#startedMark + heldMs, isEnd: this.isOver };
    const busyMs = busySaid(this.#busy, at, this.#parts.bridge);
    return busyMs === undefined ? {} : { busyMs: Math.round(busyMs) };
  }

  #countCpu(): void {
    const sum = this.#members.reduce((total, { cpuMs }) => total + cpuMs, 0);
    this.#cpuMs = Math.max(this.#cpuMs, sum);
  }
}

const isFailure = ({ end, pulledDown }: ReplicaEnd) => !pulledDown && end?.exitCode !== 0;
