import type { Hub } from "../context.ts";
import { isOutage, NotLeader, type Candidacy } from "../db/index.ts";
import type { AheadKeeper } from "./ahead.ts";
import { keepCertificate, openCertifier } from "./certificate/index.ts";
import { openFarLook, type FarLook } from "./far-outlook.ts";
import {
  makeRound,
  newMemory,
  type RoundHelp,
  type RoundMemory,
  type RoundOutcome,
} from "./make-round.ts";
import { showPace, type DispatchMetrics } from "./metrics.ts";

/** Work that only the leader does from time to time, such as giving up silent centres. */
export interface Sweep {
  readonly name: string;
  readonly everyMs: number;
  readonly run: (hub: Hub) => Promise<void>;
}

export interface Dispatcher {
  /** Ends after the round under way. */
  stop(): Promise<void>;
}

/** Even when nothing signals a change: prices and the time itself change what is possible. */
const idleMs = 5000;
/** While a centre is given leases as fast as it acknowledges them. */
const pacedMs = 200;
/** What a round may take before others are given their turn, and for how long at most. */
const longRoundMs = 100;
const restMaxMs = 1000;
/** After a round that failed. */
const troubleMs = 500;

/**
 * Makes rounds while this hub leads: at once when the queue or the capacity changed, else every
 * five seconds; and the leader's sweeps beside them. A failed round is told and tried again.
 */
export function startDispatch(
  hub: Hub,
  {
    candidacy,
    sweeps,
    metrics,
    ahead,
  }: {
    candidacy: Candidacy;
    sweeps: readonly Sweep[];
    metrics: DispatchMetrics;
    ahead: AheadKeeper;
  },
): Dispatcher {
  const stopping = new AbortController();
  const certificates = keepCertificate(hub, openCertifier());
  metrics.watchCertificate(() => certificates.shown(), hub.clock);
  const farLook = openFarLook();
  const help = { certificates, lookFar: orTell(hub, farLook) };
  const ended = Promise.all([
    makeRounds(hub, { candidacy, metrics, ahead, help, stop: stopping.signal }),
    ...sweeps.map((sweep) => makeSweeps(hub, sweep, { candidacy, stop: stopping.signal })),
  ]);
  return {
    stop: async () => {
      stopping.abort();
      await ended;
      await Promise.all([certificates.close(), farLook.close()]);
    },
  };
}

interface Loop {
  readonly candidacy: Candidacy;
  readonly stop: AbortSignal;
}

/** Without an outlook, jobs that wait are told nothing new, and all else goes on. */
const orTell = (hub: Hub, { look }: FarLook): RoundHelp["lookFar"] => {
  return (snapshot) =>
    look(snapshot).catch((error: unknown) => {
      hub.log.error({ err: error }, "looking ahead failed and is tried again");
      return undefined;
    });
};

interface RoundLoop extends Loop {
  readonly metrics: DispatchMetrics;
  readonly ahead: AheadKeeper;
  readonly help: RoundHelp;
}

async function makeRounds(hub: Hub, loop: RoundLoop): Promise<void> {
  const { candidacy, metrics, ahead, help, stop } = loop;
  let memory = newMemory(-1n, help);
  const bell = listenFor(hub);
  while (!stop.aborted) {
    const epoch = candidacy.epoch();
    if (epoch === undefined) {
      ahead.forget();
      help.certificates.forget();
      await pause(200, stop);
      continue;
    }
    if (memory.epoch !== epoch) memory = newMemory(epoch, help);
    bell.clear();
    const started = performance.now();
    const outcome = await tryRound(hub, memory, metrics);
    if (outcome === "failed") {
      await pause(troubleMs, stop);
      continue;
    }
    const restedMs = nextAfter(started, { roundMs: hub.config.timings.roundMs });
    memory = outcome.memory;
    ahead.note(outcome);
    if (!outcome.hasMore) await bell.wait(outcome.isPaced ? pacedMs : idleMs, stop);
    await pause(restedMs - performance.now(), stop);
  }
  bell.close();
}

/** A round that took long is followed by as long a rest, so that requests are heard as well. */
function nextAfter(startedMs: number, { roundMs }: { roundMs: number }): number {
  const nowMs = performance.now();
  const tookMs = nowMs - startedMs;
  const restMs = tookMs < longRoundMs ? 0 : Math.min(tookMs, restMaxMs);
  return Math.max(startedMs + roundMs, nowMs + restMs);
}

async function tryRound(
  hub: Hub,
  memory: RoundMemory,
  metrics: DispatchMetrics,
): Promise<RoundOutcome | "failed"> {
  const end = metrics.seconds.startTimer();
  try {
    const outcome = await makeRound(hub, memory);
    metrics.placed.inc(outcome.leased);
    const { leased, preempted, booked, waitingShapes } = outcome;
    metrics.preempted.inc(preempted);
    metrics.booked.set(booked);
    metrics.waitingShapes.set(waitingShapes);
    showPace(metrics, outcome.memory.pace);
    if (leased + preempted > 0) {
      hub.log.debug({ leased, preempted, booked, waitingShapes }, "round made");
    }
    return outcome;
  } catch (error) {
    if (!(error instanceof NotLeader)) metrics.failed.inc();
    const level = error instanceof NotLeader || isOutage(error) ? "warn" : "error";
    hub.log[level]({ err: error }, "a round failed and is tried again");
    return "failed";
  } finally {
    end();
  }
}

async function makeSweeps(hub: Hub, sweep: Sweep, { candidacy, stop }: Loop): Promise<void> {
  while (!stop.aborted) {
    await pause(sweep.everyMs, stop);
    if (stop.aborted || candidacy.epoch() === undefined) continue;
    try {
      await sweep.run(hub);
    } catch (error) {
      const level = isOutage(error) ? "warn" : "error";
      hub.log[level]({ err: error, sweep: sweep.name }, "a sweep failed and is tried again");
    }
  }
}

/** Remembers a signal that came while a round was under way. */
function listenFor(hub: Hub) {
  let rung = false;
  let wake = () => {};
  const close = hub.signals.on("round", () => {
    rung = true;
    wake();
  });
  return {
    close,
    clear: () => (rung = false),
    wait: async (timeoutMs: number, stop: AbortSignal) => {
      if (rung) return;
      const cut = new AbortController();
      wake = () => cut.abort();
      await pause(timeoutMs, AbortSignal.any([stop, cut.signal]));
      wake = () => {};
    },
  };
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  if (ms <= 0 || stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    stop.addEventListener("abort", end);
  });
}
