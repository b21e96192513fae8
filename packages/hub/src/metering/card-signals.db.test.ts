import { cardModels } from "@wadi/core/capacity";
import { asId } from "@wadi/core/units";
import { uuidv7 } from "uuidv7";
import { beforeAll, expect, test } from "vitest";

import { keepSerials } from "../centres/index.ts";
import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { aJob, centreOf, makeWorld, type World } from "../testing/world.ts";
import { cardSignals } from "./index.ts";

/*
 * Two centres of two providers, each with a card model of its own, so that a job says by its cards
 * where it runs. Agents are played here: what they say of cards reaches the hub as it would.
 */

const db = await testDb();
let now = Temporal.Instant.from("2026-05-31T00:00:00Z");
const hub = await testHub(db, {}, { now: () => now });
const [, east, west] = cardModels.map(({ id }) => id);
let world: World;
let agents: Record<string, Agent>;
beforeAll(async () => {
  world = await makeWorld(hub);
  await hub.ask("POST", `/v1/jobs/${world.job}/cancel`, { key: world.keys.member });
  agents = {
    east: await join("east", { provider: "lowland", model: east! }),
    west: await join("west", { provider: "upland", model: west! }),
  };
});

/** Days of June, in UTC. */
const moment = (day: number, hour = 0) =>
  Temporal.Instant.from("2026-06-01T00:00:00Z").add({ hours: 24 * (day - 1) + hour });
const at = (day: number, hour = 0) => moment(day, hour).toString();

interface Said {
  readonly slots: readonly number[];
  readonly from: string;
  readonly to: string;
  /** Card time; by reading. Undefined: not said. */
  readonly busy?: readonly (string | undefined)[];
}

interface Agent {
  sync(differs?: object): Promise<{ leases: { run: string; generation: number }[] }>;
  has(...serials: (string | null)[]): Promise<void>;
  /** Runs a job of acme to its end; the run's id. */
  run(said: Said): Promise<string>;
}

async function join(
  centre: string,
  { provider, model }: { provider: string; model: string },
): Promise<Agent> {
  const spec = centreOf(provider, { pool: `${centre}-a`, model });
  await world.post(`PUT /v1/centres/${centre}`, spec);
  const { joinToken } = await world.post(`/v1/centres/${centre}/join-tokens`, {});
  const journal = uuidv7();
  const { credential } = await world.post("/v1/agent/join", { joinToken, journal });
  let seq = 0;
  const sync: Agent["sync"] = async (differs = {}) => {
    const empty = { entries: [], holding: null, inventory: null, wait: "0s", room: 100 };
    const body = { journal, ...empty, ...differs };
    const reply = await hub.ask("POST", "/v1/agent/sync", { key: String(credential), body });
    if (!reply.ok) throw new Error(await reply.text());
    return (await reply.json()) as { leases: { run: string; generation: number }[] };
  };
  await sync();
  return {
    sync,
    has: async (...serials) => {
      const cards = [{ model, count: 8, emulated: false }];
      const told = serials.flatMap((serial, slot) => (serial === null ? [] : [{ slot, serial }]));
      const host = { id: `${centre}-a-1`, cpuCores: 64, memory: "512GiB", cards, serials: told };
      const inventory = { engine: "fake", agentVersion: "1", hosts: [host], isolation: null };
      await sync({ inventory });
    },
    run: async (said) => {
      const job = { ...aJob(model), maxRunTime: "40d", name: centre };
      await world.post("/v1/jobs", job, world.keys.member);
      let lease: { run: string; generation: number } | undefined;
      for (let tries = 0; !lease && tries < 20; tries += 1) {
        [lease] = (await sync({ wait: "1s" })).leases;
      }
      const { run, generation } = lease!;
      const entries = story(said).map((entry) => {
        return { seq: `${(seq += 1)}`, run, generation, ...entry };
      });
      await sync({ entries });
      return run;
    },
  };
}

function story({ slots, from, to, busy = [undefined] }: Said): object[] {
  const state = { kind: "state", exitCode: null, signal: null, message: "", isolation: null };
  const [start, end] = [Temporal.Instant.from(from), Temporal.Instant.from(to)];
  const partMs = (end.epochMilliseconds - start.epochMilliseconds) / busy.length;
  return [
    { ...state, at: from, state: "running", slots },
    ...busy.map((busyTime, i) => ({
      ...{ kind: "reading", at: to, number: i + 1, cards: slots.length, cpuTime: "1s" },
      from: start.add({ milliseconds: partMs * i }).toString(),
      to: start.add({ milliseconds: partMs * (i + 1) }).toString(),
      ...{ peakMemoryBytes: "1", final: i + 1 === busy.length },
      ...(busyTime !== undefined && { busyTime }),
    })),
    { ...state, at: to, state: "succeeded", slots, exitCode: 0 },
  ];
}

const signals = async (key = hub.operator) => {
  const reply = await hub.ask("GET", "/v1/signals", { key });
  return (await reply.json()) as { items: { code: string; subjects: string[] }[] };
};
const subjectsOf = async (code: string) =>
  (await signals()).items.filter((one) => one.code === code).map(({ subjects }) => subjects);

test("a card that two providers were paid for at once is told, with where and when", async () => {
  now = moment(1);
  await agents["east"]!.has("SN-1", "SN-2");
  await agents["west"]!.has("SN-9", "SN-2");
  now = moment(3);
  const one = await agents["east"]!.run({ slots: [0, 1], from: at(2), to: at(2, 6) });
  const later = await agents["west"]!.run({ slots: [1], from: at(2, 6), to: at(2, 8) });
  expect(await subjectsOf("serial-number-twice")).toEqual([]);
  const twice = await agents["west"]!.run({ slots: [0, 1], from: at(2, 5), to: at(2, 6) });
  const { items } = await signals();
  const found = items.filter(({ code }) => code === "serial-number-twice");
  expect(found).toMatchObject([
    {
      subjects: [`run/${one}`, `run/${twice}`].toSorted(),
      evidence: [
        { what: "held card SN-2 at centre east of lowland", value: `${at(2)}/${at(2, 6)}` },
        { what: "held card SN-2 at centre west of upland", value: `${at(2, 5)}/${at(2, 6)}` },
      ],
    },
  ]);
  expect(JSON.stringify(found)).not.toContain(later);
});

test("a card that was moved from one centre to the other is at one place at a time", async () => {
  now = moment(4);
  await agents["east"]!.has("SN-MOVED");
  await agents["west"]!.has("SN-OTHER");
  now = moment(6);
  // It is taken out at the east on the 6th, and comes into the west's slot on the 7th.
  await agents["east"]!.has("SN-NEW");
  now = moment(7);
  await agents["west"]!.has("SN-MOVED");
  now = moment(9);
  const before = (await subjectsOf("serial-number-twice")).length;
  await agents["east"]!.run({ slots: [0], from: at(5), to: at(8) });
  await agents["west"]!.run({ slots: [0], from: at(5), to: at(8) });
  expect(await subjectsOf("serial-number-twice")).toHaveLength(before);
  const kept = await db.sql<{ serial: string; from: string; until: string | null }>`
    select serial, from_at::date::text as "from", until_at::date::text as until from card_serials
    where centre = 'east' and slot = 0 order by id`;
  expect(kept.slice(-3)).toEqual([
    { serial: "SN-1", from: "2026-06-01", until: "2026-06-04" },
    { serial: "SN-MOVED", from: "2026-06-04", until: "2026-06-06" },
    { serial: "SN-NEW", from: "2026-06-06", until: null },
  ]);
});

test("what is said again changes nothing; what is said no more has ended", async () => {
  now = moment(10);
  const count = async () =>
    (await db.sql<{ count: number }>`select count(*)::int as count from card_serials`)[0]!.count;
  await agents["east"]!.has("SN-A", "SN-B");
  const before = await count();
  for (let i = 0; i < 3; i += 1) await agents["east"]!.has("SN-A", "SN-B");
  expect(await count()).toBe(before);
  now = moment(11);
  await agents["east"]!.has("SN-A", null);
  const open = await db.sql<{ serial: string }>`
    select serial from card_serials where centre = 'east' and until_at is null`;
  expect(open).toEqual([{ serial: "SN-A" }]);
});

test("a slot that is named twice is nobody's; an old agent's inventory names none", async () => {
  now = moment(12);
  const cards = [{ model: east, count: 8, emulated: false }];
  const host = { id: "h", cpuCores: 64, memory: "512GiB", cards };
  const inventory = { engine: "fake", agentVersion: "1", isolation: null };
  const serials = ["SN-X", "SN-Y"].map((serial) => ({ slot: 3, serial }));
  await agents["east"]!.sync({ inventory: { ...inventory, hosts: [{ ...host, serials }] } });
  const open = () => db.sql`select from card_serials where centre = 'east' and until_at is null`;
  expect(await open()).toHaveLength(0);
  await agents["east"]!.has("SN-Z");
  expect(await open()).toHaveLength(1);
  await agents["east"]!.sync({ inventory: { ...inventory, hosts: [host] } });
  expect(await open()).toHaveLength(0);
});

test("paid card time in which the cards hardly worked is told by tenant and month", async () => {
  now = moment(20);
  await world.post("/v1/programmes/ai/grants", { amount: "20", tenant: "acme" });
  const idle = await agents["east"]!.run({
    ...{ slots: [2, 3], from: at(13), to: at(19) },
    busy: ["10m", "25m", "30m"],
  });
  const found = (await signals()).items.find(({ code }) => code === "idle-paid-hours");
  expect(found).toMatchObject({
    subjects: ["tenant/acme"],
    evidence: [
      { what: "card-seconds paid in 2026-06 (allocated)", value: `${2 * 6 * 24 * 3600}` },
      { what: "card-seconds busy in 2026-06 (used)", value: "1800" },
    ],
  });
  expect((await metering(idle)).figures[0]).toMatchObject({
    basis: "allocated",
    quantity: `${2 * 6 * 24 * 3600}`,
  });
  expect((await metering(idle)).figures[1]).toMatchObject({ basis: "used", quantity: "1800" });
  expect((await metering(idle)).plausibility).toMatchObject({
    kind: "idle",
    utilisation: "0.001736",
  });

  const busy = { slots: [4], from: at(13), to: at(15), busy: ["46h"] };
  await agents["east"]!.run(busy);
  expect(await subjectsOf("idle-paid-hours")).toEqual([]);
});

const metering = async (run: string) => {
  const [row] = await db.sql<{ job: string }>`select job from runs where id = ${run}`;
  const reply = await hub.ask("GET", `/v1/jobs/${row!.job}/metering`, { key: hub.operator });
  const { items } = (await reply.json()) as {
    items: { figures: { measure: string; basis: string }[]; plausibility: object }[];
  };
  return items[0]!;
};

test("a run whose last reading does not say how busy it was is in neither sum", async () => {
  const before = await sums();
  const run = await agents["west"]!.run({
    ...{ slots: [5], from: at(13), to: at(18) },
    busy: ["1s", undefined],
  });
  expect(await sums()).toEqual(before);
  expect((await metering(run)).plausibility).toMatchObject({ kind: "unknown" });
});

test("what a meter of the run says counts only where its readings do not say", async () => {
  const meter = async (run: string, used: string) => {
    const from = Temporal.Instant.from(at(16)).toString();
    const readings = [{ number: "1", from, to: at(16, 10), quantity: used }];
    const of = { source: "exporter", tenant: "acme", resource: `run/${run}` };
    const series = [{ ...of, measure: "card-seconds", basis: "used", readings }];
    const key = hub.operator;
    const reply = await hub.ask("POST", "/v1/meter-readings", { key, body: { series } });
    expect(await reply.json()).toMatchObject({ taken: 1 });
  };
  const of = { slots: [6], from: at(16), to: at(16, 10) };
  const silent = await agents["west"]!.run(of);
  await meter(silent, "7");
  expect((await metering(silent)).figures[1]).toMatchObject({ basis: "used", quantity: "7" });
  const used = await usedOfTenant(at(16));
  const telling = await agents["west"]!.run({ ...of, busy: ["9h"] });
  await meter(telling, "7");
  expect((await metering(telling)).figures[1]).toMatchObject({ basis: "used", quantity: "32400" });
  expect(await usedOfTenant(at(16))).toBe(used + 32_400);
});

/** Card-seconds used by the west's runs in the twelve hours after a time, as the tenant sees it. */
async function usedOfTenant(from: string): Promise<number> {
  const until = Temporal.Instant.from(from).add({ hours: 12 });
  const path = `/v1/tenants/acme/usage?from=${from}&until=${until}`;
  const reply = await hub.ask("GET", path, { key: hub.operator });
  const { figures } = (await reply.json()) as {
    figures: {
      measure: string;
      basis: string;
      quantity: string;
      attributes: Record<string, string>;
    }[];
  };
  const used = figures.filter(
    ({ measure, basis }) => `${measure} ${basis}` === "card-seconds used",
  );
  const ofWest = used.find(({ attributes }) => attributes["pool"] === "west-a");
  expect(used.some(({ attributes }) => !("pool" in attributes))).toBe(false);
  return Number(ofWest?.quantity ?? 0);
}

test("meters that say more than any number holds are impossible, and break nothing", async () => {
  const run = await agents["west"]!.run({ slots: [6], from: at(18, 2), to: at(18, 3) });
  const [first, second] = [at(18, 2), at(18, 3)].map((from, i) => {
    return { number: `${i + 1}`, from, to: at(18, 3), quantity: `${2n ** 62n}` };
  });
  const of = { source: "liar", tenant: "acme", resource: `run/${run}` };
  const series = [{ ...of, measure: "card-seconds", basis: "used", readings: [first, second] }];
  const sent = { key: hub.operator, body: { series } };
  expect(await (await hub.ask("POST", "/v1/meter-readings", sent)).json()).toMatchObject({
    taken: 2,
  });
  expect((await metering(run)).plausibility).toMatchObject({ kind: "impossible" });
  expect((await sums())!.busy).toBeGreaterThan(0);
});

test("more than was held is impossible, and counts for no more than was held", async () => {
  const before = await sums();
  const run = await agents["west"]!.run({
    ...{ slots: [7], from: at(17), to: at(17, 1) },
    busy: ["99h"],
  });
  expect((await metering(run)).plausibility).toMatchObject({
    kind: "impossible",
    utilisation: "1",
  });
  const after = await sums();
  expect([after!.paid - before!.paid, after!.busy - before!.busy]).toEqual([3600, 3600]);
});

/** Of acme in June; told by limits that make everything a signal. */
async function sums(programme: string | null = null) {
  const runs = { programme: asId<never>(programme ?? ""), since: moment(1), timeZone: "UTC" };
  const of = programme === null ? { ...runs, programme: null } : runs;
  const limits = { busyLeast: 1e9, paidHoursLeast: 0, overlapSecondsLeast: 60 };
  const found = await cardSignals(db.sql, of, limits as never);
  const [paid, busy] = found.find(({ code }) => code === "idle-paid-hours")?.evidence ?? [];
  return paid && busy && { paid: Number(paid.value), busy: Number(busy.value) };
}

test("of a programme only the runs count that its vouchers paid a part of", async () => {
  expect(await sums("rural")).toBeUndefined();
  const [all, own] = [await sums(), await sums("ai")];
  expect(own!.paid).toBeLessThan(all!.paid);
  const paid = await db.sql<{ run: string }>`
    select run from charges where programme = 'ai' and voucher > 0 order by charged_at`;
  expect(paid.length).toBeGreaterThan(0);
  const of = { programme: asId<never>("ai"), since: moment(1), timeZone: "UTC" };
  const found = await cardSignals(db.sql, of);
  for (const { subjects } of found.filter(({ code }) => code === "serial-number-twice")) {
    expect(subjects.some((subject) => paid.some(({ run }) => subject === `run/${run}`))).toBe(true);
  }
});

test("runs charged before the time that is asked for are not looked at", async () => {
  const since = encodeURIComponent(now.add({ hours: 1 }).toString());
  const reply = await hub.ask("GET", `/v1/signals?since=${since}`, { key: world.keys.auditor });
  expect(await reply.json()).toEqual({ items: [] });
  const refused = await hub.ask("GET", "/v1/signals", { key: world.keys.provider });
  expect(refused.status).toBe(403);
});

test("nonsense of an agent is refused, or set aside, and breaks nothing", async () => {
  const { sql } = db;
  const open = () => sql`select centre, slot, serial from card_serials where until_at is null`;
  await agents["west"]!.has("SN-GOOD");
  const before = await open();
  for (const serial of ["", "two words", "S".repeat(65), "SN\u0000"]) {
    await expect(agents["west"]!.has(serial)).rejects.toThrow("invalid-request");
  }
  expect(await open()).toEqual(before);
  const since = await hub.ask("GET", "/v1/signals?since=yesterday", { key: hub.operator });
  expect(since.status).toBe(422);

  const odd = async () =>
    (await sql<{ count: number }>`select count(*)::int as count from link_oddities`)[0]!.count;
  const had = await odd();
  const fits = { slots: [0], from: at(18), to: at(18, 1) };
  await agents["west"]!.run({ ...fits, busy: ["forty"] });
  await agents["west"]!.run({ ...fits, slots: [2 ** 31] });
  expect(await odd()).toBe(had + 3); // a reading; and two states with the slot
  expect((await agents["west"]!.sync()).leases).toBeDefined();
});

test("a sync that is rolled back leaves the serial numbers as they were", async () => {
  const open = () => db.sql`select slot, serial from card_serials where until_at is null`;
  const before = await open();
  const host = { id: asId<never>("h"), cpuCores: 1, memory: 1 as never, cards: [] };
  const serials = [{ slot: 0, serial: "SN-NEVER" }];
  const inventory = { engine: "fake", agentVersion: "1", isolation: null } as const;
  const crash = db.transaction(async (sql) => {
    const told = { ...inventory, hosts: [{ ...host, serials }] };
    await keepSerials(sql, { centre: asId("west"), inventory: told }, now);
    throw new Error("the hub was killed");
  });
  await expect(crash).rejects.toThrow("killed");
  expect(await open()).toEqual(before);
});
