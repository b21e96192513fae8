import type { Logger } from "pino";
import type { Duration } from "@wadi/core/units";
import { EngineUnreachable, isFinal, RunRefused, type Engine } from "../engines/engine.ts";
import type { AgentClock } from "./agent-clock.ts";
import type { Bell } from "./bell.ts";
import { collectOutputs, type CollectOptions } from "./files/collect-outputs.ts";
import { InputRefused, placeInput, type InputOptions } from "./files/place-inputs.ts";
import { makeFirstLook, type FirstLook } from "./first-look.ts";
import { refOf, runSpecOf } from "./held-run.ts";
import type { Held, HeldRuns } from "./held-runs.ts";
import type { LogShipper } from "./log-shipper.ts";
import type { RunAct } from "./run-machine.ts";

export interface ActParts {
  readonly engine: Engine;
  readonly runs: () => HeldRuns;
  readonly shipper: () => LogShipper;
  readonly clock: AgentClock;
  readonly log: Logger;
  readonly stopGrace: Duration;
  readonly inputs: InputOptions;
  readonly outputs: CollectOptions;
  /** Aborts when the agent ends; what was begun is taken up again after its next start. */
  readonly ending: AbortSignal;
  /** Rung when a run was started. */
  readonly bell: Bell;
}

/** After something that may pass. */
const againMs = 1000;
const againMsMax = 30_000;
/** Runs whose inputs are placed at once, and whose outputs are read at once. */
const filesAtOnce = 4;

/** Does what a run's steps ask for; what comes of it is told to the run. */
export function makeActs(parts: ActParts): (held: Held, act: RunAct | "place") => void {
  const lookAt = makeFirstLook(parts.engine, parts.ending);
  const helpers: Helpers = { lane: makeLane(filesAtOnce), lookAt };
  const acts = { place, start, stop: stopRun, collect };
  return (held, act) => {
    const work = acts[act](parts, held, helpers);
    work.catch((error: unknown) => {
      if (parts.ending.aborted) return;
      parts.log.error({ err: error, run: held.run.lease.run, act }, "working on a run");
    });
  };
}

interface Helpers {
  readonly lane: Lane;
  readonly lookAt: FirstLook;
}

type Lane = <T>(work: () => Promise<T>) => Promise<T>;

async function place(parts: ActParts, held: Held, { lane }: Helpers): Promise<void> {
  const { engine, inputs, ending, stopGrace } = parts;
  const signal = AbortSignal.any([ending, held.unplace.signal]);
  await parts.runs().tell(held, { kind: "slow" });
  try {
    await lane(() =>
      untilItPasses(parts, signal, async () => {
        const folders = await engine.prepare(runSpecOf(held.run, stopGrace), signal);
        if (folders === null) throw new InputRefused(`the ${engine.kind} engine takes no inputs`);
        for (const input of held.run.lease.spec.inputs) {
          await placeInput(folders.work, input, { options: inputs, signal });
        }
      }),
    );
    await parts.runs().tell(held, { kind: "placed" });
  } catch (error) {
    if (ending.aborted) return;
    const why = held.unplace.signal.aborted ? stoppedBefore : messageOf(error);
    await parts.runs().tell(held, { kind: "not-placed", why });
  }
}

const stoppedBefore = "stopped before it was started";

/**
 * A start that is under way is never given up: only its answer says whether there is something to
 * stop. One that is to be stopped and was not even tried is left.
 */
async function start(parts: ActParts, held: Held, { lookAt }: Helpers): Promise<void> {
  const { engine, ending, stopGrace } = parts;
  if (held.run.stop && !held.isRestored) {
    await parts.runs().tell(held, { kind: "not-started", why: stoppedBefore });
    return;
  }
  try {
    const spec = runSpecOf(held.run, stopGrace);
    const ref = await untilItPasses(parts, ending, () => engine.start(spec, ending));
    // Both are news of one moment, so they are one commit: the hub hears of the run sooner.
    const report = await lookAt(ref);
    const isFirst = report && !(isFinal(report.state) && spec.checkpoint !== null);
    const first = isFirst ? [{ kind: "observed" as const, report }] : [];
    await parts.runs().tell(held, { kind: "started" }, ...first);
    parts.bell.ring();
  } catch (error) {
    if (ending.aborted) return;
    await parts.runs().tell(held, { kind: "not-started", why: messageOf(error) });
  }
}

async function stopRun(parts: ActParts, held: Held): Promise<void> {
  const { engine, ending } = parts;
  held.unplace.abort();
  if (held.run.phase !== "running") return;
  const ref = refOf(held.run, engine.kind);
  await untilItPasses(parts, ending, () => engine.stop(ref, ending));
}

async function collect(parts: ActParts, held: Held, { lane }: Helpers): Promise<void> {
  const { engine, outputs, ending, stopGrace } = parts;
  const { end, lease } = held.run;
  const sizes = end!.outputSizes;
  await untilItPasses(parts, ending, () =>
    parts.runs().inTurn(held, () => parts.shipper().shipAll(held, sizes, ending)),
  );
  const wanted = end!.state === "succeeded" ? lease.spec.outputs : [];
  const found = await lane(() =>
    untilItPasses(parts, ending, async () => {
      if (wanted.length === 0) return { files: [], notes: [] };
      const folders = await engine.prepare(runSpecOf(held.run, stopGrace), ending);
      const notes = [`the ${engine.kind} engine has no files: no outputs were kept`];
      if (folders === null) return { files: [], notes };
      return collectOutputs(wanted, folders, { options: outputs, signal: ending });
    }),
  );
  await parts.runs().tell(held, { kind: "collected", ...found, notes: [...found.notes] });
}

/** Tries again, slower each time, while the cause may pass. */
async function untilItPasses<T>(
  { clock, log }: ActParts,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  for (let waitMs = againMs; ; waitMs = Math.min(waitMs * 2, againMsMax)) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof RunRefused || error instanceof InputRefused) throw error;
      signal.throwIfAborted();
      const level = error instanceof EngineUnreachable ? "warn" : "info";
      log[level]({ err: error }, "tried in vain; again in a while");
      await clock.pause(waitMs, signal);
      signal.throwIfAborted();
    }
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** So many at once; the others wait, first come first served. */
function makeLane(most: number): Lane {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return async (work) => {
    if (busy >= most) await new Promise<void>((go) => waiting.push(go));
    busy += 1;
    try {
      return await work();
    } finally {
      busy -= 1;
      waiting.shift()?.();
    }
  };
}
