import { cardHourPrice, cardModel, links } from "@wadi/core/capacity";
import type { PoolNow } from "@wadi/core/dispatch";
import { yuan } from "@wadi/core/units";
import { toWorkload, type TracedJob, type Workload } from "@wadi/simulator";
import { readThroughputs } from "@wadi/simulator/gavel";
import { random } from "@wadi/simulator/generator";

import { aPool, tariff } from "./made-pools.ts";
import { readTrace } from "./traces.ts";

/*
 * Philly's jobs on a made-up region that is scaled until they queue. It was written down before
 * any of it was played, and nothing in it was changed by what came out.
 *
 * - Jobs: the trace from 2017-10-02 to 2017-10-30, four weeks in which it is busy: 46,000
 *   jobs that ask for 600 cards on the mean.
 * - Prices: the public documents have 800 yuan a P-month at Shenyang and 2,000 to 3,000 at Tianjin;
 *   the pools lie between the two. Some have a night tariff of 0.7 from 22:00 to 8:00.
 * - Moving data: 0.01 USD a GB, the least that AWS asks between two of its regions (`egress`), at
 *   7 yuan; 10 Gbit/s. A quarter of the jobs read one of their tenant's three data sets (median
 *   80 GB), which lie at one to three places.
 * - Speeds: peak beside peak (the project's catalogue) times what Gavel measured beside its own
 *   mean: on a V100, P100 and K80 its 26 kinds of jobs are up to twice as fast or slow as the cards
 *   are on the whole. Each tenant's jobs are of six of these kinds.
 * - What is declared is wrong by a factor between 1/2 and 2.
 * - Waiting, fairness and all else: the default policy, as it is.
 */

const from = "2017-10-02";
const until = "2017-10-30";
const hours = 28 * 24;

const pooled = [
  { id: "shenyang-910b3", model: "ascend-910b3", perPMonth: 800n, night: false, hosts: 10 },
  { id: "hefei-910b3", model: "ascend-910b3", perPMonth: 1600n, night: true, hosts: 10 },
  { id: "tianjin-910b3", model: "ascend-910b3", perPMonth: 2500n, night: false, hosts: 10 },
  { id: "shaoguan-h20", model: "h20", perPMonth: 1200n, night: false, hosts: 14 },
  { id: "tianjin-h20", model: "h20", perPMonth: 2000n, night: true, hosts: 14 },
  { id: "shaoguan-h800", model: "h800-sxm", perPMonth: 2000n, night: true, hosts: 5 },
  { id: "hangzhou-h800", model: "h800-sxm", perPMonth: 3000n, night: true, hosts: 5 },
] as const;

/** The traced time is that on the first; each stands for the card of Gavel's beside it. */
const cards = [
  { model: "ascend-910b3", as: "p100" },
  { model: "h20", as: "k80" },
  { model: "h800-sxm", as: "v100" },
] as const;
const kindsEach = 6;
const perGB = 70_000n;

export interface PhillyCase {
  readonly workload: Workload;
  readonly fleet: { readonly pools: readonly PoolNow[]; readonly links: PoolLinks };
  readonly cards: number;
  /** Work submitted beside what the fleet does at nameplate speeds in these weeks, week by week. */
  readonly loads: readonly number[];
}

type PoolLinks = ReturnType<typeof allLinks>;

interface PhillyTexts {
  readonly philly: string;
  readonly gavel: string;
}

/** What it is made of, from the folder of traces. */
export const phillyTexts = async (folder: string): Promise<PhillyTexts> => ({
  philly: await readTrace(folder, "philly/philly.csv"),
  gavel: await readTrace(folder, "gavel/simulation_throughputs.json"),
});

export function phillyCase(texts: PhillyTexts, seed: number): PhillyCase {
  const pools = pooled.map(poolOf);
  const places = [...new Set(pools.map(({ place }) => place))];
  const traced = jobsOf(texts.philly);
  const jobs = withKinds(traced, { gavel: texts.gavel, seed });
  const workload = toWorkload(
    { jobs, impossible: [] },
    { name: "philly", seed, estimateError: 2, data: { share: 0.25, places } },
  );
  const does = pools.reduce((sum, { model, hosts }) => sum + speed(model.id) * hosts.length * 8, 0);
  return {
    workload,
    fleet: { pools, links: allLinks(places) },
    cards: pools.reduce((sum, { hosts }) => sum + hosts.length * 8, 0),
    loads: loadsOf(traced, does),
  };
}

/** By nameplate, beside the first. */
const speed = (model: string) => peak(model) / peak(cards[0].model);

const peak = (model: string) => {
  const known = cardModel(model)!.peak;
  if (known.kind !== "known") throw new Error(`the peak of ${model} is not known`);
  return Number(known.value);
};

/** Each named by its line; a gang takes 8 cards of a host. */
function jobsOf(text: string): TracedJob[] {
  const [header, ...lines] = text.split("\n");
  if (header?.trim() !== "timestamp,duration,num_gpus,gpu_time,cluster") {
    throw new Error(`philly.csv begins with ${header}, not with the columns that are known`);
  }
  return lines.flatMap((line, i): TracedJob[] => {
    const [at, seconds, gpus, , cluster] = line.trim().split(",");
    if (!(at && seconds && gpus && cluster) || at < from || at >= until) return [];
    const [runMs, all] = [Number(seconds) * 1000, Number(gpus)];
    if (runMs === 0 || all === 0) return [];
    const replicas = Math.ceil(all / 8);
    return [
      {
        ...{ id: `line-${String(i + 2).padStart(6, "0")}`, tenant: cluster, runMs },
        ...{ submittedMs: Date.parse(`${at.replace(" ", "T")}Z`), replicas, cards: all / replicas },
        ...{ share: 1000, models: [], estimateMs: null, limitMs: null, deadlineMs: null },
        ...{ cpuPerCard: null, memoryPerCard: null, priority: "normal", domesticOnly: false },
        ...{ preemptible: false, checkpoints: false, data: [] },
      },
    ];
  });
}

function loadsOf(jobs: readonly TracedJob[], does: number): number[] {
  const startMs = Date.parse(`${from}T00:00:00Z`);
  const weekMs = 7 * 24 * 3_600_000;
  const weeks = Array.from({ length: hours / 168 }, () => 0);
  for (const { submittedMs, runMs, cards: each, replicas } of jobs) {
    weeks[Math.floor((submittedMs - startMs) / weekMs)]! += runMs * each * replicas;
  }
  return weeks.map((work) => work / (does * weekMs));
}

function poolOf({ id, model, perPMonth, night, hosts }: (typeof pooled)[number]): PoolNow {
  const place = id.slice(0, id.indexOf("-"));
  const price = cardHourPrice(cardModel(model)!, yuan(perPMonth));
  if (price.kind !== "price") throw new Error(`${model} has no price`);
  const prices = tariff(price.perCardHour, night ? 0.7 : 1);
  return aPool({ id, place, model, prices, hosts, cardsPerHost: 8 });
}

function allLinks(places: readonly string[]) {
  const made = links(
    places.flatMap((a) =>
      places
        .filter((b) => b !== a)
        .map((b) => ({ from: a, to: b, megabitsPerSecond: 10_000, perGB })),
    ),
  );
  if (made.kind !== "ok") throw new Error("a link of the benchmark is wrong");
  return made.value;
}

/** Each job of one of its tenant's kinds, which has speeds of its own. */
function withKinds(
  jobs: readonly TracedJob[],
  { gavel, seed }: { gavel: string; seed: number },
): TracedJob[] {
  const kinds = speedsByKind(gavel);
  const chance = random(seed).fork("kinds");
  const known = new Map<string, (typeof kinds)[number][]>();
  return jobs.map((job) => {
    const own =
      known.get(job.tenant) ?? drawSome(chance.fork(`tenant ${job.tenant}`), kinds, kindsEach);
    known.set(job.tenant, own);
    return { ...job, models: own[chance.fork(`job ${job.id}`).below(own.length)]! };
  });
}

const drawSome = <T>(chance: ReturnType<typeof random>, values: readonly T[], count: number) =>
  Array.from({ length: count }, () => values[chance.below(values.length)]!);

function speedsByKind(text: string): TracedJob["models"][] {
  const types = readThroughputs(text);
  const ratios = types.map(({ stepsPerSecond }) =>
    cards.map((card) => stepsPerSecond[card.as] / stepsPerSecond[cards[0].as]),
  );
  const means = cards.map((_, c) =>
    Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio[c]!), 0) / ratios.length),
  );
  return ratios.map((ratio) =>
    cards.map(({ model }, c) => ({
      model,
      speed: (ratio[c]! / means[c]!) * speed(model),
    })),
  );
}
