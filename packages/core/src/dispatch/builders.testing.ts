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
import { shapeOf } from "./shape.ts";
import type { HostNow, PoolNow, QueuedJob, Shape, Snapshot } from "./snapshot.ts";

/* Builders for tests: each takes what differs. */

export const noon = Temporal.Instant.from("2026-12-01T12:00:00+08:00");
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
  options: [model: string, count: number, hours?: number][],
  choose: "cheapest" | "first" = "cheapest",
): JobSpec["cards"] => ({
  choose,
  options: options.map(([model, count, hours]) => ({
    model: asId<CardModelId>(model),
    count,
    expectedRunTime: hours === undefined ? null : durationOf(hours * hour),
  })),
});

export const aShape = (differs: Partial<JobSpec> = {}): Shape => {
  const spec = aSpec(differs);
  return shapeOf(spec, spec.maxCost);
};

export const aHost = (differs: Partial<HostNow> = {}): HostNow => {
  const cards = differs.cards ?? 8;
  const cpu = differs.cpu ?? milliCores(64_000);
  const memory = differs.memory ?? mebibytes(524_288);
  return {
    id: asId("host-1"),
    cards,
    cpu,
    memory,
    freeCards: cards,
    freeCpu: cpu,
    freeMemory: memory,
    ...differs,
  };
};

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
    wattsPerCard: null,
    powerPricePerKwh: null,
    reclaimsPer1000Hours: 0,
    closed: null,
    hosts: [aHost()],
    ...differs,
  };
}

let made = 0;
export const aJob = (differs: Partial<QueuedJob> = {}): QueuedJob => ({
  id: asId(`job-${String((made += 1)).padStart(8, "0")}`),
  tenant: asId("acme"),
  submittedAt: noon,
  array: null,
  ...differs,
});

export const aSnapshot = (differs: Partial<Snapshot> = {}): Snapshot => ({
  now: noon,
  pools: [aPool()],
  links: [],
  policy: {
    waitingCostPerHour: { urgent: yuan(20n), high: yuan(5n), normal: yuan(1n), low: yuan(0n) },
  },
  tenants: new Map(),
  arrays: new Map(),
  queue: [],
  ...differs,
});
