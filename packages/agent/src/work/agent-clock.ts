import { setTimeout as sleep } from "node:timers/promises";

/** The time, as far as the agent's own work goes; leases are measured by the engine's clock. */
export interface AgentClock {
  /** Unix time; people may set it, so it orders nothing. */
  nowMs(): number;
  /** Milliseconds since some start, by a clock that only goes forward. */
  steadyMs(): number;
  /** Resolves after so long, or at once when the signal aborts. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: AgentClock = {
  nowMs: () => Date.now(),
  steadyMs: () => performance.now(),
  pause: async (ms, signal) => {
    await sleep(ms, undefined, { signal, ref: true }).catch(() => {});
  },
};
