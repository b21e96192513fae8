import { cardModel, flatPrice, type PriceSchedule } from "../capacity/index.ts";
import type { JobSpec } from "../job/index.ts";
import {
  asId,
  durationOf,
  mebibytes,
  milliCores,
  yuan,
  type CardModelId,
  type MicroYuan,
} from "../units/index.ts";
import { needOf } from "./refuse.ts";
import { defaultPolicy } from "./policy.ts";
import { shapeOf } from "./shape.ts";
import type { HostNow, PoolNow, QueuedJob, RunNow, Shape, Snapshot } from "./snapshot.ts";

/* Builders for tests: each takes what differs. */

export const noon = Temporal.Instant.from("2026-12-01T12:00:00+08:00");
export const noonMs = noon.epochMilliseconds;
const hour = 3_600_000;

export function aSpec(differs: Partial<JobSpec> = {}): JobSpec {
  return {
    version: 1,
    name: "job",
    run: { kind: "command", argv: ["true"] },
    env: {},
    inputs: [],
    outputs: [],
    replicas: 1,
    cards: aWish([["h100-sxm", 1]]),
    cpu: milliCores(1000),
    memory: mebibytes(1024),
    maxRunTime: durationOf(4 * hour),
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
    ...differs,
  };
}

/** Options as [model, count, expected hours]. */
export const aWish = (
  options: [model: string, count: number, hours?: number | undefined][],
  choose: "cheapest" | "first" = "cheapest",
): JobSpec["cards"] => ({
  choose,
  options: options.map(([model, count, hours]) => ({
    model: asId<CardModelId>(model),
    count,
    share: 1000,
    expectedRunTime: hours === undefined ? null : durationOf(hours * hour),
  })),
});

export const aShape = (differs: Partial<JobSpec> = {}): Shape => {
  const spec = aSpec(differs);
  return shapeOf(spec, { budget: spec.maxCost });
};

export const aHost = (differs: Partial<HostNow> = {}): HostNow => ({
  id: asId("host-1"),
  cards: 8,
  cpu: milliCores(64_000),
  memory: mebibytes(524_288),
  domain: null,
  rack: null,
  block: null,
  ...differs,
});

/** So many hosts alike: "host-1" and on. */
export const hosts = (count: number, differs: Partial<HostNow> = {}): HostNow[] =>
  Array.from({ length: count }, (_, i) => aHost({ id: asId(`host-${i + 1}`), ...differs }));

type PoolDiffers = Partial<Omit<PoolNow, "model" | "id">> & {
  id?: string;
  model?: string;
  price?: MicroYuan;
  prices?: PriceSchedule;
};

export function aPool({
  id = "pool-1",
  model = "h100-sxm",
  price,
  ...differs
}: PoolDiffers = {}): PoolNow {
  return {
    id: asId(id),
    centre: asId(`centre-of-${id}`),
    place: asId("hangzhou"),
    model: cardModel(asId(model))!,
    emulated: false,
    prices: flatPrice(price ?? yuan(10n)),
    minimumSlice: 1000,
    wattsPerCard: null,
    powerPricePerKwh: null,
    carbonGramsPerKwh: null,
    reclaimsPer1000Hours: 0,
    closed: null,
    maintenance: [],
    leasesMax: null,
    hosts: [aHost()],
    ...differs,
  };
}

let made = 0;
export const aJob = (differs: Partial<QueuedJob> = {}): QueuedJob => ({
  id: asId(`job-${String((made += 1)).padStart(8, "0")}`),
  tenant: asId("acme"),
  submittedMs: noonMs,
  array: null,
  ...differs,
});

/** A run of a job of one replica, on "host-1" of "pool-1" unless said otherwise. */
export function aRun(differs: Partial<RunNow> = {}): RunNow {
  const shape = differs.shape ?? aShape();
  const option = shape.cards.options[0]!;
  return {
    job: aJob().id,
    tenant: asId("acme"),
    shape,
    pool: asId("pool-1"),
    need: needOf(shape, option),
    hosts: [{ host: asId("host-1"), replicas: shape.replicas }],
    sinceMs: noonMs,
    expectedEndMs: noonMs + hour,
    latestEndMs: noonMs + shape.maxRunTime,
    checkpointedMs: null,
    stopping: false,
    ...differs,
  };
}

export const aSnapshot = (differs: Partial<Snapshot> = {}): Snapshot => ({
  nowMs: noonMs,
  pools: [aPool()],
  links: [],
  policy: defaultPolicy,
  tenants: new Map(),
  arrays: new Map(),
  runs: [],
  queue: [],
  learnt: new Map(),
  scarcity: null,
  preemptedLately: 0,
  ...differs,
});
