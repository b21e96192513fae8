import { bestFit } from "./best-fit.ts";
import { fgd } from "./fgd.ts";
import { ownFit } from "./own-fit.ts";
import { allocatedAtFull, kindsOf, mean } from "./run.ts";
import {
  packingWorkloads,
  readPackWorkload,
  readPublished,
  type PackWorkloadName,
} from "./trace.ts";

export {
  packingWorkloads,
  readPackWorkload,
  readPublished,
  type PackWorkload,
  type PackWorkloadName,
} from "./trace.ts";
export type { PackPod } from "./run.ts";

/** Allocated % at 100 % arrived of one order of arrivals. */
export interface PackingSeed {
  readonly seed: number;
  readonly publishedBestFit: number;
  readonly publishedFgd: number;
  readonly bestFit: number;
  readonly fgd: number;
  readonly own: number;
}

export interface PackingRow {
  readonly workload: PackWorkloadName;
  readonly seeds: readonly PackingSeed[];
  /** Over the seeds. */
  readonly mean: Omit<PackingSeed, "seed">;
  /** Of the seeds: with how many the own fit allocates more than FGD, as reproduced. */
  readonly wins: number;
}

export interface PackingOptions {
  /** All eight where it is left out. */
  readonly workloads?: readonly PackWorkloadName[];
  /** How many orders of arrivals, from the first; 10 where it is left out. */
  readonly seeds?: number;
  /** Told of each row when it is done. */
  readonly onRow?: (row: PackingRow) => void;
}

/**
 * FGD's packing experiment (USENIX ATC 2023), one row for each workload: as published, BestFit and
 * FGD as reproduced here, and the own fit, all on the same orders.
 *
 * @param folder  of traces: `openb` and `fgd` are read
 * @throws WrongInput that names the file, line and field
 */
export function packingTable(folder: string, options: PackingOptions = {}): PackingRow[] {
  return (options.workloads ?? packingWorkloads).map((workload) => {
    const row = packingRow(folder, { workload, seeds: options.seeds ?? 10 });
    options.onRow?.(row);
    return row;
  });
}

function packingRow(
  folder: string,
  of: { readonly workload: PackWorkloadName; readonly seeds: number },
): PackingRow {
  const { workload } = of;
  const { hosts, pods, orders } = readPackWorkload(folder, workload);
  const { kinds, kindOf } = kindsOf(pods);
  const bestFits = readPublished(folder, { workload, policy: "05-BestFit" });
  const fgds = readPublished(folder, { workload, policy: "06-FGD" });
  const seeds = orders.slice(0, of.seeds).map(({ seed, arrivals, hosts: order }): PackingSeed => {
    const run = { hosts, kinds, kindOf, arrivals, order };
    return {
      seed,
      publishedBestFit: bestFits.get(seed) ?? Number.NaN,
      publishedFgd: fgds.get(seed) ?? Number.NaN,
      bestFit: allocatedAtFull(run, bestFit),
      fgd: allocatedAtFull(run, fgd(kinds)),
      own: allocatedAtFull(run, ownFit(kinds)),
    };
  });
  return {
    workload,
    seeds,
    mean: {
      publishedBestFit: mean(seeds.map((one) => one.publishedBestFit)),
      publishedFgd: mean(seeds.map((one) => one.publishedFgd)),
      bestFit: mean(seeds.map((one) => one.bestFit)),
      fgd: mean(seeds.map((one) => one.fgd)),
      own: mean(seeds.map((one) => one.own)),
    },
    wins: seeds.filter((one) => one.own > one.fgd).length,
  };
}
