import { cardModel, flatPrice, priceSchedule, type PriceSchedule } from "@wadi/core/capacity";
import {
  defaultPolicy,
  shapeOf,
  type HostNow,
  type PoolNow,
  type QueuedJob,
  type RunNow,
  type Shape,
  type ShapeQueue,
  type Snapshot,
} from "@wadi/core/dispatch";
import { asId, durationOf, mebibytes, microYuan, milliCores, yuan } from "@wadi/core/units";
import type { CardModelId, JobId, TenantId } from "@wadi/core/units";

/** Made-up regions of a given size; the same numbers give the same region. */

export const startMs = Date.UTC(2026, 0, 5, 2); // a Monday, 10:00 in China
const hourMs = 3_600_000;

export const models = ["h100-sxm", "h20", "a100-80g", "ascend-910b3", "ascend-910c", "mlu370-x8"];

export interface RegionSize {
  readonly pools: number;
  readonly hostsPerPool: number;
  readonly cardsPerHost: number;
  readonly jobs: number;
  readonly shapes: number;
  readonly tenants: number;
  /** Every card is in use; else all are free. */
  readonly full: boolean;
  readonly racks?: boolean;
}

export function aRegion(size: RegionSize): Snapshot {
  const pools = Array.from({ length: size.pools }, (_, i) => poolOf(i, size));
  const shapes = Array.from({ length: size.shapes }, (_, i) => shapeNo(i, size));
  return {
    nowMs: startMs,
    pools,
    links: [],
    policy: defaultPolicy,
    tenants: new Map(),
    arrays: new Map(),
    runs: size.full ? pools.flatMap((pool) => runsOn(pool, shapes)) : [],
    queue: queueOf(shapes, size),
    learnt: new Map(),
    scarcity: null,
    preemptedLately: 0,
  };
}

function poolOf(i: number, { hostsPerPool, cardsPerHost, racks }: RegionSize): PoolNow {
  return {
    id: asId(`pool-${i}`),
    centre: asId(`centre-${Math.floor(i / 3)}`),
    place: asId(`place-${Math.floor(i / 3)}`),
    model: cardModel(asId(models[i % models.length]!))!,
    emulated: false,
    prices: i % 2 === 0 ? flatPrice(yuan(BigInt(4 + (i % 7)))) : dayAndNight(4 + (i % 7)),
    minimumSlice: 1000,
    wattsPerCard: null,
    powerPricePerKwh: null,
    carbonGramsPerKwh: null,
    reclaimsPer1000Hours: 0,
    closed: null,
    maintenance: [],
    leasesMax: null,
    hosts: Array.from({ length: hostsPerPool }, (_, h): HostNow => ({
      id: asId(`host-${h}`),
      cards: cardsPerHost,
      cpu: milliCores(cardsPerHost * 16_000),
      memory: mebibytes(cardsPerHost * 131_072),
      domain: null,
      rack: racks ? `rack-${Math.floor(h / 8)}` : null,
      block: racks ? `block-${Math.floor(h / 64)}` : null,
    })),
  };
}

/** Half the price from 23:00 to 7:00. */
function dayAndNight(perHour: number): PriceSchedule {
  const price = (fromHour: number, toHour: number, half: boolean) => ({
    days: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const,
    fromHour,
    toHour,
    perCardHour: microYuan((half ? 500_000 : 1_000_000) * perHour),
  });
  const rules = [price(0, 7, true), price(7, 23, false), price(23, 24, true)];
  const periods = [{ from: null, to: null, rules }];
  const made = priceSchedule({ timeZone: "Asia/Shanghai", periods, specialDates: [] });
  if (made.kind !== "ok") throw new Error("a schedule of the benchmark is wrong");
  return made.value;
}

/** Mostly one card, some two to eight, a few gangs; each of one or two card models. */
function shapeNo(i: number, { full, pools }: RegionSize): Shape {
  const count = full ? [1, 1, 1, 1, 2, 4, 8, 8][i % 8]! : 1;
  const kinds = models.slice(0, pools);
  const wanted = [kinds[i % kinds.length]!, kinds[(i + 1) % kinds.length]!];
  return shapeOf(
    {
      version: 1,
      name: "job",
      run: { kind: "command", argv: ["true"] },
      env: {},
      inputs: [],
      outputs: [],
      replicas: full && i % 40 === 39 ? 4 : 1,
      cards: {
        choose: "cheapest",
        options: (full && i % 3 === 0 ? wanted : wanted.slice(0, 1)).map((model) => ({
          model: asId<CardModelId>(model),
          count,
          share: 1000,
          expectedRunTime: durationOf(hourMs * (1 + (i % 12))),
        })),
      },
      cpu: milliCores(4000 * count),
      memory: mebibytes(16_384 * count),
      maxRunTime: durationOf(hourMs * (2 + (i % 24)) + i * 1000),
      deadline: null,
      maxCost: null,
      waitingCostPerHour: null,
      constraints: { places: [], domesticOnly: false, allowCentres: [], denyCentres: [] },
      priority: "normal",
      preemptible: false,
      checkpoint: null,
      retry: { times: 0, exitCodes: [], rerunWhenLost: true },
      array: null,
      after: { ok: [], any: [] },
    },
    { budget: null },
  );
}

function queueOf(shapes: readonly Shape[], { jobs, tenants }: RegionSize): ShapeQueue[] {
  const all = shapes.map((): QueuedJob[] => []);
  for (let i = 0; i < jobs; i += 1) {
    all[(i * 7) % shapes.length]!.push(jobNo(i, tenants));
  }
  return shapes.map((shape, i) => ({ shape, jobs: all[i]! }));
}

export const jobNo = (i: number, tenants: number): QueuedJob => ({
  id: asId<JobId>(`job-${i}`),
  // Each tenant comes with about ten shapes.
  tenant: asId<TenantId>(`tenant-${(i * 13) % tenants}`),
  submittedMs: startMs - 10_000_000 + i,
  array: null,
});

function runsOn(pool: PoolNow, shapes: readonly Shape[]): RunNow[] {
  const own = shapes.find(
    ({ cards }) => cards.options[0]!.model === pool.model.id && cards.options[0]!.count === 1,
  );
  if (!own) return [];
  return pool.hosts.flatMap((host, h) =>
    Array.from({ length: host.cards }, (_, c): RunNow => ({
      job: asId(`run-${pool.id}-${h}-${c}`),
      tenant: asId(`tenant-${(h * 31 + c) % 97}`),
      shape: own,
      pool: pool.id,
      need: { cards: 1, share: 1000, cpu: milliCores(4000), memory: mebibytes(16_384) },
      hosts: [{ host: host.id, replicas: 1 }],
      sinceMs: startMs - hourMs,
      expectedEndMs: startMs + (((h * 8 + c) * 7919) % (5 * hourMs)),
      latestEndMs: startMs + (((h * 8 + c) * 7919) % (5 * hourMs)) + hourMs,
      checkpointedMs: null,
      stopping: false,
    })),
  );
}
