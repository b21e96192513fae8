import { chmodSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { EngineCard, EngineHost, EngineInventory } from "../engine.ts";
import { stackOf } from "./card-access.ts";
import { CardWatch, type CardLook } from "./cards/card-watch.ts";
import { hostDefaults, type CardLooks, type HostConfig } from "./config.ts";
import { sweepCgroups } from "./isolation/cgroup.ts";
import { probeIsolation, type IsolationMeans, type ProbeOptions } from "./isolation/probe.ts";
import { complain } from "./keeper-log.ts";
import { takeLock, type KeeperLock } from "./keeper-lock.ts";
import { groupPrefix } from "./launch.ts";
import { KeeperRuns, type Surroundings } from "./keeper-runs.ts";
import { keeperName, secureSocketFolder, socketFolder, socketPath } from "./keeper-socket.ts";
import { noteWithinMs } from "./recover.ts";
import { rpcVersion, serveCalls, type KeeperHandlers } from "./rpc.ts";
import { makeState, statePaths, type StatePaths } from "./run-files.ts";
import { numberHosts, thisMachine } from "./seats.ts";

export interface KeeperOptions {
  readonly folder: string;
  /** How long it stays with neither a run nor a client. */
  readonly idleMs: number;
  /** Narrows what is used of the machine; for tests. */
  readonly probe?: Pick<ProbeOptions, "folders" | "without">;
  /** How many cards of each model there are, in place of a look at the machine; for tests. */
  readonly cards?: number;
}

/** How often the clock is looked at. */
const tickMs = 100;

/** Long enough not to be a poll, short enough to notice a client that went without a word. */
const longestWaitMs = 30_000;

/**
 * Keeps the runs of one folder until it is told to close, or has had nothing to do for a while.
 * @returns when that has come; at once when another keeper holds the folder
 */
export async function keep(options: KeeperOptions): Promise<void> {
  const state = statePaths(options.folder);
  makeState(state);
  const lock = takeLock(`${state.keeper}/lock`, { waitMs: 1000 });
  if (lock === null) return;
  const keeper = new Keeper(state, options);
  try {
    await keeper.serve();
  } finally {
    keeper.leave(lock);
  }
}

class Keeper {
  readonly #state: StatePaths;
  readonly #options: KeeperOptions;
  readonly #done = Promise.withResolvers<void>();
  /** Grows with each change; begins where no keeper before could have come to. */
  #mark = Date.now();
  #changed = Promise.withResolvers<void>();
  #runs!: KeeperRuns;
  #server!: Server;
  #around: Surroundings | null = null;
  #cards: { readonly key: string; readonly watch: CardWatch } | null = null;
  #probed: { readonly key: string; readonly means: IsolationMeans } | null = null;
  #clients = 0;
  #idleSince = performance.now();
  #sampleAt = 0;
  #closing = false;

  constructor(state: StatePaths, options: KeeperOptions) {
    this.#state = state;
    this.#options = options;
  }

  async serve(): Promise<void> {
    sweepCgroups(groupPrefix(keeperName(this.#state)));
    this.#runs = await KeeperRuns.open({
      state: this.#state,
      name: keeperName(this.#state),
      onChange: () => this.#tellChange(),
    });
    secureSocketFolder(this.#state);
    const path = socketPath(this.#state);
    rmSync(path, { force: true }); // A dead keeper's: the lock is ours.
    this.#server = serveCalls(this.#handlers(), (clients) => {
      this.#clients = clients;
      this.#idleSince = performance.now();
    });
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(path, resolve);
    });
    chmodSync(path, 0o600);
    writeFileSync(`${this.#state.keeper}/pid`, `${process.pid}\n`, { mode: 0o600 });
    process.once("SIGTERM", () => void this.#close());
    const timer = setInterval(() => this.#tick(), tickMs);
    await this.#done.promise;
    clearInterval(timer);
  }

  leave(lock: KeeperLock): void {
    this.#cards?.watch.close();
    this.#server?.close();
    rmSync(socketPath(this.#state), { force: true });
    rmSync(`${this.#state.keeper}/pid`, { force: true });
    const folder = socketFolder(this.#state);
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
    sweepCgroups(groupPrefix(keeperName(this.#state)));
    lock.release();
  }

  #tick(): void {
    const now = performance.now();
    if (this.#runs.alive > 0) {
      this.#idleSince = now;
      this.#runs.watch();
      // A machine with very many processes is looked at less often.
      if (now >= this.#sampleAt) {
        this.#sampleAt = now + Math.min(20 * this.#sample(), noteWithinMs) - tickMs / 2;
      }
    } else if (this.#clients > 0) this.#idleSince = now;
    this.#cards?.watch.tick(now, { isInUse: this.#runs.usesCards });
    if (now - this.#idleSince >= this.#options.idleMs) this.#done.resolve();
  }

  /** @returns how long it took, in milliseconds */
  #sample(): number {
    try {
      return this.#runs.sample();
    } catch (error) {
      complain("noting what runs use", error); // A full disk is not their end.
      return 0;
    }
  }

  #handlers(): KeeperHandlers {
    const runs = this.#runs;
    return {
      hello: ({ version, config }) => this.#hello(version, config),
      describe: () => this.#describe(),
      start: ({ spec }) => runs.start(spec, this.#surroundings()),
      observe: ({ refs }) => runs.observe(refs),
      stop: ({ ref }) => runs.stop(ref),
      holding: () => runs.holding(),
      changes: ({ seen }, signal) => this.#changes(seen, signal),
      renewLease: (lease) => runs.renewLease(lease),
      forget: ({ ref }) => runs.forget(ref),
      forgetJob: ({ job }) => runs.forgetJob(job),
      close: () => this.#close(),
    };
  }

  #hello(version: number, config: HostConfig): { pid: number } {
    if (version !== rpcVersion) {
      const speak = `this keeper speaks version ${rpcVersion}, the agent ${version}`;
      throw new Error(`${speak}; let its runs end, or close it, then start the agent again`);
    }
    const { network, mustReach } = config;
    const options = { network, mustReach: [this.#state.runs, ...mustReach] };
    const key = JSON.stringify(options);
    if (this.#probed?.key !== key) {
      this.#probed = { key, means: probeIsolation({ ...options, ...this.#options.probe }) };
    }
    const hosts = numberHosts(config.hosts, thisMachine(this.#options.cards));
    this.#around = { config, hosts, means: this.#probed.means };
    this.#watchCards(hosts, config.cards ?? hostDefaults.cards);
    return { pid: process.pid };
  }

  /** An agent that comes again with the same hosts finds what is known of their cards. */
  #watchCards(hosts: readonly EngineHost[], looks: CardLooks): void {
    const key = JSON.stringify([hosts, looks]);
    if (this.#cards?.key === key) return;
    this.#cards?.watch.close();
    const watch = new CardWatch(hosts, looks, (look) => this.#looked(look));
    this.#cards = { key, watch };
  }

  #surroundings(): Surroundings {
    if (this.#closing) throw new Error("the keeper is closing");
    if (this.#around === null) throw new Error("the first call must be hello");
    return this.#around;
  }

  #looked(look: CardLook): void {
    try {
      this.#runs.looked(look);
    } catch (error) {
      complain("noting what cards did", error); // As above.
    }
  }

  #describe(): EngineInventory {
    const { hosts, means } = this.#surroundings();
    const known = hosts.map((host) => ({ ...host, cards: host.cards.map(this.#withSerial) }));
    return { hosts: known, isolation: means.report };
  }

  readonly #withSerial = (card: EngineCard): EngineCard => {
    if (card.emulated) return card;
    const serial = this.#cards?.watch.serialOf(stackOf(card.model), card.device);
    return serial === undefined ? card : { ...card, serial };
  };

  async #changes(seen: number, signal: AbortSignal): Promise<number> {
    const over = new AbortController();
    const stopWaiting = AbortSignal.any([signal, over.signal]);
    if (seen === this.#mark) {
      const wait = sleep(longestWaitMs, undefined, { signal: stopWaiting, ref: false });
      await Promise.race([this.#changed.promise, wait.catch(() => undefined)]);
      over.abort();
    }
    return this.#mark;
  }

  #tellChange(): void {
    this.#mark++;
    const waiting = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    waiting.resolve();
  }

  async #close(): Promise<void> {
    this.#closing = true;
    await this.#runs.closeAll();
    setTimeout(() => this.#done.resolve(), 50); // The caller's answer goes first.
  }
}
