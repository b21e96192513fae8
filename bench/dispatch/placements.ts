import { openRegion } from "@wadi/core/dispatch";

import { aRegion, startMs, type RegionSize } from "./made-regions.ts";
import { median, row } from "./table.ts";

const size: RegionSize = {
  ...{ pools: 1, hostsPerPool: 1000, cardsPerHost: 32, jobs: 32_000, shapes: 100, tenants: 50 },
  full: false,
};
const repeats = 9;

/** B1: how many placements a second, in memory; and what naming racks and blocks adds (B9). */
export function placements(): void {
  console.log("32,000 one-card jobs of 100 shapes and 50 tenants on 1,000 hosts of 32 cards\n");
  row("", "goal", "placements/s, median", "best");
  row("---", "---", "---", "---");
  for (const [name, goal, racks] of [
    ["nobody says how hosts stand", "≥ 100,000", false],
    ["with racks and blocks", "at most 15 % slower", true],
  ] as const) {
    const rates = measure({ ...size, racks });
    const [half, best] = [median(rates), Math.max(...rates)];
    row(name, goal, Math.round(half).toLocaleString("en"), Math.round(best).toLocaleString("en"));
  }
  console.log();
}

function measure(region: RegionSize): number[] {
  const snapshot = aRegion(region);
  return Array.from({ length: repeats }, () => {
    const opened = openRegion(snapshot);
    const began = performance.now();
    const { placements: placed } = opened.decide(startMs);
    const seconds = (performance.now() - began) / 1000;
    if (placed.length !== region.jobs) throw new Error(`${placed.length} of ${region.jobs} placed`);
    return placed.length / seconds;
  });
}
