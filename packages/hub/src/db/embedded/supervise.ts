import { setTimeout as sleep } from "node:timers/promises";

import type { Postmaster } from "./postmaster.ts";

export interface Supervised {
  /** The server's pid; that of its last run while it is being started again. */
  pid(): number;
  /** Ends it for good. */
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  readonly start: () => Promise<Postmaster>;
  /** The server has ended though nobody asked for it, or could not be started again. */
  readonly onTrouble: (error: Error) => void;
  /** How long the server may take to end cleanly. */
  readonly stopMsMax: number;
}

const retryMsFirst = 100;
const retryMsMax = 5000;

/** Starts the server again whenever it ends by itself, for as long as it takes. */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const { start, onTrouble, stopMsMax } = options;
  let current = await start();
  const stopping = new AbortController();

  async function startAgain(): Promise<Postmaster | undefined> {
    for (let waitMs = retryMsFirst; ; waitMs = Math.min(waitMs * 2, retryMsMax)) {
      await sleep(waitMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
      if (stopping.signal.aborted) return undefined;
      try {
        return await start();
      } catch (error) {
        onTrouble(error as Error);
      }
    }
  }

  async function watch(): Promise<void> {
    for (;;) {
      await current.ended;
      if (stopping.signal.aborted) return;
      onTrouble(new Error(`PostgreSQL (pid ${current.pid}) ended by itself; starting it again`));
      const next = await startAgain();
      if (!next) return;
      current = next;
      if (stopping.signal.aborted) await current.stop(stopMsMax);
    }
  }

  const watched = watch();
  return {
    pid: () => current.pid,
    stop: async () => {
      stopping.abort();
      await current.stop(stopMsMax);
      await watched;
    },
  };
}
