import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { migrate, openDatabase, type OpenDatabase } from "@wadi/hub";
import { createClient, routes, type Client } from "@wadi/protocol";
import { durationOf, yuan, type TenantId } from "@wadi/core/units";
import { startProcess, until, type RegionProcess } from "@wadi/region";

import { row, quantile } from "./dispatch/table.ts";
import { analyse, countGroups, fillProvince, fillQueue } from "./live-queue/fill-store.ts";
import { specOf } from "./live-queue/province.ts";
import { atOnce, openLoad, type Load } from "./load.ts";
import { useOf } from "./process-use.ts";

const queued = Number(process.env["WADI_BENCH_QUEUE"] ?? 1_000_000);
const submitted = 500;
const atOnceMax = 10;
const tenant = "bench" as TenantId;

/**
 * A hub whose database holds a province with all cards in use and a million jobs that wait: how
 * long until it serves and has made its first round, what a round takes after a thousand jobs more,
 * and how long those who submit and ask meanwhile wait.
 */
export async function run(): Promise<void> {
  const state = await mkdtemp(join(tmpdir(), "wadi-bench-"));
  const db = await openDatabase({ stateFolder: join(state, "database") });
  let hub: RegionProcess | undefined;
  try {
    await migrate(db.url);
    await fill(db);
    const started = performance.now();
    hub = await startHub(state, db.url);
    await measure(state, hub, started);
  } finally {
    await hub?.stop();
    await db.stop();
    await rm(state, { recursive: true, force: true });
  }
}

async function fill(db: OpenDatabase): Promise<void> {
  const began = performance.now();
  await fillProvince(db);
  const step = 100_000;
  for (let i = 0; i < queued; i += step) await fillQueue(db, i, Math.min(step, queued - i));
  await analyse(db);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const [jobs, groups] = [queued, await countGroups(db)].map((n) => n.toLocaleString("en"));
  console.log(
    `${jobs} jobs wait in ${groups} groups of jobs alike of one tenant; 25,000 runs hold`,
  );
  console.log(`200,000 cards in 100 centres; written with SQL in ${seconds} s\n`);
}

function startHub(state: string, url: string): Promise<RegionProcess> {
  return startProcess({
    name: "hub",
    logs: join(state, "logs"),
    command: [join(resolve(import.meta.dirname, ".."), "packages/hub/src/main.ts")],
    env: {
      DATABASE_URL: url,
      WADI_STATE: join(state, "hub"),
      WADI_LISTEN: "127.0.0.1:0",
      WADI_LOG_LEVEL: "warn",
      WADI_LEASE_MS: "3600000", // nobody speaks for the centres
      WADI_RATE_KEY: "off",
      WADI_RATE_OPERATOR: "off",
    },
  });
}

async function measure(state: string, hub: RegionProcess, started: number): Promise<void> {
  const file = join(state, "hub/hub.json");
  const text = await until(() => readFile(file, "utf8").catch(() => undefined), { by: hub });
  const { url } = JSON.parse(text) as { url: string };
  const serves = performance.now() - started;
  const key = (await readFile(join(state, "hub/operator.key"), "utf8")).trim();
  const operator = createClient({ hub: url, key });
  const seen = () => readFigures(url, key);
  const roundsAfter = (count: number) =>
    until(async () => ((await seen()).rounds > count ? true : undefined), {
      by: hub,
      timeoutMs: 170_000,
    });

  row("what", "measured", "goal");
  row("---", "---", "---");
  row("from start to serving", ms(serves), "≤ 10 s");
  await roundsAfter(0);
  const first = await seen();
  row("first round, all of it read and written", ms(first.roundSeconds * 1000), "≤ 30 s");
  row("memory of the hub then", `${(await useOf(hub.pid)).residentMiB.toFixed(0)} MiB`, "≤ 4 GiB");

  const load = openLoad(url, await memberKey(operator));
  await roundsAfter(first.rounds + 2); // two rounds in which nothing has changed
  const idle = await seen();
  const perRound = (idle.roundSeconds - first.roundSeconds) / (idle.rounds - first.rounds);
  row("a round in which nothing has changed", ms(perRound * 1000), "≤ 1 s");
  const latencies = await submitAll(load);
  row(`submit, ${submitted} jobs, ${atOnceMax} at once: p50`, ms(quantile(latencies, 0.5)), "");
  row("submit: p99", ms(quantile(latencies, 0.99)), "≤ 1 s");
  const loaded = await seen();
  await roundsAfter(loaded.rounds);
  const after = await seen();
  const busy = (after.roundSeconds - idle.roundSeconds) / (after.rounds - idle.rounds);
  row(`a round while and after ${submitted} jobs came`, ms(busy * 1000), "≤ 1 s");
  await askAll(operator, seen);
  row("memory of the hub", `${(await useOf(hub.pid)).residentMiB.toFixed(0)} MiB`, "≤ 4 GiB");
  load.close();
}

/** Each question about the whole region, and for how long the hub heard nobody meanwhile. */
async function askAll(operator: Client, seen: () => Promise<Figures>): Promise<void> {
  const { policy } = await operator.call(routes.readPolicy, { query: {} });
  const timeoutMs = 120_000;
  const asked = {
    "region report": () => operator.call(routes.reportRegion, { query: {}, timeoutMs }),
    "policy diff": () =>
      operator.call(routes.diffPolicy, { query: { limit: 10 }, body: policy, timeoutMs }),
  };
  for (const [name, ask] of Object.entries(asked)) {
    await seen();
    const began = performance.now();
    await ask();
    const took = performance.now() - began;
    const { lagMs } = await seen();
    row(`${name}; the hub's longest pause meanwhile`, `${ms(took)}; ${ms(lagMs)}`, "pause ≤ 1 s");
  }
}

async function submitAll(load: Load): Promise<number[]> {
  const latencies: number[] = [];
  await atOnce(submitted, atOnceMax, async (i) => {
    const began = performance.now();
    const body = JSON.stringify(specOf(i % 500));
    await load.post("/v1/jobs", body, { "idempotency-key": randomUUID() });
    latencies.push(performance.now() - began);
  });
  return latencies;
}

interface Figures {
  readonly rounds: number;
  readonly roundSeconds: number;
  /** The longest that its loop stood still since it was last asked. */
  readonly lagMs: number;
}

async function readFigures(url: string, key: string): Promise<Figures> {
  const reply = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
  const text = await reply.text();
  const of = (name: string) => Number(new RegExp(`^${name} (\\S+)`, "m").exec(text)?.[1] ?? 0);
  return {
    rounds: of("wadi_round_seconds_count"),
    roundSeconds: of("wadi_round_seconds_sum"),
    lagMs: of("nodejs_eventloop_lag_max_seconds") * 1000,
  };
}

async function memberKey(operator: Client): Promise<string> {
  const quota = { cards: null, queuedJobs: null };
  await operator.call(routes.putTenant, { params: { id: tenant }, body: { name: "Bench", quota } });
  await operator.call(routes.topUp, {
    params: { id: tenant },
    idempotencyKey: "bench",
    body: { amount: yuan(1_000_000_000n), note: "" },
  });
  const scope = { tenant, provider: null, fund: null };
  const made = await operator.call(routes.makeKey, {
    body: {
      ...{ label: "bench", role: "tenant-admin", permissions: null },
      ...{ scope, validFor: durationOf(86_400_000) },
    },
  });
  return made.secret;
}

const ms = (value: number) =>
  value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${Math.round(value)} ms`;
