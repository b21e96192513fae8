import { routes, type Lease } from "@wadi/protocol";

import { callerOf, type Caller } from "./ask.ts";
import type { PlannedJob } from "./plan-jobs.ts";
import { playRun, type Entry, type PlayedRun } from "./played-run.ts";
import { signerOf } from "./signing.ts";

/** A centre's agent, played: it talks to the hub as a real one does and runs nothing. */
export interface PlayedCentre {
  readonly id: string;
  /** Takes what leases there are, waiting for them a moment; how many runs it began. */
  take(now: Temporal.Instant): Promise<number>;
  /** Tells how its runs are; how many of them it lost. */
  report(now: Temporal.Instant): Promise<number>;
  /** Runs that are not over. */
  running(): number;
  /** Tells what was to be told after the close only; how many readings. */
  reportRest(): Promise<number>;
}

interface Joining {
  readonly hub: string;
  readonly operator: Caller;
  /** By the hub's id. */
  readonly jobs: ReadonlyMap<string, PlannedJob>;
}

/** Entries of one sync. */
const entriesMax = 1000;

export async function joinCentre(id: string, of: Joining): Promise<PlayedCentre> {
  const { hub, operator, jobs } = of;
  const signer = signerOf(id);
  const journal = crypto.randomUUID();
  const { joinToken } = await operator.ask(routes.makeJoinToken, { params: { id }, body: {} });
  const joining = { joinToken, journal, signingKey: signer.open };
  const joined = await callerOf(hub, undefined).ask(routes.joinCentre, { body: joining });
  const agent = callerOf(hub, joined.credential);
  const runs = new Map<string, PlayedRun>();
  let seq = 0;

  const sync = async (entries: readonly Entry[], how: { wait: string; room: number }) => {
    const numbered = entries.map((entry) => ({ ...entry, seq: `${(seq += 1)}` }));
    const empty = { holding: null, inventory: null, signature: signer.sign(numbered) };
    const body = { journal, ...empty, entries: numbered as never[], ...how };
    return agent.ask(routes.sync, { body });
  };
  const tell = async (entries: readonly Entry[]): Promise<void> => {
    for (let from = 0; from === 0 || from < entries.length; from += entriesMax) {
      await sync(entries.slice(from, from + entriesMax), { wait: "0s", room: 0 });
    }
  };
  const begin = (lease: Lease, at: Temporal.Instant): Entry[] => {
    const job = jobs.get(lease.job);
    if (!job || runs.has(lease.run)) return [];
    const run = playRun(lease, { job, at, isRerun: lease.attempt > 1 });
    runs.set(lease.run, run);
    return run.begin();
  };
  return {
    id,
    take: async (now) => {
      const { leases } = await sync([], { wait: "200ms", room: 1000 });
      const entries = leases.flatMap((lease) => begin(lease, now));
      if (entries.length > 0) await tell(entries);
      return entries.length;
    },
    report: async (now) => {
      const open = [...runs.values()].filter((run) => !run.isOver());
      await tell(open.flatMap((run) => run.report(now)));
      return open.filter((run) => run.isLost && run.isOver()).length;
    },
    running: () => [...runs.values()].filter((run) => !run.isOver()).length,
    reportRest: async () => {
      const rest = [...runs.values()].flatMap((run) => run.rest());
      if (rest.length > 0) await tell(rest);
      return rest.length;
    },
  };
}
