import { flatPrice, type CardModel } from "@wadi/core/capacity";
import {
  defaultPolicy,
  openRegion,
  shapeOf,
  type Change,
  type DispatchRegion,
  type HostNow,
  type PoolNow,
  type Shape,
} from "@wadi/core/dispatch";
import { asId, durationOf, mebibytes, milliCores, yuan, type JobId } from "@wadi/core/units";
import { meanOf } from "@wadi/simulator";
import {
  packingWorkloads,
  readPackWorkload,
  readPublished,
  type PackPod,
  type PackWorkload,
} from "@wadi/simulator/packing";

import { startMs } from "./made-regions.ts";
import { row } from "./table.ts";
import { tracesFolder } from "./traces.ts";

const hourMs = 3_600_000;
/** The first of the orders of arrival that FGD's authors used. */
const seed = 42;

/** B5 in production: the same experiment, each arrival a round of dispatch with all its rules. */
export function packingRounds(): void {
  const folder = tracesFolder();
  if (folder === undefined) return;
  console.log(
    "openb, 1,213 hosts and 6,212 cards: each arrival a round, each model a pool, all of",
  );
  console.log(`one price; cards given out when all have been asked for, in %, seed ${seed}\n`);
  row("workload", "BestFit published", "FGD published", "rounds", "above FGD by", "ms a round");
  row("---", "---", "---", "---", "---", "---");
  for (const workload of packingWorkloads) {
    const published = (["05-BestFit", "06-FGD"] as const).map((policy) =>
      readPublished(folder, { workload, policy }).get(seed)!,
    );
    const { percent, roundMs } = play(readPackWorkload(folder, workload));
    const figures = [...published, percent, percent - published[1]!, roundMs];
    row(workload, ...figures.map((one) => one.toFixed(2)));
  }
  console.log();
}

/** Who finds no room is gone for good; nobody ends. */
function play(workload: PackWorkload): { percent: number; roundMs: number } {
  const { arrivals, hosts } = workload.orders.find((order) => order.seed === seed)!;
  const pools = poolsOf(workload, hosts);
  const shapes = workload.pods.map((pod) => shapeFor(pod, pools));
  const region = openAll(pools);
  const capacity = workload.hosts.reduce((sum, { room }) => sum + 1000 * room.cards.length, 0);
  const atFull: number[] = [];
  const began = performance.now();
  let [arrived, allocated, rounds] = [0, 0, 0];
  for (const pod of arrivals) {
    const { cards, share } = workload.pods[pod]!.need;
    arrived += cards * share;
    if (starts(region, shapes[pod]!, asId(`job-${rounds}`))) allocated += cards * share;
    rounds += 1;
    const percent = Math.round((100 * arrived) / capacity);
    if (percent > 100) break;
    if (percent === 100) atFull.push((100 * allocated) / capacity);
  }
  return { percent: meanOf(atFull), roundMs: (performance.now() - began) / rounds };
}

/** One round for one job. */
function starts(region: DispatchRegion, shape: Shape, id: JobId): boolean {
  const job = { id, tenant: asId<never>("tenant"), submittedMs: startMs, array: null };
  region.apply([{ kind: "queued", shape, job }]);
  const [placed] = region.decide(startMs).placements;
  const change: Change = placed
    ? {
        kind: "started",
        run: {
          ...placed,
          sinceMs: startMs,
          expectedEndMs: startMs + placed.expectedRunTime,
          latestEndMs: startMs + placed.limit,
          checkpointedMs: null,
          stopping: false,
        },
      }
    : { kind: "dequeued", job: id };
  region.apply([change]);
  return placed !== undefined;
}

function openAll(pools: readonly PoolNow[]): DispatchRegion {
  const policy = { ...defaultPolicy, booking: { ...defaultPolicy.booking, depth: 0 } };
  return openRegion({
    ...{ nowMs: startMs, pools, policy },
    ...{ links: [], tenants: new Map(), arrays: new Map(), runs: [], queue: [] },
    ...{ learnt: new Map(), scarcity: null, preemptedLately: 0 },
  });
}

/** A pool for each model. Hosts are named so that of equals the earlier in the order wins. */
function poolsOf(workload: PackWorkload, order: readonly number[]): PoolNow[] {
  const hosts = order.map((at, place) => ({ ...workload.hosts[at]!, place }));
  return [...new Set(hosts.map(({ model }) => model))].toSorted().map((model) => ({
    ...{ id: asId(model), centre: asId("centre"), place: asId("place"), model: cardOf(model) },
    ...{ emulated: false, prices: flatPrice(yuan(1n)), minimumSlice: 10, reclaimsPer1000Hours: 0 },
    ...{ wattsPerCard: null, powerPricePerKwh: null, carbonGramsPerKwh: null },
    ...{ closed: null, maintenance: [], leasesMax: null },
    hosts: hosts
      .filter((host) => host.model === model)
      .map(({ place, room }): HostNow => ({
        id: asId(`host-${String(place).padStart(5, "0")}`),
        cards: room.cards.length,
        cpu: milliCores(room.cpu),
        memory: mebibytes(room.memory),
        ...{ domain: null, rack: null, block: null },
      })),
  }));
}

const cardOf = (name: string): CardModel => ({
  ...{ id: asId(name), vendor: "unknown", name, origin: "unknown", stack: "none", note: null },
  peak: { kind: "unknown", reason: "the trace does not say" },
  memoryGiB: { kind: "unknown", reason: "the trace does not say" },
});

function shapeFor({ need, models }: PackPod, pools: readonly PoolNow[]): Shape {
  const isOpen = need.cards === 0 || models.length === 0;
  const allowed = pools.map(({ model }) => model.id).filter((id) => isOpen || models.includes(id));
  return shapeOf(
    {
      ...{ version: 1, name: "pod", run: { kind: "command", argv: ["true"] }, env: {} },
      ...{ inputs: [], outputs: [], replicas: 1, cpu: need.cpu, memory: need.memory },
      cards: {
        choose: "cheapest",
        options: allowed.map((model) => {
          const { cards: count, share } = need;
          return { model, count, share, expectedRunTime: durationOf(hourMs) };
        }),
      },
      ...{ maxRunTime: durationOf(2 * hourMs), deadline: null, maxCost: null },
      constraints: { places: [], domesticOnly: false, allowCentres: [], denyCentres: [] },
      ...{ waitingCostPerHour: null, priority: "normal", preemptible: false, checkpoint: null },
      retry: { times: 0, exitCodes: [], rerunWhenLost: true },
      ...{ array: null, after: { ok: [], any: [] } },
    },
    { budget: null },
  );
}
