import type { Shape } from "@wadi/core/dispatch";
import { asId, durationOf, mebibytes, milliCores, yuan, type CardModelId } from "@wadi/core/units";
import { random, type Random } from "../generator/random.ts";
import type { SimJob, Workload } from "../workload.ts";
import { gavelCards, type JobType } from "./throughputs.ts";

export interface GavelDraft {
  readonly types: readonly JobType[];
  /** Poisson arrivals. */
  readonly jobsPerHour: number;
  readonly jobs: number;
  readonly seed: number;
}

const minute = 60_000;
const hour = 60 * minute;

/**
 * Jobs as Gavel's simulator draws them (Narayanan et al., "Heterogeneity-Aware Cluster Scheduling
 * Policies for Deep Learning Workloads", OSDI 2020, section 7.1 and its public code): a type drawn
 * evenly; on a V100 it takes 10^u minutes, u even in 1.5..3 for four of five jobs and in 3..4 for
 * the others; on another card as much longer as it makes fewer steps a second there. One card each.
 */
export function gavelWorkload({ types, jobsPerHour, jobs, seed }: GavelDraft): Workload {
  const chance = random(seed).fork("gavel");
  let atMs = 0;
  const drawn = Array.from({ length: jobs }, (_, i) => {
    if (i > 0) atMs += Math.round((-Math.log(1 - chance.uniform()) / jobsPerHour) * hour);
    const type = types[chance.below(types.length)]!;
    return jobOf({ index: i, atMs, type, onV100Ms: runTime(chance) });
  });
  return { name: `gavel, ${jobsPerHour} jobs an hour`, jobs: drawn, impossible: [] };
}

function runTime(chance: Random): number {
  const isShort = chance.uniform() < 0.8;
  const exponent = isShort ? 1.5 + 1.5 * chance.uniform() : 3 + chance.uniform();
  return 10 ** exponent * minute;
}

interface Draw {
  readonly index: number;
  readonly atMs: number;
  readonly type: JobType;
  readonly onV100Ms: number;
}

function jobOf({ index, atMs, type, onV100Ms }: Draw): SimJob {
  const { v100 } = type.stepsPerSecond;
  const trueRunMs = new Map(
    gavelCards.map((card): [CardModelId, number] => [
      asId(card),
      Math.round((onV100Ms * v100) / type.stepsPerSecond[card]),
    ]),
  );
  const id = `job-${String(index).padStart(5, "0")}`;
  return {
    id: asId(id),
    tenant: asId("everybody"),
    submittedMs: atMs,
    shape: shapeOf(id, trueRunMs),
    trueRunMs,
  };
}

/** Dispatch is told how long the job takes, as Gavel's policies are told its throughputs. */
function shapeOf(key: string, trueRunMs: ReadonlyMap<CardModelId, number>): Shape {
  const options = [...trueRunMs].map(([model, runMs]) => ({
    model,
    count: 1,
    share: 1000,
    expectedRunTime: durationOf(runMs),
  }));
  return {
    key,
    family: key,
    priority: "normal",
    replicas: 1,
    cards: { choose: "cheapest", options },
    cpu: milliCores(1),
    memory: mebibytes(1),
    maxRunTime: durationOf(4 * Math.max(...trueRunMs.values())),
    deadlineMs: null,
    budget: null,
    waitingCostPerHour: yuan(1n),
    constraints: { places: [], domesticOnly: false, allowCentres: [], denyCentres: [] },
    ruledOut: [],
    data: [],
    checkpoints: true,
    preemptible: true,
  };
}
