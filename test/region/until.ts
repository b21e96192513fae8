import { setTimeout as sleep } from "node:timers/promises";

export interface Patience {
  readonly withinMs?: number;
  readonly everyMs?: number;
  /** Rejects when waiting has become pointless. */
  readonly unless?: Promise<never>;
}

/**
 * Asks again and again until there is an answer; `undefined` and `false` are none.
 * @param what  what is waited for, in words, for the error
 * @throws Error when the time is over, naming what was waited for and the last failure
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  { withinMs = 30_000, everyMs = 25, unless }: Patience = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  let pointless: unknown;
  unless?.catch((error: unknown) => (pointless = error));
  for (;;) {
    let failure: unknown;
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      failure = error;
    }
    if (pointless !== undefined) throw new Error(`in vain: ${what}`, { cause: pointless });
    if (performance.now() > deadline) {
      throw new Error(`waited ${withinMs} ms in vain: ${what}`, { cause: failure });
    }
    await sleep(everyMs);
  }
}
