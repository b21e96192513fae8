import { notify, type Db, type Sql } from "./db/index.ts";

/**
 * Wakes whoever waits for something, in this hub and in others on the same database. A signal says
 * "look again", never what is there: the truth is in the tables, and a signal may be lost.
 */
export interface Signals {
  /** Raised when the transaction commits. Names alike in one transaction arrive once. */
  raise(sql: Sql, ...names: SignalName[]): Promise<void>;
  /** Calls `hear` for each signal of that name. @returns a function that stops it */
  on(name: SignalName, hear: () => void): () => void;
  /** True when the signal came, false when the time ran out or `stop` was aborted. */
  next(name: SignalName, until: { timeoutMs: number; stop?: AbortSignal }): Promise<boolean>;
}

export type SignalName =
  /** The queue or the capacity changed: a round may find something to do. */
  | "round"
  /** A lease or a stop waits for that centre. */
  | `centre/${string}`
  | `events/${string}`
  | `logs/${string}`;

const channel = "wadi";

/** PostgreSQL joins equal payloads of a transaction, and hands all to every listening hub. */
export async function openSignals(db: Db): Promise<Signals> {
  const heard = new Map<string, Set<() => void>>();

  await db.listen(channel, (message) => {
    if (message !== undefined) {
      for (const hear of heard.get(message) ?? []) hear();
      return;
    }
    // Signals may have been missed while the connection was down: wake everybody.
    for (const all of heard.values()) for (const hear of all) hear();
  });

  const on: Signals["on"] = (name, hear) => {
    const all = heard.get(name) ?? new Set();
    heard.set(name, all.add(hear));
    return () => {
      all.delete(hear);
      if (all.size === 0 && heard.get(name) === all) heard.delete(name);
    };
  };

  return {
    on,
    raise: (sql, ...names) => notify(sql, channel, names),
    next: (name, { timeoutMs, stop }) => waitFor((hear) => on(name, hear), { timeoutMs, stop }),
  };
}

function waitFor(
  subscribe: (hear: () => void) => () => void,
  { timeoutMs, stop }: { timeoutMs: number; stop: AbortSignal | undefined },
): Promise<boolean> {
  if (stop?.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (came: boolean) => {
      clearTimeout(timer);
      unsubscribe();
      stop?.removeEventListener("abort", onStop);
      resolve(came);
    };
    const onStop = () => end(false);
    const unsubscribe = subscribe(() => end(true));
    const timer = setTimeout(() => end(false), timeoutMs);
    stop?.addEventListener("abort", onStop);
  });
}
