import {
  openRegion,
  shapeOf,
  type PoolNow,
  type RunNow,
  type Shape,
  type Snapshot,
} from "@wadi/core/dispatch";
import type { JobSpec } from "@wadi/core/job";
import { asId, durationOf, mebibytes, milliCores } from "@wadi/core/units";

import { aRegion, models, startMs } from "./made-regions.ts";
import { median, row } from "./table.ts";

const hourMs = 3_600_000;
const repeats = 5;
const gangCards = 10_000;

/** B8: a gang of 10,000 cards comes to a full province; how long until its victims are chosen. */
export function preemption(): void {
  console.log("25,000 hosts of 8 cards, 100 pools and one of 1,500 hosts, all in use by runs that");
  console.log(`may be stopped; an urgent gang of ${gangCards.toLocaleString("en")} cards comes\n`);
  row("runs that may be stopped", "goal", "decided in, median", "worst", "stopped", "cards freed");
  row("---", "---", "---", "---", "---", "---");
  for (const [name, cardsEach] of [
    ["of 1 card", 1],
    ["of 8 cards", 8],
  ] as const) {
    const seen = measure(cardsEach);
    const ms = (value: number) => `${Math.round(value)} ms`;
    row(name, "≤ 1 s", ms(median(seen.times)), ms(Math.max(...seen.times)), seen.runs, seen.cards);
  }
  console.log();
}

function measure(cardsEach: number) {
  const full = provinceOf(cardsEach);
  const region = openRegion(full);
  const gang = gangShape();
  const job = { id: asId<RunNow["job"]>("gang"), tenant: asId<RunNow["tenant"]>("gang-tenant") };
  region.apply([
    { kind: "queued", shape: gang, job: { ...job, submittedMs: startMs, array: null } },
  ]);
  const times: number[] = [];
  let stopped: readonly { readonly cards: number }[] = [];
  for (let i = 0; i < repeats; i += 1) {
    // Another five minutes each time: nothing of what was worked out before holds any more.
    const began = performance.now();
    const plan = region.decide(startMs + i * 300_000);
    times.push(performance.now() - began);
    stopped = plan.preemptions;
    const cards = stopped.reduce((sum, one) => sum + one.cards, 0);
    if (cards < gangCards) throw new Error(`${cards} cards freed; the gang needs ${gangCards}`);
  }
  const cards = stopped.reduce((sum, one) => sum + one.cards, 0);
  return { times, runs: stopped.length.toLocaleString("en"), cards: cards.toLocaleString("en") };
}

/** Pools of 235 hosts, and one of 1,500 in which alone the gang fits; nothing is queued. */
function provinceOf(cardsEach: number): Snapshot {
  const size = { cardsPerHost: 8, jobs: 0, shapes: 500, tenants: 5000, full: false } as const;
  const many = aRegion({ ...size, pools: 100, hostsPerPool: 235 });
  const large = aRegion({ ...size, pools: 1, hostsPerPool: 1500 }).pools;
  const renamed = large.map((pool): PoolNow => ({ ...pool, id: asId("pool-large") }));
  const pools = [...many.pools, ...renamed];
  const rules = { ...many.policy.preemption, runsPerHour: 100_000 };
  const shapes = models.map((model) => runShape(model, cardsEach));
  return {
    ...many,
    pools,
    policy: { ...many.policy, preemption: rules },
    runs: pools.flatMap((pool) => runsOn(pool, { cardsEach, shape: shapes[indexOf(pool)]! })),
  };
}

const indexOf = ({ model }: PoolNow) => models.indexOf(model.id);

/** Begun up to five hours ago, some with checkpoints since: unlike in what stopping them loses. */
function runsOn(
  pool: PoolNow,
  { cardsEach, shape }: { cardsEach: number; shape: Shape },
): RunNow[] {
  return pool.hosts.flatMap((host, h) =>
    Array.from({ length: host.cards / cardsEach }, (_, c): RunNow => {
      const sinceMs = startMs - 600_000 - (((h * 8 + c) * 7919 * 1000) % (5 * hourMs));
      return {
        job: asId(`run-${pool.id}-${h}-${c}`),
        tenant: asId(`tenant-${(h * 31 + c) % 97}`),
        ...{ shape, pool: pool.id, sinceMs },
        need: { cards: cardsEach, share: 1000, cpu: shape.cpu, memory: shape.memory },
        hosts: [{ host: host.id, replicas: 1 }],
        expectedEndMs: sinceMs + 6 * hourMs,
        latestEndMs: sinceMs + 12 * hourMs,
        checkpointedMs: (h + c) % 3 === 0 ? Math.max(sinceMs, startMs - 900_000) : null,
        stopping: false,
      };
    }),
  );
}

const runShape = (model: string, cards: number) =>
  shapeOf({ ...aSpec(model, cards), preemptible: true, checkpoint: "kept" }, { budget: null });

const gangShape = () =>
  shapeOf(
    { ...aSpec(models[0]!, 8), replicas: gangCards / 8, priority: "urgent" },
    { budget: null },
  );

const aSpec = (model: string, cards: number): JobSpec => ({
  version: 1,
  name: "job",
  run: { kind: "command", argv: ["true"] },
  env: {},
  inputs: [],
  outputs: [],
  replicas: 1,
  cards: {
    choose: "cheapest",
    options: [
      { model: asId(model), count: cards, share: 1000, expectedRunTime: durationOf(6 * hourMs) },
    ],
  },
  cpu: milliCores(4000 * cards),
  memory: mebibytes(16_384 * cards),
  maxRunTime: durationOf(12 * hourMs),
  deadline: null,
  maxCost: null,
  waitingCostPerHour: null,
  constraints: { places: [], domesticOnly: false, allowCentres: [], denyCentres: [] },
  priority: "low",
  preemptible: false,
  checkpoint: null,
  retry: { times: 0, exitCodes: [], rerunWhenLost: true },
  array: null,
  after: { ok: [], any: [] },
});
