import { asId, durationOf, mebibytes, milliCores } from "../../units/index.ts";
import type { HostNow, HostShare, Need, PoolNow, RunNow, Shape } from "../snapshot.ts";
import { openTimeline, type Booked, type PoolTimeline } from "./index.ts";

/* Builders for tests: each takes what differs. Time is a handful of milliseconds around `nowMs`. */

export const nowMs = 100;

export const aNeed = (differs: Partial<Record<keyof Need, number>> = {}): Need => ({
  cards: differs.cards ?? 1,
  share: differs.share ?? 1000,
  cpu: milliCores(differs.cpu ?? 1),
  memory: mebibytes(differs.memory ?? 0),
});

export const aHost = (differs: { id?: string; cards?: number; cpu?: number } = {}): HostNow => ({
  id: asId(differs.id ?? "host-a"),
  cards: differs.cards ?? 8,
  cpu: milliCores(differs.cpu ?? 64),
  memory: mebibytes(64),
  domain: null,
  rack: null,
  block: null,
});

export const aShape: Shape = {
  key: "shape",
  family: "family",
  priority: "normal",
  replicas: 1,
  cards: { choose: "first", options: [] },
  cpu: milliCores(1),
  memory: mebibytes(0),
  maxRunTime: durationOf(10),
  deadlineMs: null,
  budget: null,
  waitingCostPerHour: null,
  constraints: { places: [], domesticOnly: false, allowCentres: [], denyCentres: [] },
  ruledOut: [],
  data: [],
  checkpoints: false,
  preemptible: true,
};

export const aRun = (
  differs: Partial<Omit<RunNow, "job">> & { job: string; on?: string },
): RunNow => {
  const { job, on, ...others } = differs;
  return {
    job: asId(job),
    tenant: asId("acme"),
    shape: aShape,
    pool: asId("pool-1"),
    need: aNeed(),
    hosts: [{ host: asId(on ?? "host-a"), replicas: 1 }],
    sinceMs: 0,
    expectedEndMs: nowMs + 5,
    latestEndMs: nowMs + 10,
    checkpointedMs: null,
    stopping: false,
    ...others,
  };
};

/** A pool with runs that it can hold, some late, some being stopped, some on parts of cards. */
export interface Scene {
  readonly pool: Pick<PoolNow, "hosts" | "maintenance">;
  readonly runs: readonly RunNow[];
}

export function timelineOf({ pool, runs }: Scene): PoolTimeline {
  const timeline = openTimeline(pool);
  for (const run of runs) timeline.add(run);
  return timeline;
}

/** Places replica by replica on the first host (and card) with room; undefined when none has. */
export function layOut(
  { hosts }: Scene["pool"],
  runs: readonly RunNow[],
  { replicas, need }: { replicas: number; need: Need },
  allows: (host: HostNow) => number = () => replicas,
): HostShare[] | undefined {
  const shares: HostShare[] = [];
  for (const host of hosts) {
    for (let here = 0; here < allows(host) && shares.length < replicas; here += 1) {
      const placed = aRun({ job: "new", need, hosts: shares });
      const share = shareOn(host, need, [...runs, placed]);
      if (share === undefined) break;
      shares.push(share);
    }
  }
  return shares.length === replicas ? shares : undefined;
}

function shareOn(host: HostNow, need: Need, runs: readonly RunNow[]): HostShare | undefined {
  const free = freeBeside(host, runs);
  const fits = free.cpu >= need.cpu && free.memory >= need.memory;
  if (!fits) return undefined;
  if (need.share === 1000) {
    return free.cards >= need.cards ? { host: host.id, replicas: 1 } : undefined;
  }
  const open = [...free.shared].find(([, used]) => used + need.share <= 1000);
  if (open) return { host: host.id, replicas: 1, card: open[0] };
  if (free.cards < 1) return undefined;
  const card = [0, 1, 2, 3, 4].find((one) => !free.shared.has(one))!;
  return { host: host.id, replicas: 1, card };
}

/** What a host has left beside these runs; `shared`: thousandths in use by card. */
export function freeBeside(host: HostNow, runs: readonly RunNow[]) {
  const shared = new Map<number, number>();
  const free = { cards: host.cards, cpu: Number(host.cpu), memory: Number(host.memory), shared };
  for (const { need, hosts } of runs) {
    for (const share of hosts.filter((one) => one.host === host.id)) {
      free.cpu -= need.cpu * share.replicas;
      free.memory -= need.memory * share.replicas;
      if (need.share === 1000) free.cards -= need.cards * share.replicas;
      else shared.set(share.card!, (shared.get(share.card!) ?? 0) + need.share);
    }
  }
  free.cards -= shared.size;
  return free;
}

/** What is there on a host at an instant when every run takes all the time it may. */
export function freeAtInstant(
  host: HostNow,
  atMs: number,
  { runs, bookings }: { runs: readonly RunNow[]; bookings: readonly Booked[] },
) {
  const isThere = ({ stopping, latestEndMs }: RunNow) =>
    !stopping && Math.max(latestEndMs, nowMs + 1) > atMs;
  const free = freeBeside(host, runs.filter(isThere));
  for (const { need, hosts, startMs, endMs } of bookings) {
    if (atMs < startMs || atMs >= endMs) continue;
    for (const share of hosts.filter((one) => one.host === host.id)) {
      free.cards -= need.cards * share.replicas;
      free.cpu -= need.cpu * share.replicas;
      free.memory -= need.memory * share.replicas;
    }
  }
  return free;
}
