import { defaultPolicy, openRegion, type Policy } from "@wadi/core/dispatch";
import { durationOf } from "@wadi/core/units";
import { cheapestPrice, meanOf, production, simulate, type Dispatcher } from "@wadi/simulator";

import { aRegion, startMs } from "./made-regions.ts";
import { costOfPlay, optimumOf, smallCase, type SmallCase } from "./small-cases.ts";
import { row } from "./table.ts";

const smallSeeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/** B3: what plans cost beside the exact optimum, and beside what no plan could cost less than. */
export async function quality(): Promise<void> {
  await besideOptimum();
  besideBound();
}

async function besideOptimum(): Promise<void> {
  console.log("14 jobs that come at once, three pools of 3 to 5 cards, two card models, a night");
  console.log("tariff: played cost above the optimum that HiGHS proves, by seed, in %\n");
  row("", "goal", "mean", ...smallSeeds.map((seed) => `seed ${seed}`));
  row("---", "---", "---", ...smallSeeds.map(() => "---"));
  const cases = smallSeeds.map(smallCase);
  const best: number[] = [];
  for (const small of cases) best.push(await optimumOf(small));
  for (const { name, make } of contenders) {
    const above = cases.map((small, i) => 100 * (costOf(small, make) / best[i]! - 1));
    const goal = name === "cheapest price" ? "" : "≤ 2";
    row(name, goal, meanOf(above).toFixed(2), ...above.map((one) => one.toFixed(2)));
  }
  console.log();
}

type Pools = Parameters<typeof production>[2];

/** The optimum and the bound know no limit of patience, so neither do these. */
const patient: Policy = { ...defaultPolicy, waitForCheaper: durationOf(7 * 24 * 3_600_000) };
const shortest: Policy = { ...patient, order: "shortest" };
const alone = { certifyEveryMs: null, outlookEveryMs: null };
/** A certificate in each round. */
const guided = { certifyEveryMs: 0, outlookEveryMs: null };
const contenders: readonly {
  readonly name: string;
  readonly make: (fleet: Pools) => Dispatcher;
}[] = [
  {
    name: "dispatch, default policy",
    make: (fleet) => production("", defaultPolicy, fleet, alone),
  },
  {
    name: "… with scarcity prices",
    make: (fleet) => production("", defaultPolicy, fleet, guided),
  },
  {
    name: "dispatch, order shortest, waits up to a week",
    make: (fleet) => production("", shortest, fleet, alone),
  },
  {
    name: "… with scarcity prices",
    make: (fleet) => production("", shortest, fleet, guided),
  },
  { name: "cheapest price", make: cheapestPrice },
];

function costOf(small: SmallCase, make: (fleet: Pools) => Dispatcher): number {
  const fleet = { pools: small.pools, links: [] };
  const { workload } = small;
  const { jobs } = simulate({ workload, fleet, dispatcher: make(fleet), seed: 1 });
  return costOfPlay(small, jobs);
}

/** A province in which all is in use, and what waits planned to its end. */
function besideBound(): void {
  console.log("25,000 hosts, 200,000 cards, 100 pools, all in use; 500 shapes wait: what the");
  console.log("planned starts of all cost beside the certificate's bound\n");
  const cells = ["queued", "goal", "waits up to a week", "default policy: a day", "bound took"];
  row(...cells, "its own gap", "plan took");
  row(...[...cells, "", ""].map(() => "---"));
  for (const jobs of [30_000, 100_000]) {
    const size = { pools: 100, hostsPerPool: 250, cardsPerHost: 8, shapes: 500, tenants: 5000 };
    const region = openRegion({ ...aRegion({ ...size, jobs, full: true }), policy: patient });
    const bound = timed(() => region.certify(startMs));
    const plan = timed(() => region.outlook(startMs));
    region.apply([{ kind: "policy", policy: defaultPolicy }]);
    const hasty = region.outlook(startMs);
    const lower = Number(bound.value.lower);
    const above = (cost: bigint) => percent(Number(cost) / lower - 1);
    const own =
      bound.value.relaxed === null ? "?" : percent(1 - lower / Number(bound.value.relaxed));
    row(
      ...[jobs.toLocaleString("en"), "≤ 5 %", above(plan.value.cost), above(hasty.cost)],
      ...[seconds(bound.ms), own, seconds(plan.ms)],
    );
  }
  console.log();
}

function timed<T>(work: () => T): { value: T; ms: number } {
  const began = performance.now();
  const value = work();
  return { value, ms: performance.now() - began };
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
const percent = (part: number) => `${(part * 100).toFixed(2)} %`;
