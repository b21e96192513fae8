import { defaultPolicy } from "@wadi/core/dispatch";
import {
  bestFit,
  cheapestPrice,
  cheapestWithData,
  fifoPerCentre,
  leastLoaded,
  measure,
  production,
  race,
  simulate,
  type Dispatcher,
  type Measures,
} from "@wadi/simulator";

import { phillyCase, phillyTexts, type PhillyCase } from "./philly-case.ts";
import { row } from "./table.ts";
import { tracesFolder } from "./traces.ts";

const seeds = [1, 2, 3];
const hourMs = 3_600_000;
const minuteMs = 60_000;

/** Decisions are as far apart for all: the baselines look at each job in each of them. */
const roundEveryMs = 5 * minuteMs;

/**
 * B4: what four weeks of Philly cost in total, and how long its jobs wait, beside the baselines.
 */
export async function philly(): Promise<void> {
  const folder = tracesFolder();
  if (folder === undefined) return;
  const texts = await phillyTexts(folder);
  for (const [i, seed] of seeds.entries()) {
    const play = phillyCase(texts, seed);
    if (i === 0) describe(play);
    console.log(`\nseed ${seed}\n`);
    heading();
    const played = dispatchers(play, { seed, all: i === 0 }).map((make) =>
      playOne(play, { make, seed }),
    );
    for (const one of played) show(one, played[0]!);
  }
  console.log(
    "\ngoal: total at least 20 % below cheapest price, 30 % below race and least loaded,",
  );
  console.log("at the same or better mean wait\n");
}

interface Played {
  readonly name: string;
  readonly seen: Measures;
  readonly tookMs: number;
}

/** @param all  what dispatch does without scarcity prices as well */
function dispatchers(
  { fleet }: PhillyCase,
  { seed, all }: { seed: number; all: boolean },
): (() => Dispatcher)[] {
  const shortest = { ...defaultPolicy, order: "shortest" } as const;
  const alone = { certifyEveryMs: null, outlookEveryMs: null };
  const guided = { certifyEveryMs: hourMs, outlookEveryMs: null };
  const without = [
    () => production("… without scarcity prices", defaultPolicy, fleet, alone),
    () => production("… shortest, without them", shortest, fleet, alone),
  ];
  return [
    () => production("dispatch, default policy", defaultPolicy, fleet, guided),
    () => production("dispatch, order shortest", shortest, fleet, guided),
    ...(all ? without : []),
    cheapestPrice,
    cheapestWithData,
    () => race(seed),
    leastLoaded,
    bestFit,
    fifoPerCentre,
  ];
}

function describe({ workload, cards, loads, fleet }: PhillyCase): void {
  const weeks = loads.map((load) => load.toFixed(2)).join(", ");
  console.log(
    `Philly, 2017-10-02 to 2017-10-30: ${workload.jobs.length.toLocaleString("en")} jobs on ` +
      `${cards} cards of 3 models in ${fleet.pools.length} pools at 5 places; work offered beside`,
  );
  console.log(`what the cards do at nameplate speeds, by week: ${weeks}; declared run times wrong`);
  console.log(
    "by a factor of up to 2; a quarter of the jobs read data; night tariffs; one decision",
  );
  console.log("in five minutes for all");
}

function playOne(
  { workload, fleet }: PhillyCase,
  { make, seed }: { make: () => Dispatcher; seed: number },
): Played {
  const began = performance.now();
  const dispatcher = make();
  const result = simulate({ workload, fleet, dispatcher, seed, roundEveryMs });
  return { name: dispatcher.name, seen: measure(result), tookMs: performance.now() - began };
}

function heading(): void {
  const parts = ["total, yuan", "compute", "data", "waiting"];
  const cells = ["", ...parts, "the first is below by", "mean wait, h", "p95, h", "use", "took"];
  row(...cells);
  row(...cells.map(() => "---"));
}

function show({ name, seen, tookMs }: Played, ours: Played): void {
  const { spending, times, use } = seen;
  const yuan = (value: number) => Math.round(value).toLocaleString("en");
  const below = 1 - ours.seen.spending.total / spending.total;
  const { waitMs, unfinished } = times.all;
  row(
    unfinished === 0 ? name : `${name} (${unfinished} unfinished)`,
    ...[spending.total, spending.compute, spending.data, spending.waiting].map(yuan),
    `${(below * 100).toFixed(1)} %`,
    (waitMs.mean / hourMs).toFixed(2),
    (waitMs.p95 / hourMs).toFixed(2),
    `${(use * 100).toFixed(0)} %`,
    `${(tookMs / 1000).toFixed(0)} s`,
  );
}
