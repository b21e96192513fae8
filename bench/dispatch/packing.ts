import { packingTable, type PackingRow } from "@wadi/simulator/packing";

import { row } from "./table.ts";
import { tracesFolder } from "./traces.ts";

/** B5: FGD's experiment of packing, BestFit and FGD reproduced beside the fit of dispatch. */
export function packing(): void {
  const folder = tracesFolder();
  if (folder === undefined) return;
  console.log("openb, 1,213 hosts and 6,212 cards: cards given out when all have been asked for,");
  console.log("in %, mean of 10 seeds (42 to 51), all on the same orders of arrival\n");
  const first = ["workload", "BestFit published", "reproduced", "FGD published", "reproduced"];
  const cells = [...first, "own fit", "above FGD by", "seeds above FGD"];
  row(...cells);
  row(...cells.map(() => "---"));
  const began = performance.now();
  const rows = packingTable(folder, { onRow: show });
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const above = rows.filter(({ mean }) => mean.own > mean.fgd).length;
  console.log(
    `\nabove FGD in ${above} of ${rows.length} workloads; goal: in all; took ${seconds} s`,
  );
  console.log(`reproduced to ${worst(rows).toFixed(3)} at worst; goal: to 0.05\n`);
}

function show({ workload, mean, seeds, wins }: PackingRow): void {
  const { publishedBestFit, bestFit, publishedFgd, fgd, own } = mean;
  const percents = [publishedBestFit, bestFit, publishedFgd, fgd, own].map((one) => one.toFixed(2));
  row(workload, ...percents, (own - fgd).toFixed(2), `${wins} of ${seeds.length}`);
}

/** The farthest that a mean of the reproduced policies is from what was published. */
const worst = (rows: readonly PackingRow[]) =>
  Math.max(
    ...rows.flatMap(({ mean }) => [
      Math.abs(mean.bestFit - mean.publishedBestFit),
      Math.abs(mean.fgd - mean.publishedFgd),
    ]),
  );
