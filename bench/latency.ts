import { randomUUID } from "node:crypto";
import { createClient, routes } from "@wadi/protocol";

import { openLoad, quantile, type Load } from "./load.ts";
import { useOf, useOfTree } from "./process-use.ts";
import { startRegion, type BenchRegion } from "./region.ts";

const rounds = 5;
const jobsPerRound = 60;
const warmUp = 20;

/**
 * Submit to running: from the first byte of the request until the tenant's event stream tells that
 * the run is running, one job after the other, on one machine with hub, agent and host engine. On a
 * machine that others use as well the rounds tell how much to believe, and the processor time what
 * the way itself takes.
 */
export async function run(): Promise<void> {
  const region = await startRegion({ centres: 1, cardsPerCentre: 64, engine: "host" });
  const load = openLoad(region.url, region.tenantKey);
  const events = listen(region);
  try {
    await runJobs(warmUp, { load, events });
    const before = await uses(region);
    const tookMs: number[][] = [];
    for (let i = 0; i < rounds; i += 1) tookMs.push(await runJobs(jobsPerRound, { load, events }));
    tell(tookMs, { before, after: await uses(region) });
  } finally {
    await events.close();
    load.close();
    await region.stop();
  }
}

async function runJobs(
  count: number,
  { load, events }: { load: Load; events: Events },
): Promise<number[]> {
  const tookMs: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const started = performance.now();
    const headers = { "idempotency-key": randomUUID() };
    const { id } = (await load.post("/v1/jobs", spec, headers)) as { id: string };
    await events.running(id);
    tookMs.push(performance.now() - started);
  }
  return tookMs;
}

interface Events {
  running(job: string): Promise<void>;
  close(): Promise<void>;
}

function listen({ url, tenantKey }: BenchRegion): Events {
  const tenant = createClient({ hub: url, key: tenantKey });
  const stop = new AbortController();
  const waiting = new Map<string, () => void>();
  const told = new Set<string>();
  const listening = (async () => {
    for await (const { event, data } of tenant.stream(routes.followTenant, {
      signal: stop.signal,
    })) {
      if (event !== "run.running") continue;
      const { job } = JSON.parse(data) as { job: string };
      told.add(job);
      waiting.get(job)?.();
    }
  })().catch(() => {});
  return {
    running: (job) =>
      new Promise((resolve) => (told.has(job) ? resolve() : waiting.set(job, resolve))),
    close: async () => {
      stop.abort();
      await listening;
    },
  };
}

async function uses({ hub, agents }: BenchRegion) {
  const alone = await useOf(hub.pid);
  const whole = await useOfTree(hub.pid);
  const centres = await Promise.all(agents.map(({ pid }) => useOfTree(pid)));
  return {
    hub: alone.cpuSeconds,
    database: whole.cpuSeconds - alone.cpuSeconds,
    "agent, keeper and runs": centres.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  };
}

type Uses = Awaited<ReturnType<typeof uses>>;

function tell(tookMs: readonly number[][], { before, after }: { before: Uses; after: Uses }): void {
  const sorted = tookMs.flat().toSorted((a, b) => a - b);
  const halves = tookMs.map((round) => at(round, 0.5)).toSorted((a, b) => a - b);
  const jobs = sorted.length;
  console.log(`submit to running          ${jobs} jobs in ${rounds} rounds`);
  console.log(`p50, median of the rounds  ${at(halves, 0.5).toFixed(1)} ms (goal 50)`);
  console.log(`p50 of each                ${halves.map((one) => one.toFixed(1)).join("  ")}`);
  console.log(`p99                        ${at(sorted, 0.99).toFixed(1)} ms (goal 500)`);
  console.log("processor time per job     ms");
  for (const name of Object.keys(before) as (keyof Uses)[]) {
    console.log(
      `  ${name.padEnd(24)} ${(((after[name] - before[name]) * 1000) / jobs).toFixed(1)}`,
    );
  }
}

const at = (values: readonly number[], part: number) =>
  quantile(
    values.toSorted((a, b) => a - b),
    part,
  );

const spec = JSON.stringify({
  version: 1,
  name: "latency",
  run: { kind: "command", argv: ["sleep", "0.2"] },
  cards: { options: [{ model: "h100-sxm" }] },
  cpu: 0.1,
  memory: "64MiB",
  maxRunTime: "1m",
});
