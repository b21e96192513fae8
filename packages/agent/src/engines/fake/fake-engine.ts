import { setTimeout as sleep } from "node:timers/promises";
import { EngineUnreachable, type Engine } from "../engine.ts";
import type { FakeCentre } from "./fake-centre.ts";

/** As long as the host engine lets a caller wait; by the real clock, whatever the centre's. */
const longestWaitMs = 30_000;

/** An engine on a fake centre; as many as are wanted, one after the other or at once. */
export function openFakeEngine(centre: FakeCentre): Engine {
  let closed = false;
  /** Does a thing at the centre, if it can be reached. */
  const ask = <T>(signal: AbortSignal, act: () => T): Promise<T> => {
    signal.throwIfAborted();
    if (closed) throw new EngineUnreachable("the engine was closed by its agent");
    if (!centre.isReachable) throw new EngineUnreachable("the fake centre is out of reach");
    return Promise.resolve(act());
  };
  return {
    kind: "fake",
    clockMs: () => centre.clock.nowMs(),
    describe: async (signal) => ask(signal, () => centre.describe()),
    prepare: async (_spec, signal) => ask(signal, () => null),
    start: async (spec, signal) => ask(signal, () => centre.start(spec)),
    observe: async (refs, signal) => ask(signal, () => centre.observe(refs)),
    stop: async (ref, signal) => ask(signal, () => centre.stop(ref)),
    holding: async (signal) => ask(signal, () => centre.holding()),
    async changes(seen, signal) {
      await ask(signal, () => undefined);
      if (seen !== centre.mark) return centre.mark;
      const over = new AbortController();
      const options = { signal: AbortSignal.any([signal, over.signal]), ref: false };
      await Promise.race([
        centre.changed,
        sleep(longestWaitMs, undefined, options).catch(() => undefined),
      ]);
      over.abort();
      signal.throwIfAborted();
      return centre.mark;
    },
    output: async (ref, piece, signal) => ask(signal, () => centre.output(ref, piece)),
    renewLease: async ({ untilMs }, signal) => ask(signal, () => centre.renewLease(untilMs)),
    forget: async (ref, signal) => ask(signal, () => centre.forget(ref)),
    forgetJob: async (job, signal) => ask(signal, () => centre.forgetJob(job)),
    async close() {
      closed = true;
    },
  };
}
