import { cardModel, flatPrice, type Link } from "@wadi/core/capacity";
import type { HostNow, PoolNow, Shape } from "@wadi/core/dispatch";
import {
  asId,
  durationOf,
  mebibytes,
  milliCores,
  yuan,
  type CardModelId,
  type MicroYuan,
} from "@wadi/core/units";
import { random } from "../generator/random.ts";
import type { SimJob, Workload } from "../workload.ts";

/* Builders for tests: each takes what differs. */

export const minute = 60_000;
export const hour = 60 * minute;
/** A Tuesday, 12:00 in Shanghai. */
export const noon = Temporal.Instant.from("2026-12-01T12:00:00+08:00").epochMilliseconds;

export const aHost = (id: string, differs: Partial<HostNow> = {}): HostNow => ({
  id: asId(id),
  cards: 8,
  cpu: milliCores(64_000),
  memory: mebibytes(524_288),
  domain: null,
  rack: null,
  block: null,
  ...differs,
});

type PoolDiffers = Partial<Omit<PoolNow, "id" | "model" | "centre" | "place">> & {
  readonly centre?: string;
  readonly place?: string;
  readonly model?: string;
  readonly price?: MicroYuan;
  /** Hosts of 8 cards. */
  readonly hostCount?: number;
};

export function aPool(id: string, differs: PoolDiffers = {}): PoolNow {
  const { centre, place = "hangzhou", model = "h100-sxm", price, hostCount = 1, ...rest } = differs;
  return {
    id: asId(id),
    centre: asId(centre ?? `centre-of-${id}`),
    place: asId(place),
    model: cardModel(model)!,
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
    hosts: Array.from({ length: hostCount }, (_, i) => aHost(`${id}-host-${i + 1}`)),
    ...rest,
  };
}

export const aLink = (from: string, to: string, differs: Partial<Link> = {}): Link => ({
  from: asId(from),
  to: asId(to),
  megabitsPerSecond: 8000,
  perGB: yuan(0n),
  ...differs,
});

interface JobDiffers extends Partial<Omit<Shape, "cards" | "key" | "family">> {
  readonly tenant?: string;
  readonly submittedMs?: number;
  /** Cards per replica. */
  readonly cards?: number;
  readonly share?: number;
  /** Hours it really takes, by card model. */
  readonly hours?: Readonly<Record<string, number>>;
  /** What is declared is so many times that; null: nothing is declared. */
  readonly declared?: number | null;
}

export function aJob(id: string, differs: JobDiffers = {}): SimJob {
  const { tenant = "acme", submittedMs = noon, cards = 1, share = 1000, ...others } = differs;
  const { hours = { "h100-sxm": 1 }, declared = 1, ...shape } = others;
  const options = Object.entries(hours).map(([model, each]) => ({
    model: asId<CardModelId>(model),
    count: cards,
    share,
    expectedRunTime: declared === null ? null : durationOf(each * hour * declared),
  }));
  const wanted = {
    priority: "normal" as const,
    replicas: 1,
    cpu: milliCores(1000),
    memory: mebibytes(1024),
    maxRunTime: durationOf(1000 * hour),
    deadlineMs: null,
    budget: null,
    waitingCostPerHour: null,
    constraints: { places: [], domesticOnly: false, allowCentres: [], denyCentres: [] },
    ruledOut: [],
    data: [],
    checkpoints: false,
    preemptible: false,
    ...shape,
    cards: { choose: "cheapest" as const, options },
  };
  const key = JSON.stringify(wanted, (_, value: unknown) =>
    typeof value === "bigint" ? `${value}` : value,
  );
  const trueRunMs = new Map(
    Object.entries(hours).map(([model, each]) => [asId<CardModelId>(model), each * hour]),
  );
  const told: Shape = { key, family: key, ...wanted };
  return { id: asId(id), tenant: asId(tenant), submittedMs, shape: told, trueRunMs };
}

/** Sorted by submission, then by id. */
export const aWorkload = (...jobs: readonly SimJob[]): Workload => ({
  name: "by hand",
  jobs: jobs.toSorted((a, b) => a.submittedMs - b.submittedMs || (a.id < b.id ? -1 : 1)),
  impossible: [],
});

/** Jobs of some seeded kinds, a mean time apart: for laws that must hold whatever comes. */
export function someWorkload(seed: number, { count, everyMs }: { count: number; everyMs: number }) {
  const chance = random(seed).fork("some workload");
  const pick = <T>(values: readonly T[]) => values[chance.below(values.length)]!;
  let atMs = noon;
  const jobs = Array.from({ length: count }, (_, i) => {
    atMs += Math.floor(-Math.log(1 - chance.uniform()) * everyMs);
    const hours = pick([0.2, 0.5, 1, 3, 8]);
    return aJob(`job-${String(i).padStart(6, "0")}`, {
      tenant: pick(["acme", "brook", "cedar"]),
      submittedMs: atMs,
      cards: pick([1, 1, 1, 2, 4, 8]),
      replicas: pick([1, 1, 1, 2]),
      priority: pick(["urgent", "high", "normal", "normal", "low"]),
      checkpoints: pick([true, false]),
      preemptible: pick([true, false]),
      hours: pick([{ "h100-sxm": hours }, { "h100-sxm": hours, "ascend-910b2": 2 * hours }]),
    });
  });
  return aWorkload(...jobs);
}
