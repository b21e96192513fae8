import type { Logger } from "pino";
import { formatDuration, durationOf } from "@wadi/core/units";
import type { SyncReply } from "@wadi/protocol";
import type { Engine } from "../engines/engine.ts";
import { afterFailure } from "./after-failure.ts";
import type { SignReadings } from "../signing-key.ts";
import type { AgentClock } from "./agent-clock.ts";
import type { HubLink } from "./hub-link.ts";
import type { Journal } from "./journal/journal.ts";
import type { Runner } from "./runner.ts";

export interface SyncLoopParts {
  readonly link: Pick<HubLink, "sync">;
  readonly journal: Journal;
  readonly runner: Pick<Runner, "held" | "holding" | "room" | "take" | "forgetTold">;
  readonly engine: Pick<Engine, "clockMs" | "renewLease">;
  /** What the centre has, as it travels; the same value for as long as it does not change. */
  readonly inventory: () => unknown;
  readonly sign: SignReadings;
  readonly clock: AgentClock;
  /** Uniform in [0, 1). */
  readonly chance: () => number;
  readonly log: Logger;
  /** How long the hub may keep an answer back. */
  readonly waitMs: number;
}

export type SyncEnd =
  /** The agent ends. */
  | { readonly kind: "ended" }
  /** The hub let the centre go, and all of its runs are over and told. */
  | { readonly kind: "left" }
  | { readonly kind: "replaced" }
  | { readonly kind: "not-known" };

export interface SyncLoop {
  /** Talks with the hub, one sync at a time, until there is no more use in it. */
  run(ending: AbortSignal): Promise<SyncEnd>;
  /** There is something to say: `now` breaks off a sync that only waits, `soon` a bit later. */
  urge(how: "now" | "soon"): void;
  /** Whether the last sync came through. */
  readonly isLinked: boolean;
}

const entriesMax = 2000;
const batchBytes = 3 << 20;
const batchBytesLeast = 64 << 10;
const holdingMs = 60_000;
const replyMs = 15_000;
const soonMs = 300;
/** The engine is told of a longer lease no more often, unless leases are short. */
const renewMs = 1000;
/** Between the starts of two syncs, so that entries gather: the more come, the longer. */
const restMs = (entries: number) => (entries > 50 ? 40 : 10);

export function makeSyncLoop(parts: SyncLoopParts): SyncLoop {
  const loop = new Loop(parts);
  return {
    run: (ending) => loop.run(ending),
    urge: (how) => loop.urge(how),
    get isLinked() {
      return loop.isLinked;
    },
  };
}

/** What one sync says beside its entries. */
interface Told {
  readonly tellsHolding: boolean;
  /** Null: nothing new. */
  readonly inventory: unknown;
  readonly waitMs: number;
}

class Loop {
  isLinked = false;
  readonly #parts: SyncLoopParts;
  /** Set while a sync is out that says nothing and only waits. */
  #waiting: AbortController | undefined;
  /** Something was committed since the last batch was read. */
  #isUrged = false;
  #isSoon = false;
  #leaseUntilMs = -Infinity;
  #failures = 0;
  #bytesMax = batchBytes;
  /** The inventory that the hub knows; undefined: none. */
  #inventoryTold: unknown;
  #holdingToldMs = -Infinity;
  #startedMs = -Infinity;
  /** Resolves when there is something to say at once. */
  #news = Promise.withResolvers<void>();
  /** What the hub knows the end of is being cleared away. */
  #forgetting: Promise<unknown> = Promise.resolve();
  /** No answer came to the last sync, perhaps an earlier agent's: it may have handed out much. */
  #hasMissed = true;

  constructor(parts: SyncLoopParts) {
    this.#parts = parts;
  }

  urge(how: "now" | "soon"): void {
    if (how === "soon") {
      if (!this.#isSoon) void this.#urgeSoon();
      return;
    }
    this.#isUrged = true;
    this.#news.resolve();
    this.#waiting?.abort();
  }

  async #urgeSoon(): Promise<void> {
    this.#isSoon = true;
    await this.#parts.clock.pause(soonMs);
    this.#isSoon = false;
    this.urge("now");
  }

  async run(ending: AbortSignal): Promise<SyncEnd> {
    while (!ending.aborted) {
      await this.#parts.journal.tend();
      const end = await this.#once(ending);
      if (!end) continue;
      await this.#forgetting;
      return end;
    }
    await this.#forgetting;
    return { kind: "ended" };
  }

  async #once(ending: AbortSignal): Promise<SyncEnd | undefined> {
    const { journal, engine, clock } = this.#parts;
    this.#isUrged = false;
    this.#news = Promise.withResolvers();
    const batch = await journal.batch({ entries: entriesMax, bytes: this.#bytesMax });
    const rest = this.#startedMs + restMs(batch.entries.length) - clock.steadyMs();
    if (rest > 0) await clock.pause(rest, ending);
    if (this.#isUrged && batch.entries.length === 0) return undefined; // there is some by now

    const startedMs = clock.steadyMs();
    const tellsHolding = startedMs - this.#holdingToldMs >= holdingMs;
    const inventory = this.#parts.inventory();
    const tellsInventory = inventory !== this.#inventoryTold;
    const isQuiet = batch.entries.length === 0 && !tellsHolding && !tellsInventory;
    const waitMs = isQuiet ? this.#parts.waitMs : 0;
    const told = { tellsHolding, inventory: tellsInventory ? inventory : null, waitMs };
    const request = this.#requestOf(batch.entries, told);
    this.#startedMs = startedMs;
    const sentMs = engine.clockMs();
    const poll = new AbortController();
    this.#waiting = isQuiet ? poll : undefined;
    this.#hasMissed = true;
    try {
      const signal = AbortSignal.any([ending, poll.signal]);
      const reply = await this.#parts.link.sync(request, { signal, timeoutMs: waitMs + replyMs });
      this.#waiting = undefined;
      this.#hasMissed = false;
      if (tellsHolding) this.#holdingToldMs = startedMs;
      this.#inventoryTold = inventory;
      return await this.#heard(reply, { sentMs, sent: batch.entries.length });
    } catch (error) {
      this.#waiting = undefined;
      if (ending.aborted || poll.signal.aborted) return undefined;
      return this.#failed(error, ending);
    }
  }

  #requestOf(texts: readonly string[], { tellsHolding, inventory, waitMs }: Told): unknown {
    const { journal, runner, sign } = this.#parts;
    const entries = texts.map((text) => JSON.parse(text) as unknown);
    const signature = sign(entries);
    return {
      journal: journal.id,
      entries,
      ...(signature !== null && { signature }),
      holding: tellsHolding ? runner.holding() : null,
      asOf: `${journal.last}`,
      inventory,
      missed: this.#hasMissed,
      wait: formatDuration(durationOf(waitMs)),
      room: runner.room(),
    };
  }

  async #heard(
    reply: SyncReply,
    { sentMs, sent }: { sentMs: number; sent: number },
  ): Promise<SyncEnd | undefined> {
    const { journal, runner, log } = this.#parts;
    if (!this.isLinked) log.info({ acked: `${reply.ackedThrough}` }, "linked with the hub");
    this.isLinked = true;
    this.#failures = 0;
    if (reply.ackedThrough < journal.acked || reply.ackedThrough > journal.last) {
      const facts = {
        hub: `${reply.ackedThrough}`,
        acked: `${journal.acked}`,
        last: `${journal.last}`,
      };
      log.error(
        facts,
        "the hub and the journal disagree on what was taken; a new journal is begun",
      );
      await this.#newJournal();
      return undefined;
    }
    const acked = journal.ack(reply.ackedThrough);
    await this.#renewLease(sentMs + reply.leaseFor, reply.leaseFor);
    runner.take(reply);
    await acked;
    // It comes before new work, which needs the room; but folders take their time, and news need
    // not wait for them.
    this.#forgetting = Promise.all([this.#forgetting, runner.forgetTold()]);
    await (reply.mode === "left"
      ? this.#forgetting
      : Promise.race([this.#forgetting, this.#news.promise]));
    const isDone = runner.held === 0 && journal.acked === journal.last && sent === 0;
    return reply.mode === "left" && isDone && reply.leases.length === 0
      ? { kind: "left" }
      : undefined;
  }

  /** Measured from when the request was sent: the hub cannot have heard of this agent earlier. */
  async #renewLease(untilMs: number, leaseMs: number): Promise<void> {
    const { engine, log } = this.#parts;
    if (untilMs - this.#leaseUntilMs < Math.min(renewMs, leaseMs / 10)) return;
    try {
      await engine.renewLease({ untilMs }, AbortSignal.timeout(replyMs));
      this.#leaseUntilMs = untilMs;
    } catch (error) {
      log.warn({ err: error }, "renewing the engine's lease");
    }
  }

  async #failed(error: unknown, ending: AbortSignal): Promise<SyncEnd | undefined> {
    const { chance, clock, log } = this.#parts;
    this.#failures += 1;
    const next = afterFailure(error, { failures: this.#failures, chance });
    const isNews = this.isLinked || this.#failures === 1;
    this.isLinked = false;
    this.#holdingToldMs = -Infinity; // the hub may have given something up meanwhile
    const level = next.kind === "again" && !next.isTheirs ? (isNews ? "warn" : "debug") : "error";
    log[level]({ err: error, failures: this.#failures, next: next.kind }, "a sync failed");
    switch (next.kind) {
      case "replaced":
      case "not-known":
        return next;
      case "new-journal":
        await this.#newJournal();
        await clock.pause(restMs(0), ending);
        return undefined;
      case "less":
        this.#bytesMax = Math.max(batchBytesLeast, this.#bytesMax / 2);
        await clock.pause(next.waitMs, ending);
        return undefined;
      case "again":
        await clock.pause(next.waitMs, ending);
        return undefined;
    }
  }

  async #newJournal(): Promise<void> {
    await this.#parts.journal.reset();
    this.#inventoryTold = undefined;
    this.#holdingToldMs = -Infinity;
  }
}
