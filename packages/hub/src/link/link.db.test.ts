import { createHash } from "node:crypto";
import { uuidv7 } from "uuidv7";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import type { Hub } from "../context.ts";
import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { aJob, makeWorld, type World } from "../testing/world.ts";
import { loseSilentCentres } from "./lose-silent-centres.ts";

/*
 * The link as the hub keeps it, over HTTP and with real rounds: jobs are submitted, placed, and
 * reported on by agents that are played here.
 */

const db = await testDb();
const hub = await testHub(db);
let world: World;
let agent: PlayedAgent;
beforeAll(async () => {
  world = await makeWorld(hub);
  await hub.ask("POST", `/v1/jobs/${world.job}/cancel`, { key: world.keys.member });
  agent = playAgent(world.keys.agent, world.journal);
  await agent.sync();
});

test("a sync that waits is answered once there is a lease", async () => {
  const waiting = agent.sync({ wait: "10s" });
  const job = await submit();
  const { leases } = await waiting;
  expect(leases).toMatchObject([{ job, generation: 1, attempt: 1, model: world.model }]);
  await agent.finish(leases[0]!);
});

test("a lease whose reply was lost is handed out again", async () => {
  const lease = await agent.lease();
  const handed = async () => (await agent.sync()).leases[0]?.run;
  await expect.poll(handed, { timeout: 5000 }).toBe(lease.run);
  await agent.finish(lease);
});

test("entries sent one to five times, in any overlap, count once", async () => {
  const overlaps = fc.array(fc.record({ from: fc.nat(9), count: fc.nat(9) }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(overlaps, async (sent) => {
      const lease = await agent.lease();
      const entries = agent.story(lease);
      const first = agent.acked;
      for (const { from, count } of sent) {
        const reply = await agent.sync({ entries: entries.slice(from, from + count) });
        expect(BigInt(reply.ackedThrough)).toBeGreaterThanOrEqual(first);
      }
      const reply = await agent.sync({ entries });
      agent.acked = BigInt(reply.ackedThrough);
      expect(agent.acked).toBe(first + BigInt(entries.length));
      expect((await agent.sync({ entries })).ackedThrough).toBe(reply.ackedThrough);
      await checkCharged(lease);
    }),
    { numRuns: 12 },
  );
});

test("a gap is not skipped: the hub says from where to send again", async () => {
  const lease = await agent.lease();
  const entries = agent.story(lease);
  const reply = await agent.sync({ entries: entries.slice(1) });
  expect(BigInt(reply.ackedThrough)).toBe(agent.acked);
  expect(await stateOf(lease)).toBe("leased");
  agent.acked = BigInt((await agent.sync({ entries })).ackedThrough);
  await checkCharged(lease);
});

test("what fits no run of the centre is set aside with why, and holds nothing up", async () => {
  const lease = await agent.lease();
  const [running, , ...rest] = agent.story(lease);
  const seq = (offset: number) => `${agent.acked + BigInt(offset)}`;
  const file = { kind: "output", path: "x", sha256: "0".repeat(64), bytes: "1" };
  const reply = await agent.sync({
    entries: [
      { ...running, seq: seq(1), generation: 7 },
      { ...running, seq: seq(2), run: uuidv7() },
      { ...running, seq: seq(3), kind: "song", verses: 3 },
      { ...running, ...file, seq: seq(4), run: lease.run, state: undefined },
      { seq: seq(5), at: running!["at"], run: lease.run, generation: 1, ...file },
      { ...running, seq: seq(6) },
    ],
  });
  agent.acked += 6n;
  expect(reply.ackedThrough).toBe(`${agent.acked}`);
  expect(await stateOf(lease)).toBe("running");
  const odd = await db.sql<{ why: string }>`
    select why from link_oddities where journal = ${agent.journal} order by seq`;
  expect(odd.map(({ why }) => why)).toEqual([
    "the run has generation 1, the entry 7",
    "the hub leased no such run to this centre",
    expect.stringContaining("/kind"),
    expect.stringContaining("Unrecognized key"),
    "this centre has stored no such file",
  ]);
  const left = rest.map((entry, i) => ({ ...entry, seq: seq(i + 1) }));
  await agent.sync({ entries: left });
  agent.acked += BigInt(left.length);
});

test("one centre cannot report on another's run", async () => {
  const lease = await agent.lease();
  const other = await join("c2");
  const entries = agent.story(lease).map((entry, i) => ({ ...entry, seq: `${i + 1}` }));
  const reply = await other.sync({ entries });
  expect(reply.ackedThrough).toBe(`${entries.length}`);
  expect(await stateOf(lease)).toBe("leased");
  const [readings] = await db.sql<{ count: bigint }>`
    select count(*) from readings where run = ${lease.run}`;
  expect(readings?.count).toBe(0n);
  await hub.ask("POST", "/v1/centres/c2/mode", { key: hub.operator, body: { mode: "left" } });
  await agent.finish(lease);
});

test("a run that the centre took and holds no more is lost; an old list says nothing", async () => {
  const lease = await agent.lease();
  const [running] = agent.story(lease);
  await agent.sync({ entries: [running!] });
  const before = `${agent.acked}`;
  agent.acked += 1n;
  await agent.sync({ holding: [], asOf: before }); // listed before the run was reported
  expect(await stateOf(lease)).toBe("running");
  await agent.sync({ holding: [{ run: lease.run, generation: 1 }], asOf: `${agent.acked}` });
  expect(await stateOf(lease)).toBe("running");
  await agent.sync({ holding: [], asOf: `${agent.acked}` });
  expect(await stateOf(lease)).toBe("lost");

  const again = await agent.nextLease();
  expect(again).toMatchObject({ job: lease.job, generation: 2 });
  const stray = { run: lease.run, generation: 1 };
  const reply = await agent.sync({ holding: [stray], asOf: `${agent.acked}` });
  expect(reply.stops).toEqual([{ ...stray, why: "superseded" }]);
  await agent.finish(again);
});

test("reports of a run that was given up change nothing more", async () => {
  const lease = await agent.lease();
  const entries = agent.story(lease);
  await agent.sync({ entries: entries.slice(0, 1) });
  agent.acked += 1n;
  await agent.sync({ holding: [], asOf: `${agent.acked}` });
  const again = await agent.nextLease();
  await agent.sync({ entries: entries.slice(1) });
  agent.acked += BigInt(entries.length - 1);
  expect(await stateOf(lease)).toBe("lost");
  await agent.finish(again);
  await checkCharged(again);
});

test("a run whose end is asked for is to be stopped until the centre says so", async () => {
  const lease = await agent.lease();
  const waiting = agent.sync({ wait: "10s" });
  await hub.ask("POST", `/v1/jobs/${lease.job}/cancel`, { key: world.keys.member });
  const order = { run: lease.run, generation: 1, why: "cancelled" };
  expect((await waiting).stops).toEqual([order]);
  expect((await agent.sync()).stops).toEqual([order]);
  await agent.sync({ entries: agent.story(lease, "stopped") });
  agent.acked += 4n;
  expect((await agent.sync()).stops).toEqual([]);
  expect(await jobStateOf(lease)).toBe("cancelled");
});

test("an agent that lost its journal begins another; the former is not taken back", async () => {
  const before = agent.journal;
  const entries = agent.story(await agent.lease());
  agent.journal = uuidv7();
  const anew = entries.map((entry, i) => ({ ...entry, seq: `${i + 1}` }));
  expect((await agent.sync({ entries: anew })).ackedThrough).toBe(`${anew.length}`);
  agent.acked = BigInt(anew.length);

  const old = await agent.ask({ journal: before });
  expect(await old.json()).toMatchObject({ status: 409, code: "journal-unknown" });
  const middle = { journal: uuidv7(), entries: [{ ...anew[0], seq: "5" }] };
  expect((await agent.ask(middle)).status).toBe(409);
});

test("silent for a lease and its margin: what can be run again is, and not before", async () => {
  const lease = await agent.lease();
  expect(await loseSilentCentres(after(60))).toBe(0);
  expect(await stateOf(lease)).toBe("leased");
  expect(await loseSilentCentres(after(90))).toBe(1);
  expect(await stateOf(lease)).toBe("lost");
  await agent.finish(await agent.nextLease());
});

test("what must not be run again waits for its centre, however long that is away", async () => {
  const lease = await agent.lease({ retry: { rerunWhenLost: false } });
  expect(await loseSilentCentres(after(36_000))).toBe(0);
  expect(await stateOf(lease)).toBe("leased");
  await agent.finish(lease);
});

test("uploads reach only the centre whose run has them; files left there come back", async () => {
  const { bytes, sha256 } = world.upload;
  const binary = { "content-type": "application/octet-stream" };
  const put = (path: string, key: string, body: Buffer) =>
    hub.ask("PUT", path, { key, body, headers: binary });
  const wrong = await put(`/v1/uploads/${"0".repeat(64)}`, world.keys.member, bytes);
  expect(await wrong.json()).toMatchObject({ status: 422, errors: [{ pointer: "/sha256" }] });
  expect((await put(`/v1/uploads/${sha256}`, world.keys.member, bytes)).status).toBe(204);
  expect((await put(`/v1/uploads/${sha256}`, world.keys.member, bytes)).status).toBe(204);

  const read = (key: string) => hub.ask("GET", `/v1/agent/inputs/${sha256}`, { key });
  expect((await read(agent.credential)).status).toBe(404);
  const input = { kind: "upload", sha256, to: "data.txt" };
  const lease = await agent.lease({ inputs: [input], outputs: ["model"] });
  const got = await read(agent.credential);
  expect(Buffer.from(await got.arrayBuffer())).toEqual(bytes);

  const large = Buffer.alloc(3 * 2 ** 20 + 5, "wadi");
  const hash = createHash("sha256").update(large).digest("hex");
  expect((await put(`/v1/agent/outputs/${hash}`, agent.credential, large)).status).toBe(204);
  const [running, ...rest] = agent.story(lease);
  const file = { kind: "output", path: "model", sha256: hash, bytes: `${large.length}` };
  const { at } = running!;
  const output = { seq: "", at, run: lease.run, generation: 1, ...file };
  const entries = [running, output, ...rest].map((entry, i) => ({
    ...entry,
    seq: `${agent.acked + BigInt(i + 1)}`,
  }));
  await agent.sync({ entries });
  agent.acked += BigInt(entries.length);
  const kept = await hub.ask("GET", `/v1/jobs/${lease.job}/outputs/${hash}`, {
    key: world.keys.member,
  });
  expect(Buffer.from(await kept.arrayBuffer()).equals(large)).toBe(true);
  expect((await read(agent.credential)).status).toBe(404); // the run is over
  expect(await db.sql`select from file_bodies where id not in (select body from files)`).toEqual(
    [],
  );
});

test("who joins last is the agent, and gets work once the former can run none", async () => {
  const lease = await agent.lease();
  await agent.sync({ entries: agent.story(lease).slice(0, 1) });
  const waiting = agent.ask({ wait: "10s" });
  const next = await join("c1");
  expect(await (await waiting).json()).toMatchObject({ status: 409, code: "agent-replaced" });
  expect((await agent.ask({})).status).toBe(409);
  expect(
    (
      await hub.ask("PUT", `/v1/agent/outputs/${"0".repeat(64)}`, {
        key: agent.credential,
        body: "x",
        headers: { "content-type": "application/octet-stream" },
      })
    ).status,
  ).toBe(409);

  await next.sync({ holding: [], asOf: "0" });
  expect(await stateOf(lease)).toBe("running"); // the former may still be running it
  expect((await next.sync()).leases).toEqual([]);
  await db.sql`update agents set alone_from = now() where replaced_at is null`;
  await next.sync({ holding: [], asOf: "0" });
  expect(await stateOf(lease)).toBe("lost");
  const again = await next.nextLease();
  expect(again).toMatchObject({ job: lease.job, generation: 2 });
  await next.finish(again);
});

interface PlayedLease {
  readonly run: string;
  readonly job: string;
  readonly generation: number;
}

interface Reply {
  readonly ackedThrough: string;
  readonly leases: PlayedLease[];
  readonly stops: unknown[];
}

interface PlayedAgent {
  readonly credential: string;
  journal: string;
  acked: bigint;
  ask(differs: object): Promise<Response>;
  sync(differs?: object): Promise<Reply>;
  /** Submits a job and waits for its lease. */
  lease(spec?: object): Promise<PlayedLease>;
  nextLease(): Promise<PlayedLease>;
  /** What a run is told with, from its start to its end, numbered on from what is acknowledged. */
  story(lease: PlayedLease, end?: string): Record<string, unknown>[];
  finish(lease: PlayedLease): Promise<void>;
}

function playAgent(credential: string, journal: string): PlayedAgent {
  const played: PlayedAgent = {
    credential,
    journal,
    acked: 0n,
    ask: (differs) => {
      const empty = { entries: [], holding: null, inventory: null, wait: "0s", room: 100 };
      const body = { journal: played.journal, ...empty, ...differs };
      return hub.ask("POST", "/v1/agent/sync", { key: credential, body });
    },
    sync: async (differs = {}) => {
      const reply = await played.ask(differs);
      const text = await reply.text();
      expect(reply.status, text).toBe(200);
      return JSON.parse(text) as Reply;
    },
    lease: async (spec = {}) => {
      const waiting = played.nextLease();
      await submit(spec);
      return waiting;
    },
    nextLease: async () => {
      for (;;) {
        const { leases } = await played.sync({ wait: "5s" });
        if (leases[0]) return leases[0];
      }
    },
    story: (lease, end = "succeeded") => tell(lease, { end, after: played.acked }),
    finish: async (lease) => {
      const entries = played.story(lease);
      await played.sync({ entries });
      played.acked += BigInt(entries.length);
    },
  };
  return played;
}

function tell(
  { run, generation }: PlayedLease,
  { end, after: acked }: { end: string; after: bigint },
) {
  const at = "2026-06-01T12:00:00Z";
  const state = { exitCode: null, signal: null, message: "", isolation: null, slots: [0] };
  const reading = { cards: 1, cpuTime: "1s", peakMemoryBytes: "1" };
  const entries: Record<string, unknown>[] = [
    { kind: "state", state: "running", ...state },
    { kind: "reading", number: 1, from: at, to: "2026-06-01T12:30:00Z", ...reading, final: false },
    {
      kind: "reading",
      number: 2,
      from: "2026-06-01T12:30:00Z",
      to: "2026-06-01T13:00:00Z",
      ...reading,
      final: true,
    },
    { kind: "state", state: end, ...state, exitCode: 0 },
  ];
  return entries.map((entry, i) => ({
    seq: `${acked + BigInt(i + 1)}`,
    at,
    run,
    generation,
    ...entry,
  }));
}

async function submit(spec: object = {}): Promise<string> {
  const job = await world.post("/v1/jobs", { ...aJob(world.model), ...spec }, world.keys.member);
  return String(job["id"]);
}

async function join(centre: string): Promise<PlayedAgent> {
  const { joinToken } = await world.post(`/v1/centres/${centre}/join-tokens`, {});
  const journal = uuidv7();
  const joined = await world.post("/v1/agent/join", { joinToken, journal });
  return playAgent(String(joined["credential"]), journal);
}

async function stateOf({ run }: PlayedLease): Promise<string> {
  const [row] = await db.sql<{ state: string }>`select state from runs where id = ${run}`;
  return row!.state;
}

async function jobStateOf({ job }: PlayedLease): Promise<string> {
  const [row] = await db.sql<{ state: string }>`select state from jobs where id = ${job}`;
  return row!.state;
}

/** One hour of one card at 2 yuan, whatever was repeated. */
async function checkCharged({ job, run }: PlayedLease): Promise<void> {
  const reply = await hub.ask("GET", `/v1/jobs/${job}`, { key: world.keys.member });
  const { state, runs } = (await reply.json()) as { state: string; runs: { id: string }[] };
  expect(state).toBe("succeeded");
  expect(runs.find(({ id }) => id === run)).toMatchObject({
    state: "succeeded",
    charge: { charge: "2.00", usage: { cardSeconds: "3600" } },
  });
}

const after = (seconds: number): Hub => ({
  ...hub.hub,
  clock: { now: () => Temporal.Now.instant().add({ seconds }) },
});
