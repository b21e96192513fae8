import { openRegion, type Change, type DispatchRegion, type RunNow } from "@wadi/core/dispatch";

import { aRegion, jobNo, startMs, type RegionSize } from "./made-regions.ts";
import { median, quantile, row } from "./table.ts";

const province: Omit<RegionSize, "jobs"> = {
  ...{ pools: 100, hostsPerPool: 250, cardsPerHost: 8, shapes: 500, tenants: 5000, full: true },
};
const rounds = 100;
/** Of each round: so many runs have ended, so many jobs have come. */
const changed = 500;

/** B2: a round at the scale of a province, cold and after 1,000 changes, and how it grows. */
export function roundTimes(): void {
  console.log(
    `25,000 hosts, 200,000 cards, all in use; 5,000 tenants, 500 shapes; ${rounds} rounds,`,
  );
  console.log(`each after ${changed} ends and ${changed} arrivals\n`);
  row("queued", "opened", "first round", "later rounds p50", "p99", "memory");
  row("---", "---", "---", "---", "---", "---");
  const points: { jobs: number; ms: number }[] = [];
  for (const jobs of [10_000, 100_000, 1_000_000]) {
    const seen = measure(jobs);
    points.push({ jobs, ms: seen.p50 });
    const ms = (value: number) => `${Math.round(value)} ms`;
    const cells = [
      ms(seen.opened),
      ms(seen.cold),
      ms(seen.p50),
      ms(seen.p99),
      `${seen.mebibytes} MiB`,
    ];
    row(jobs.toLocaleString("en"), ...cells);
  }
  const [few, , many] = points as [
    { jobs: number; ms: number },
    unknown,
    { jobs: number; ms: number },
  ];
  const exponent = Math.log(many.ms / few.ms) / Math.log(many.jobs / few.jobs);
  console.log(`\nlater rounds grow with the queue to the power of ${exponent.toFixed(2)}`);
  console.log("goal: p99 ≤ 1 s after changes, ≤ 5 s cold, ≤ 4 GiB\n");
}

function measure(jobs: number) {
  const snapshot = aRegion({ ...province, jobs });
  const shapes = snapshot.queue.map(({ shape }) => shape);
  let began = performance.now();
  const region = openRegion(snapshot);
  const opened = performance.now() - began;
  began = performance.now();
  region.decide(startMs);
  const cold = opened + performance.now() - began;

  const running = snapshot.runs.map(({ job }) => job);
  let came = jobs;
  const times = Array.from({ length: rounds }, (_, i) => {
    const changes: Change[] = [];
    for (let n = 0; n < changed; n += 1) {
      const place = (n * 7919 + i * 104_729) % running.length;
      changes.push({ kind: "ended", job: running[place]! });
      running[place] = running.at(-1)!;
      running.pop();
      const shape = shapes[(came * 7) % shapes.length]!;
      changes.push({ kind: "queued", shape, job: jobNo(came, province.tenants) });
      came += 1;
    }
    return oneRound(region, { changes, running, nowMs: startMs + i * 10_000 });
  });
  const mebibytes = Math.round(process.memoryUsage().rss / 2 ** 20);
  return { opened, cold, p50: median(times), p99: quantile(times, 0.99), mebibytes };
}

/** From the changes to the runs that it starts being known: all that a round costs in memory. */
function oneRound(
  region: DispatchRegion,
  { changes, running, nowMs }: { changes: Change[]; running: RunNow["job"][]; nowMs: number },
): number {
  const began = performance.now();
  region.apply(changes);
  const { placements } = region.decide(nowMs);
  region.apply(
    placements.map((placed): Change => ({
      kind: "started",
      run: {
        ...placed,
        sinceMs: nowMs,
        expectedEndMs: nowMs + placed.expectedRunTime,
        latestEndMs: nowMs + placed.limit,
        checkpointedMs: null,
        stopping: false,
      },
    })),
  );
  for (const { job } of placements) running.push(job);
  return performance.now() - began;
}
