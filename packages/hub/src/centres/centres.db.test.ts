import { beforeAll, expect, test } from "vitest";

import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { aJob, centreOf, makeWorld, type World } from "../testing/world.ts";
import { centreStates, readRegion } from "./index.ts";

const db = await testDb();
const hub = await testHub(db, { WADI_LONG_POLL_MS: "0" });
let world: World;
beforeAll(async () => {
  world = await makeWorld(hub);
  await hub.ask("POST", `/v1/jobs/${world.job}/cancel`, { key: world.keys.member });
});

test("a centre put again keeps its pools, and the region is read anew only then", async () => {
  const before = await readRegion(hub.hub);
  expect(await readRegion(hub.hub)).toBe(before);
  await put("c2", aCentre("upland", { place: "north" }));
  const after = await readRegion(hub.hub);
  expect(after.version).toBe(before.version + 1n);
  expect(after.centres.find(({ id }) => id === "c2")).toMatchObject({ place: "north" });
  expect(after.pools.map(({ id }) => id)).toEqual(["c1-a", "c2-a"]);
});

test("wrong fields are refused with a pointer to each", async () => {
  const pools = [{ ...aCentre("lowland").pools[0]!, model: "h100-sxn" }];
  const reply = await put("c9", { ...aCentre("lowland"), timeZone: "Nowhere/Land", pools });
  expect(reply.status).toBe(422);
  const { errors } = (await reply.json()) as { errors: { pointer: string; detail: string }[] };
  expect(errors.map(({ pointer }) => pointer)).toEqual(["/timeZone", "/pools/0/model"]);
  expect(errors[1]!.detail).toContain("did you mean");
});

test("a provider must be registered before its centre", async () => {
  const reply = await put("c9", aCentre("nobody"));
  expect(await reply.json()).toMatchObject({ status: 422, errors: [{ pointer: "/provider" }] });
});

test("a pool's id stays with its centre", async () => {
  const reply = await put("c9", aCentre("upland"));
  expect(await reply.json()).toMatchObject({
    status: 409,
    code: "already-exists",
    errors: [{ pointer: "/pools/0/id", detail: expect.stringContaining("c2") as string }],
  });
  expect((await get("/v1/centres/c9", hub.operator)).status).toBe(404);
});

test("a provider sees its own centres and pools, and no other's", async () => {
  const key = world.keys.provider;
  expect(await itemsOf("/v1/centres", key)).toEqual(["c1"]);
  expect(await itemsOf("/v1/pools", key)).toEqual(["c1-a"]);
  expect((await get("/v1/centres/c1", key)).status).toBe(200);
  expect((await get("/v1/centres/c2", key)).status).toBe(404);
  const mode = { key, body: { mode: "draining" } };
  expect((await hub.ask("POST", "/v1/centres/c2/mode", mode)).status).toBe(404);
  expect((await hub.ask("POST", "/v1/centres/c2/join-tokens", { key, body: {} })).status).toBe(404);
});

test("tenants see all centres, page by page, but no hosts", async () => {
  const key = world.keys.member;
  const first = (await (await get("/v1/centres?limit=1", key)).json()) as Page;
  expect(first.items).toMatchObject([{ id: "c1", cards: 8 }]);
  const rest = (await (await get(`/v1/centres?limit=1&cursor=${first.next}`, key)).json()) as Page;
  expect(rest).toMatchObject({ items: [{ id: "c2" }], next: null });
  expect((await get("/v1/centres/c1", key)).status).toBe(403);
});

test("a pool shows what is free and today's price", async () => {
  const { items } = (await (await get("/v1/pools?centre=c2", world.keys.member)).json()) as Page;
  expect(items).toMatchObject([
    { id: "c2-a", cards: 8, cardsFree: 8, priceNow: "2.00", emulated: true },
  ]);
});

test("links lead one way, and not from a place to itself", async () => {
  const link = { from: "east", to: "south", megabitsPerSecond: 1000, perGB: "0.05" };
  expect((await hub.ask("PUT", "/v1/links", { key: hub.operator, body: link })).status).toBe(200);
  const { links } = await readRegion(hub.hub);
  expect(links.map(({ from, to }) => `${from} ${to}`)).toEqual(["east south", "east west"]);
  const loop = { key: hub.operator, body: { ...link, to: "east" } };
  expect(await (await hub.ask("PUT", "/v1/links", loop)).json()).toMatchObject({
    errors: [{ pointer: "/to" }],
  });
});

test("a join token is good once, for one agent, and for its time", async () => {
  const joinToken = await token("c2");
  const journal = crypto.randomUUID();
  const join = (body: object) => hub.ask("POST", "/v1/agent/join", { body });
  expect((await join({ joinToken, journal })).status).toBe(201);
  // The same agent may ask again: the first answer may have been lost.
  expect((await join({ joinToken, journal })).status).toBe(201);
  const other = await join({ joinToken, journal: crypto.randomUUID() });
  expect(await other.json()).toMatchObject({ status: 401, code: "join-token-invalid" });

  const late = await token("c2");
  await db.sql`update join_tokens set expires_at = now() - interval '1 s' where used_at is null`;
  expect((await join({ joinToken: late, journal })).status).toBe(401);
  const unknown = `wadijoin_${"a".repeat(12)}_${"b".repeat(43)}`;
  expect((await join({ joinToken: unknown, journal })).status).toBe(401);
});

test("joining, putting and changing the mode are in the trail, without any secret", async () => {
  const reply = await get("/v1/audit?subject=centre/c2&limit=100", hub.operator);
  const text = await reply.text();
  const { items } = JSON.parse(text) as { items: { action: string }[] };
  const actions = new Set(items.map(({ action }) => action));
  expect(actions).toEqual(new Set(["centre.put", "centre.join-token", "centre.join"]));
  expect(text).not.toContain("wadijoin_");
});

test("no token or credential is stored as it is", async () => {
  const rows = await db.sql<{ hash: Buffer }>`
    select hash from join_tokens union all select credential from agents`;
  expect(rows.length).toBeGreaterThan(2);
  expect(rows.every(({ hash }) => hash.length === 32)).toBe(true);
});

test("a centre is up while heard, unknown after a lease, left when it was let go", async () => {
  const { joinToken } = await world.post("/v1/centres/c2/join-tokens", {});
  const journal = crypto.randomUUID();
  const joined = await world.post("/v1/agent/join", { joinToken, journal });
  const sync = { journal, entries: [], holding: null, inventory: null, wait: "0s", room: 0 };
  await hub.ask("POST", "/v1/agent/sync", { key: String(joined["credential"]), body: sync });
  expect(await stateAfter(0)).toBe("up");
  expect(await stateAfter(61)).toBe("unknown");
  const mode = { key: world.others.provider, body: { mode: "draining" } };
  const drained = await hub.ask("POST", "/v1/centres/c2/mode", mode);
  expect(await drained.json()).toMatchObject({ id: "c2", state: "draining" });
  const leave = { key: hub.operator, body: { mode: "left" } };
  await hub.ask("POST", "/v1/centres/c2/mode", leave);
  expect(await stateAfter(0)).toBe("left");
});

test("what the agent reports is compared with what is registered", async () => {
  const { joinToken } = await world.post("/v1/centres/c2/join-tokens", {});
  const journal = crypto.randomUUID();
  const joined = await world.post("/v1/agent/join", { joinToken, journal });
  const cards = [{ model: world.model, count: 2, emulated: true }];
  const hosts = [{ id: "c2-a-1", cpuCores: 64, memory: "512GiB", cards }];
  const inventory = { engine: "fake", agentVersion: "1", hosts, isolation: null };
  const sync = { journal, entries: [], holding: null, inventory, wait: "0s", room: 0 };
  await hub.ask("POST", "/v1/agent/sync", { key: String(joined["credential"]), body: sync });
  const reply = await get("/v1/centres/c2", hub.operator);
  expect(await reply.json()).toMatchObject({
    inventory: { engine: "fake" },
    findings: [{ code: "fewer-cards", facts: { reported: 2, registered: 8 } }],
  });
});

test("a pool that holds runs cannot be left out", async () => {
  const leave = { key: hub.operator, body: { mode: "left" } };
  await hub.ask("POST", "/v1/centres/c2/mode", leave); // the job must come to c1
  await world.post("/v1/jobs", aJob(world.model), world.keys.member);
  const { journal } = world;
  const sync = { journal, entries: [], holding: null, inventory: null, wait: "0s", room: 0 };
  await hub.ask("POST", "/v1/agent/sync", { key: world.keys.agent, body: sync });
  const free = async () => (await poolOf("c1-a"))?.["cardsFree"];
  await expect.poll(free, { timeout: 10_000 }).toBe(7);
  const pools = [{ ...aCentre("lowland").pools[0]!, id: "c1-b" }];
  const reply = await put("c1", { ...aCentre("lowland"), pools });
  expect(await reply.json()).toMatchObject({
    status: 409,
    code: "centre-busy",
    facts: { pools: ["c1-a"] },
  });
});

interface Page {
  readonly items: ({ id: string } & Record<string, unknown>)[];
  readonly next: string | null;
}

const get = (path: string, key: string) => hub.ask("GET", path, { key });
const put = (id: string, body: object) =>
  hub.ask("PUT", `/v1/centres/${id}`, { key: hub.operator, body });
const token = async (centre: string) =>
  String((await world.post(`/v1/centres/${centre}/join-tokens`, {}))["joinToken"]);

async function itemsOf(path: string, key: string): Promise<string[]> {
  const { items } = (await (await get(path, key)).json()) as Page;
  return items.map(({ id }) => id);
}

async function stateAfter(seconds: number) {
  const clock = { now: () => Temporal.Now.instant().add({ seconds }) };
  const states = await centreStates({ ...hub.hub, clock }, db.sql);
  return [...states].find(([id]) => id === "c2")![1].state;
}

async function poolOf(id: string): Promise<Record<string, unknown> | undefined> {
  const { items } = (await (await get("/v1/pools", hub.operator)).json()) as Page;
  return items.find((one) => one.id === id);
}

const aCentre = (provider: string, differs: object = {}) => {
  const pool = provider === "lowland" ? "c1-a" : "c2-a";
  return { ...centreOf(provider, { pool, model: world.model }), ...differs };
};
