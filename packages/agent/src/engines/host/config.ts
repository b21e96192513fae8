import type { CardModelId, HostId, Mebibytes } from "@wadi/core/units";

/** What the provider says of the machine and of how runs are to be kept on it. */
export interface HostConfig {
  /**
   * The hosts that the centre offers. All of them are this machine: what one has beyond it, and
   * each after the first, is emulated, and reported so.
   */
  readonly hosts: readonly OfferedHost[];
  /** "none" gives every run a network of its own with nothing in it. */
  readonly network: "shared" | "none";
  /** "own" refuses to run where a run cannot be given a user that is not the agent's. */
  readonly user: "own" | "own-or-agents";
  /** Bytes kept of each output stream of each replica; the rest is cut, and marked. */
  readonly outputBytesMax: number;
  /** Processes and threads of one replica, where the isolation can hold a limit. */
  readonly processesMax: number;
  /** The PATH of runs that do not set their own. */
  readonly jobPath: string;
  /** How the cards that are really there are looked at; `hostDefaults.cards`. */
  readonly cards?: CardLooks;
  /** Paths that runs must be able to reach: where one is not, they run as the agent's user. */
  readonly mustReach: readonly string[];
}

/** Looks at how busy cards are, by their makers' tools. */
export interface CardLooks {
  /** Between two looks; 0: there are none. */
  readonly everyMs: number;
  /** A tool that takes longer is killed. */
  readonly timeoutMs: number;
  /** Where the tools are looked for, as in PATH. */
  readonly path: string;
}

export interface OfferedHost {
  readonly id: HostId;
  readonly cpuCores: number;
  readonly memory: Mebibytes;
  readonly cards: readonly { readonly model: CardModelId; readonly count: number }[];
}

export const hostDefaults = {
  network: "shared",
  user: "own-or-agents",
  outputBytesMax: 64 * 2 ** 20,
  processesMax: 4096,
  jobPath: "/usr/local/bin:/usr/bin:/bin",
  mustReach: [],
  cards: {
    everyMs: 10_000,
    timeoutMs: 20_000,
    path: "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin",
  },
} as const satisfies Omit<HostConfig, "hosts">;
