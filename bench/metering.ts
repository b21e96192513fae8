import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  connectDb,
  makeLog,
  migrate,
  openDatabase,
  readConfig,
  startHub,
  type Db,
  type OpenDatabase,
} from "@wadi/hub";
import { createClient, routes } from "@wadi/protocol";
import { asId, durationOf } from "@wadi/core/units";

import { atOnce, openLoad, type Load } from "./load.ts";
import { useOfTree } from "./process-use.ts";

/*
 * Meter readings a second into PostgreSQL, over HTTP with all checks, beside a plain insert of the
 * same rows: as many of them a statement, into a table with the same columns and key. The client
 * runs in the hub's process, so that two cores carry client, hub and database.
 */

const meters = 2000;
const perRequest = 2000;
const perMeter = 20;
const requests = Number(process.env["WADI_BENCH_READINGS"] ?? 400_000) / perRequest;
const inFlight = 4;
/** Rows that are there before, for the part `large`. */
const many = 10_000_000;

/** @param part  `large`: the same on a table of 10,000,000 readings */
export async function run(part?: string): Promise<void> {
  if (part !== undefined && part !== "large") throw new RangeError("metering has one part: large");
  const stateFolder = await mkdtemp(path.join(tmpdir(), "wadi-bench-"));
  const db = await openDatabase({ stateFolder });
  try {
    await migrate(db.url);
    const config = readConfig({
      WADI_STATE: stateFolder,
      WADI_LISTEN: "127.0.0.1:0",
      WADI_RATE_KEY: "off",
    });
    const hub = await startHub({ config, db, log: makeLog("silent") });
    try {
      await measure(db, { url: hub.url, key: await sender(hub.url, stateFolder), part });
    } finally {
      await hub.stop();
    }
  } finally {
    await db.stop();
    await rm(stateFolder, { recursive: true, force: true });
  }
}

async function measure(
  db: OpenDatabase,
  { url, key, part }: { url: string; key: string; part: string | undefined },
): Promise<void> {
  const load = openLoad(url, key);
  await ingest(load, { from: 0, count: 20 }); // warm, and every meter made
  if (part === "large") await preload(db);
  console.log("| what | rows | a second | beside a plain insert | processor time, all |");
  console.log("|---|---|---|---|---|");
  const plain = await inPlainTable(db);
  const ours = await timed(() => ingest(load, { from: 20, count: requests }));
  load.close();
  for (const [what, { ms, cpuMs }] of [
    ["plain insert", plain],
    ["meter readings, goal 20,000", ours],
  ] as const) {
    const rows = requests * perRequest;
    const beside = `${((plain.ms / ms) * 100).toFixed(0)} %`;
    const each = `${((cpuMs * 1000) / rows).toFixed(1)} µs a row`;
    console.log(`| ${what} | ${rows} | ${Math.round((rows / ms) * 1000)} | ${beside} | ${each} |`);
  }
  await report(db);
}

/** A provider's key, and the tenants it meters. */
async function sender(url: string, stateFolder: string): Promise<string> {
  const operatorKey = await readFile(path.join(stateFolder, "operator.key"), "utf8");
  const operator = createClient({ hub: new URL(url), key: operatorKey.trim() });
  for (let i = 0; i < 20; i += 1) {
    await operator.call(routes.putTenant, {
      params: { id: tenantOf(i) },
      body: { name: `T${i}`, quota },
    });
  }
  const provider = asId<never>("lakeside");
  await operator.call(routes.putProvider, { params: { id: provider }, body: { name: "Lakeside" } });
  const scope = { tenant: null, provider, fund: null };
  const validFor = durationOf(3_600_000);
  const { secret } = await operator.call(routes.makeKey, {
    body: { label: "meters", role: "provider", scope, permissions: null, validFor },
  });
  return secret;
}

const quota = { cards: null, queuedJobs: null };
const tenantOf = (index: number) => asId<never>(`tenant-${index}`);
const start = Temporal.Now.instant().subtract({ hours: 24 }).epochMilliseconds;
const second = (index: number) => new Date(start + index * 1000).toISOString();

/** Each request has some readings of some of the meters; every meter's follow one another. */
const ingest = (load: Load, { from, count }: { from: number; count: number }): Promise<void> =>
  atOnce(count, inFlight, async (i) => {
    const reply = await load.post("/v1/meter-readings", batch(from + i));
    const { taken } = reply as { taken: number };
    if (taken !== perRequest) throw new Error(`${taken} of ${perRequest} were taken`);
  });

function batch(index: number): string {
  const metersEach = perRequest / perMeter;
  const rounds = meters / metersEach;
  const first = (index % rounds) * metersEach;
  const next = Math.floor(index / rounds) * perMeter;
  const series = Array.from({ length: metersEach }, (_, i) => ({
    ...{ source: "gateway", tenant: tenantOf((first + i) % 20), resource: `chat-${first + i}` },
    ...{ measure: "tokens-out", basis: "used", attributes: { model: "m1" } },
    readings: Array.from({ length: perMeter }, (__, k) => {
      const number = next + k + 1;
      return { number: `${number}`, from: second(number - 1), to: second(number), quantity: "517" };
    }),
  }));
  return JSON.stringify({ series });
}

/** The rows of as many requests, in as many statements, by as many connections. */
async function inPlainTable(db: OpenDatabase): Promise<Timed> {
  await db.sql`create table plain (like meter_readings including all)`;
  const plain = connectDb(db.url, { connectionsMax: inFlight });
  const done = await timed(() => atOnce(requests, inFlight, (i) => insertPlain(plain, i)));
  await plain.close();
  await db.sql`drop table plain`;
  return done;
}

async function insertPlain({ sql }: Db, index: number): Promise<void> {
  const metersEach = perRequest / perMeter;
  const rounds = meters / metersEach;
  const first = (index % rounds) * metersEach;
  const next = Math.floor(index / rounds) * perMeter;
  const rows = Array.from({ length: perRequest }, (_, i) => ({
    number: next + (i % perMeter) + 1,
    meter: first + Math.floor(i / perMeter),
  }));
  await sql`
    insert into plain (from_at, to_at, quantity, received_at, number, meter, revision)
    select from_at, to_at, 517, to_at, number, meter, 0 from unnest(
      ${rows.map(({ number }) => second(number - 1))}::timestamptz[],
      ${rows.map(({ number }) => second(number))}::timestamptz[],
      ${rows.map(({ number }) => number)}::bigint[],
      ${rows.map(({ meter }) => meter)}::int[]) as given (from_at, to_at, number, meter)`;
}

interface Timed {
  readonly ms: number;
  /** Of this process and the database together. */
  readonly cpuMs: number;
}

async function timed(work: () => Promise<unknown>): Promise<Timed> {
  const before = await useOfTree(process.pid);
  const began = performance.now();
  await work();
  const ms = performance.now() - began;
  const after = await useOfTree(process.pid);
  return { ms, cpuMs: (after.cpuSeconds - before.cpuSeconds) * 1000 };
}

/** Readings of other meters, as the ones before left them. */
async function preload(db: OpenDatabase): Promise<void> {
  const began = performance.now();
  for (let part = 0; part < 10; part += 1) {
    const [from, to] = [(many / 10) * part, (many / 10) * (part + 1)];
    await db.sql`
      insert into meter_readings (from_at, to_at, quantity, received_at, number, meter, revision)
      select at, at + interval '1 second', 517, at, 100001 + i % 10000, 1 + i / 10000, 0
      from generate_series(${from}::bigint, ${to - 1}::bigint) i,
        lateral (select timestamptz '2026-01-01' + (i / 10000) * interval '1 second' as at) times`;
  }
  await db.sql`analyze meter_readings`;
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${many} readings of 10,000 other meters put there first, in ${seconds.toFixed(0)} s\n`,
  );
}

async function report(db: OpenDatabase): Promise<void> {
  const [size] = await db.sql<{ rows: bigint; heap: bigint; key: bigint; time: bigint }>`
    select count(*) as rows, pg_table_size('meter_readings') / count(*) as heap,
      pg_relation_size('meter_readings_pkey') / count(*) as key,
      pg_relation_size('meter_readings_by_time') as time
    from meter_readings`;
  const { rows, heap, key, time } = size!;
  const [gap] = await db.sql<{ missing: bigint }>`
    select coalesce(sum(last_number - kept), 0)::bigint as missing from meters`;
  console.log(
    `\n${rows} readings, ${gap!.missing} missing; each takes ${heap} bytes and ${key} in`,
  );
  console.log(`its key; the index by time takes ${time} bytes in all. ${inFlight} requests of`);
  console.log(`${perRequest} readings of ${perRequest / perMeter} meters at once; fsync on.`);
}
