import type { Engine, EngineRef, RunReport } from "../engines/engine.ts";

/**
 * How a run is that was just started. Undefined where the engine does not say now: whoever
 * observes the runs will ask again, so nothing is lost but time. Never throws.
 */
export type FirstLook = (ref: EngineRef) => Promise<RunReport | undefined>;

/** An engine that takes longer is not waited for: that the run was started must be known. */
const mostMs = 500;

/** Runs that are started at about the same time are asked after in one call. */
export function makeFirstLook(engine: Pick<Engine, "observe">, ending: AbortSignal): FirstLook {
  let waiting: EngineRef[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<ReadonlyMap<string, RunReport>> | undefined;

  const askAll = async () => {
    const refs = waiting;
    waiting = [];
    next = undefined;
    const signal = AbortSignal.any([ending, AbortSignal.timeout(mostMs)]);
    const reports = await engine.observe(refs, signal).catch(() => []);
    return new Map(reports.map((report) => [report.ref.handle, report]));
  };
  return async (ref) => {
    waiting.push(ref);
    if (!next) {
      next = last.then(askAll);
      last = next;
    }
    return (await next).get(ref.handle);
  };
}
