import type { JobId, RunId } from "@wadi/core/units";
import type { Lease } from "@wadi/protocol";
import type { AgentClock } from "./agent-clock.ts";
import { entryFields } from "./entry.ts";
import { dropRun, keepLease, keepRun, takeLease, type HeldRun } from "./held-run.ts";
import type { Change, Journal } from "./journal/journal.ts";
import { steps, type RunAct, type RunEvent, type RunStep } from "./run-machine.ts";

/** A run as the agent works on it. `run` is what the journal has of it, never ahead of that. */
export interface Held {
  run: HeldRun;
  readonly takenAtMs: number;
  /** Taken before the agent's last start: what was tried then is not known. */
  readonly isRestored: boolean;
  /** When its checkpoint was looked at, by the steady clock. */
  lookedAtMs: number;
  /** Once it is over: acknowledged up to here, the hub knows its end. */
  mark: bigint | null;
  /** Stops the placing of its inputs. */
  readonly unplace: AbortController;
  /** What happens to it, one after another. */
  turn: Promise<unknown>;
}

export interface HeldRunsParts {
  readonly journal: Journal;
  readonly clock: AgentClock;
  /** Does what a step asks for. Must not throw. */
  readonly act: (held: Held, act: RunAct | "place") => void;
  /** There is something for the hub; `now` for what changes what the hub would do. */
  readonly urge: (how: "now" | "soon") => void;
}

/** The runs that the agent holds. Each step is in the journal before it is done. */
export class HeldRuns {
  readonly #parts: HeldRunsParts;
  readonly #held = new Map<RunId, Held>();
  readonly #byJob = new Map<JobId, Set<Held>>();

  constructor(parts: HeldRunsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#held.size;
  }

  all(): Held[] {
    return [...this.#held.values()];
  }

  get(run: RunId): Held | undefined {
    return this.#held.get(run);
  }

  /** The runs of one job that are not over. */
  aliveOf(job: JobId): Held[] {
    return [...(this.#byJob.get(job) ?? [])].filter(({ run }) => run.phase !== "over");
  }

  /** Puts back a run that was held before a restart. */
  restore(run: HeldRun): Held {
    const mark = run.phase === "over" ? this.#parts.journal.mark : null;
    return this.#add(run, { mark, isRestored: true });
  }

  /** @returns undefined where it is held already, or there is no room for it */
  async take(lease: Lease): Promise<Held | undefined> {
    if (this.#held.has(lease.run)) return undefined;
    const held = this.#add(takeLease(lease), { mark: null, isRestored: false });
    const outcome = await this.#parts.journal.commit({
      entries: [],
      keep: [keepLease(lease), keepRun(held.run)],
      weight: "plain",
    });
    if (outcome.kind === "durable") return held;
    this.#remove(held); // the hub offers it again, here or elsewhere
    return undefined;
  }

  /** Lets events happen to a run, after those before; all of them are one commit. */
  tell(held: Held, ...events: readonly RunEvent[]): Promise<void> {
    return this.inTurn(held, async () => {
      const { clock } = this.#parts;
      const next = steps(held.run, events, clock.nowMs());
      if (next.run === held.run) return;
      await this.commit(held, next, { weight: "essential", keep: [keepRun(next.run)] });
    });
  }

  /** Runs `work` after all that happened to the run before. */
  inTurn<T>(held: Held, work: () => Promise<T>): Promise<T> {
    const done = held.turn.then(work);
    held.turn = done.catch(() => {});
    return done;
  }

  /**
   * Makes a step durable and then has it done. To be called in the run's turn.
   * @returns false when there was no room for it; nothing has changed then
   */
  async commit(
    held: Held,
    next: RunStep,
    { weight, keep }: Pick<Change, "weight" | "keep">,
  ): Promise<boolean> {
    const { journal, urge, act } = this.#parts;
    const outcome = await journal.commit({
      entries: next.entries.map(entryFields),
      keep,
      weight,
    });
    if (outcome.kind === "no-room") return false;
    held.run = next.run;
    if (next.run.phase === "over") held.mark = outcome.mark;
    if (next.entries.length > 0) urge(weight === "essential" ? "now" : "soon");
    for (const one of next.acts) act(held, one);
    return true;
  }

  /** Runs whose end the hub has. */
  told(): Held[] {
    const { journal } = this.#parts;
    return this.all().filter(({ mark }) => mark !== null && journal.isAcked(mark));
  }

  async drop(held: Held): Promise<void> {
    this.#remove(held);
    const keep = dropRun(held.run);
    await this.#parts.journal.commit({ entries: [], keep, weight: "essential" });
  }

  #add(run: HeldRun, known: Pick<Held, "mark" | "isRestored">): Held {
    const held: Held = {
      run,
      ...known,
      takenAtMs: this.#parts.clock.steadyMs(),
      lookedAtMs: -Infinity,
      unplace: new AbortController(),
      turn: Promise.resolve(),
    };
    this.#held.set(run.lease.run, held);
    const ofJob = this.#byJob.get(run.lease.job) ?? new Set();
    this.#byJob.set(run.lease.job, ofJob.add(held));
    return held;
  }

  #remove(held: Held): void {
    const { run, job } = held.run.lease;
    this.#held.delete(run);
    const ofJob = this.#byJob.get(job);
    ofJob?.delete(held);
    if (ofJob?.size === 0) this.#byJob.delete(job);
  }
}
