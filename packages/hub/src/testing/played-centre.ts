import type { TestHub } from "./test-hub.ts";
import type { World } from "./world.ts";

/** A lease as it travels, as far as tests look at it. */
export interface PlayedLease {
  readonly run: string;
  readonly job: string;
  readonly generation: number;
  readonly pool: string;
  readonly share: number;
  readonly placement: readonly { host: string; replicas: number; card?: number }[];
}

/** A centre's agent, played by the test: it takes leases and says what the test has it say. */
export interface PlayedCentre {
  sync(differs?: object): Promise<{ leases: PlayedLease[]; stops: unknown[] }>;
  /** Syncs until so many leases are there, for at most some seconds. */
  leases(count: number): Promise<PlayedLease[]>;
  /**
   * Reports states of a run, one after the other, and readings for the time it ran; "checkpoint"
   * says that it wrote one.
   */
  tell(lease: PlayedLease, ...states: string[]): Promise<void>;
}

/** One card-hour is metered before the end of each run that was running. */
export function playCentre(hub: TestHub, { keys, journal }: World): PlayedCentre {
  let seq = 0;
  const started = new Set<string>();
  const sync: PlayedCentre["sync"] = async (differs = {}) => {
    const empty = { entries: [], holding: null, inventory: null, wait: "0s", room: 1000 };
    const body = { journal, ...empty, ...differs };
    const reply = await hub.ask("POST", "/v1/agent/sync", { key: keys.agent, body });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`sync: ${reply.status} ${text}`);
    return JSON.parse(text) as Awaited<ReturnType<PlayedCentre["sync"]>>;
  };
  const entriesOf = (lease: PlayedLease, state: string): object[] => {
    const { run, generation } = lease;
    const base = () => ({ seq: `${(seq += 1)}`, at: "2026-06-01T13:00:00Z", run, generation });
    const end = { exitCode: null, signal: null, message: "", isolation: null, slots: [] };
    const times = { from: "2026-06-01T12:00:00Z", to: "2026-06-01T13:00:00Z" };
    const use = { number: 1, cards: 1, cpuTime: "1s", peakMemoryBytes: "1", final: true };
    if (state === "checkpoint") {
      return [{ ...base(), kind: state, writtenAt: "2026-06-01T12:30:00Z", bytes: "7" }];
    }
    const isEnd = started.has(run);
    if (state === "running") {
      started.add(run);
      return [{ ...base(), kind: "state", state, ...end, at: times.from }];
    }
    const reading = isEnd ? [{ ...base(), kind: "reading", ...times, ...use }] : [];
    return [...reading, { ...base(), kind: "state", state, ...end }];
  };
  return {
    sync,
    leases: async (count) => {
      const found = new Map<string, PlayedLease>();
      for (let tries = 0; found.size < count && tries < 20; tries += 1) {
        for (const one of (await sync({ wait: "1s" })).leases) found.set(one.run, one);
      }
      return [...found.values()];
    },
    tell: async (lease, ...states) => {
      await sync({ entries: states.flatMap((state) => entriesOf(lease, state)) });
    },
  };
}
