import highsModule from "highs";
import { priceAt } from "@wadi/core/capacity";
import type { PoolNow, Shape } from "@wadi/core/dispatch";
import {
  asId,
  durationOf,
  mebibytes,
  microYuan,
  milliCores,
  type CardModelId,
} from "@wadi/core/units";
import type { JobOutcome, SimJob, Workload } from "@wadi/simulator";
import { random } from "@wadi/simulator/generator";

import { aPool, tariff } from "./made-pools.ts";

/*
 * Cases so small that their optimum can be found: jobs that all come at once, on three pools of a
 * few cards. Everything happens on a grid of half hours, so that a program over that grid holds
 * every schedule that can be played.
 */

export interface SmallCase {
  readonly workload: Workload;
  readonly pools: readonly PoolNow[];
}

const hourMs = 3_600_000;
const slotMs = hourMs / 2;
/** Three days: far longer than the jobs take one after the other in one pool. */
const slots = 144;
/** A Tuesday, 20:00 in Shanghai: two hours before the night tariff. */
const startMs = Temporal.Instant.from("2026-12-01T20:00:00+08:00").epochMilliseconds;
const models = ["h100-sxm", "ascend-910b2"].map((id) => asId<CardModelId>(id));

export function smallCase(seed: number): SmallCase {
  const chance = random(seed).fork("small case");
  const pick = <T>(values: readonly T[]) => values[chance.below(values.length)]!;
  const pools = ["a", "b", "c"].map((id, i) => {
    const prices = tariff(
      BigInt(Math.round(1e6 * (0.5 + 2 * chance.uniform()))),
      i === 1 ? 0.6 : 1,
    );
    const cardsPerHost = pick([3, 4, 5]);
    return aPool({ id, place: "here", model: models[i % 2]!, prices, hosts: 1, cardsPerHost });
  });
  const jobs = Array.from({ length: 14 }, (_, i) => {
    const first = pick([1, 2, 3, 4, 6, 8, 12]);
    const second = Math.ceil(first * pick([0.5, 1, 1.5, 2]));
    const trueRunMs = new Map([first, second].map((length, m) => [models[m]!, length * slotMs]));
    const worth = pick([200_000, 500_000, 1_000_000, 2_000_000]);
    return jobOf(`job-${String(i).padStart(2, "0")}`, {
      trueRunMs,
      cards: pick([1, 1, 1, 2, 3]),
      worth,
    });
  });
  return { workload: { name: "small", jobs, impossible: [] }, pools };
}

function jobOf(
  id: string,
  {
    trueRunMs,
    cards,
    worth,
  }: { trueRunMs: ReadonlyMap<CardModelId, number>; cards: number; worth: number },
): SimJob {
  const options = [...trueRunMs].map(([model, runMs]) => {
    return { model, count: cards, share: 1000, expectedRunTime: durationOf(runMs) };
  });
  const shape: Shape = {
    ...{ key: id, family: id, priority: "normal", replicas: 1 },
    cards: { choose: "cheapest", options },
    ...{ cpu: milliCores(1), memory: mebibytes(1) },
    maxRunTime: durationOf(Math.max(...trueRunMs.values())),
    ...{ deadlineMs: null, budget: null, waitingCostPerHour: microYuan(worth) },
    constraints: { places: [], domesticOnly: false, allowCentres: [], denyCentres: [] },
    ...{ ruledOut: [], data: [], checkpoints: false, preemptible: false },
  };
  return { id: asId(id), tenant: asId("all"), submittedMs: startMs, shape, trueRunMs };
}

/** What was paid, and the time until each was done beside its fastest run, at its worth; yuan. */
export function costOfPlay({ workload }: SmallCase, outcomes: readonly JobOutcome[]): number {
  return outcomes.reduce((sum, { cost, endedMs }, i) => {
    const job = workload.jobs[i]!;
    return sum + cost.compute + lateness(job, endedMs!);
  }, 0);
}

function lateness({ shape, submittedMs, trueRunMs }: SimJob, endedMs: number): number {
  const hours = (endedMs - submittedMs - Math.min(...trueRunMs.values())) / hourMs;
  return (Number(shape.waitingCostPerHour) / 1e6) * hours;
}

interface Start {
  readonly job: number;
  readonly pool: number;
  readonly slot: number;
  readonly length: number;
  readonly cards: number;
  readonly cost: number;
}

/** Its module is its default export twice over: what is imported is the function itself. */
const loadHighs = highsModule as unknown as typeof highsModule.default;

/**
 * The least that it can cost, by a program with one column for each start of each job.
 * @throws Error when it is not solved to the end within a minute
 */
export async function optimumOf(small: SmallCase): Promise<number> {
  const columns = startsOf(small);
  const matrix = matrixOf(small, columns);
  const jobs = small.workload.jobs.map(() => 1);
  const room = small.pools.flatMap(({ hosts }) => Array<number>(slots).fill(hosts[0]!.cards));
  const highs = await loadHighs();
  const model = highs.createModel({
    ...{ numCols: matrix.numCols, numRows: matrix.numRows, matrix },
    colCost: Float64Array.from(columns, ({ cost }) => cost),
    colLower: new Float64Array(columns.length),
    colUpper: new Float64Array(columns.length).fill(1),
    rowLower: Float64Array.from([...jobs, ...room.map(() => -Infinity)]),
    rowUpper: Float64Array.from([...jobs, ...room]),
    integrality: new Int32Array(columns.length).fill(1),
  });
  try {
    model.options.set({ output_flag: false, time_limit: 60, mip_rel_gap: 1e-4 });
    model.run();
    if (model.getModelStatus() !== highs.constants.modelStatus.optimal) {
      throw new Error("HiGHS has not found the optimum within 60 s; make the cases smaller");
    }
    return model.getObjectiveValue();
  } finally {
    model.dispose();
  }
}

/** A row for each job, then one for each half hour of each pool. */
function matrixOf({ workload, pools }: SmallCase, columns: readonly Start[]) {
  const jobs = workload.jobs.length;
  const starts = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (const { job, pool, slot, length, cards } of columns) {
    indices.push(job);
    values.push(1);
    for (let i = slot; i < slot + length; i += 1) {
      indices.push(jobs + pool * slots + i);
      values.push(cards);
    }
    starts.push(indices.length);
  }
  return {
    format: "csc" as const,
    numCols: columns.length,
    numRows: jobs + pools.length * slots,
    starts: Int32Array.from(starts),
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  };
}

function startsOf({ workload, pools }: SmallCase): Start[] {
  return workload.jobs.flatMap((job, j) =>
    pools.flatMap((pool, p) => {
      const runMs = job.trueRunMs.get(pool.model.id)!;
      const length = runMs / slotMs;
      const cards = job.shape.cards.options[0]!.count;
      return Array.from({ length: slots - length }, (_, slot): Start => {
        let compute = 0;
        for (let i = slot; i < slot + length; i += 1) compute += (priceAtSlot(pool, i) * cards) / 2;
        const endedMs = startMs + (slot + length) * slotMs;
        const cost = compute + lateness(job, endedMs);
        return { job: j, pool: p, slot, length, cards, cost };
      });
    }),
  );
}

function priceAtSlot({ prices }: SmallCase["pools"][number], slot: number): number {
  const at = Temporal.Instant.fromEpochMilliseconds(startMs + slot * slotMs);
  const price = priceAt(prices, at);
  if (price.kind !== "price") throw new Error("a tariff of the benchmark has a gap");
  return Number(price.perCardHour) / 1e6;
}
