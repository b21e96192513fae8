import {
  createPublicKey,
  generateKeyPairSync,
  hash,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  anchorsRoot,
  batchTextOf,
  digestOf,
  firstDifference,
  linesRoot,
  type BundleTools,
  type JsonObject,
} from "@wadi/core/proof";
import { asId, type CentreId } from "@wadi/core/units";
import { bundle, linkEntry } from "@wadi/protocol";
import { uuidv7 } from "uuidv7";
import { beforeAll, expect, test } from "vitest";

import type { Hub } from "../context.ts";
import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { aJob, makeWorld, type World } from "../testing/world.ts";
import { anchorSweep } from "./index.ts";

/* A month of one tenant, from signed readings to a bundle that proves its bill, over HTTP. */

const db = await testDb();
const hub = await testHub(db, { WADI_TIME_ZONE: "Asia/Shanghai" });
let world: World;
let agent: Agent;
const sha256 = (text: string) => hash("sha256", text, "hex");
const tools: BundleTools = {
  sha256,
  isSigned: ({ text, signingKey, signature }) => {
    const x = Buffer.from(signingKey, "base64").toString("base64url");
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    return verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
  },
};

beforeAll(async () => {
  world = await makeWorld(hub);
  await hub.ask("POST", `/v1/jobs/${world.job}/cancel`, { key: world.keys.member });
  agent = await join("c1");
});

test("a bundle proves a bill: readings are signed, transfers are under an anchor", async () => {
  for (let i = 0; i < 3; i += 1) await agent.work();
  const raw = await bundleOf("acme");
  const read = bundle.parse(raw);
  expect(read.charges).toHaveLength(3);
  expect(read.totals.voucher).toBeGreaterThan(0n);
  expect(read.charges.flatMap(({ readings }) => readings).every(({ signed }) => signed)).toBe(true);
  expect(read.digest).toBe(digestOf(raw, sha256));
  expect(firstDifference(read, tools)).toBeUndefined();
});

test("a sync whose readings the agent's key has not signed is refused", async () => {
  const lease = await agent.lease();
  const entries = agent.story(lease);
  const before = await countReadings();
  const forged = generateKeyPairSync("ed25519").privateKey;
  const wrong = [null, agent.signatureOf(entries.slice(0, 2)), signWith(forged, entries)];
  for (const signature of wrong) {
    const reply = await agent.ask({ entries, signature });
    expect(reply.status).toBe(422);
    expect(await reply.text()).toContain("/signature");
  }
  expect(await countReadings()).toBe(before);
  expect((await agent.ask({ entries, signature: agent.signatureOf(entries) })).status).toBe(200);
  agent.acked += BigInt(entries.length);
});

test("a charge that later readings correct is made anew, and held against what moved", async () => {
  const from = new Date().toISOString();
  const lease = await agent.lease();
  const entries = agent.story(lease);
  const send = async (sent: Record<string, unknown>[]) => {
    const reply = await agent.ask({ entries: sent, signature: agent.signatureOf(sent) });
    expect(reply.status, await reply.clone().text()).toBe(200);
    agent.acked += BigInt(sent.length);
  };
  await send(entries);
  const shorter = entries.slice(1, 3).map((entry, i) => {
    const to = Temporal.Instant.from(String(entry["from"])).add({ minutes: 10 });
    return { ...entry, seq: `${agent.acked + BigInt(i + 1)}`, revision: 1, to: `${to}` };
  });
  await send(shorter);

  const read = bundle.parse(await bundleOf("acme", { from }));
  const [correction] = read.corrections;
  expect(read.corrections).toHaveLength(1);
  expect(correction!.evidence.readings.map(({ revision }) => revision)).toEqual([0, 1, 0, 1]);
  expect(correction!.after.cash).toBeLessThan(correction!.before.cash);
  expect(read.totals.cash).toBe(correction!.after.cash);
  expect(firstDifference(read, tools)).toBeUndefined();

  const changed = (after: object) => ({
    ...read,
    corrections: [{ ...correction!, after: { ...correction!.after, ...after } }],
  });
  expect(firstDifference(changed({ cash: correction!.before.cash }), tools)).toMatch(
    /^correction 1 of run .*: cash is \d+, recomputed it is \d+$/,
  );
  expect(firstDifference({ ...read, corrections: [] }, tools)).toMatch(/^totals: /);
});

test("an agent without a key works as before; its readings say that nobody signed", async () => {
  agent = await join("c1", null);
  const from = new Date().toISOString();
  await agent.work();
  const read = bundle.parse(await bundleOf("acme", { from }));
  expect(read.charges).toHaveLength(1);
  expect(read.charges[0]!.readings.map(({ signed }) => signed)).toEqual([null, null]);
  expect(firstDifference(read, tools)).toBeUndefined();
});

test("each day that is over is anchored once, in the database and in the file", async () => {
  const later = (days: number): Hub => ({
    ...hub.hub,
    clock: { now: () => Temporal.Now.instant().add({ hours: days * 24 }) },
  });
  await anchorSweep(later(1));
  await anchorSweep(later(1));
  await agent.work(); // known as of tomorrow, since nothing is known earlier any more
  await anchorSweep(later(2));
  const reply = await hub.ask("GET", "/v1/ledger/anchors", { key: hub.operator });
  const { items } = (await reply.json()) as { items: Record<string, string>[] };
  expect(items).toHaveLength(2);
  const file = await readFile(hub.hub.config.anchors, "utf8");
  expect(
    file
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual(items);

  const lines = await db.sql<{ hash: string }>`
    select encode(hash, 'hex') as hash from transfers where seq <= ${BigInt(items[0]!["seq"]!)}
    order by seq`;
  const root = linesRoot(
    lines.map((line) => line.hash),
    sha256,
  );
  expect(items[0]!["lines"]).toBe(root);
  const anchors = items.map(({ day, until, seq, hash: of, lines: tree }) => ({
    ...{ day: day!, hash: of!, lines: tree! },
    ...{ until: Temporal.Instant.from(until!), seq: BigInt(seq!) },
  }));
  expect(items[1]!["root"]).toBe(anchorsRoot(anchors, sha256));

  await anchorSweep(later(5)); // three days that nobody anchored are made up for
  const all = await hub.ask("GET", "/v1/ledger/anchors", { key: hub.operator });
  const days = ((await all.json()) as { items: { seq: string }[] }).items;
  expect(days.map(({ seq }) => seq)).toEqual([
    items[0]!["seq"],
    ...[1, 2, 3, 4].map(() => items[1]!["seq"]),
  ]);

  const until = Temporal.Now.instant().add({ hours: 144 }).toString();
  const read = bundle.parse(await bundleOf("acme", { until }));
  expect(read.anchors.map(({ isPublished }) => isPublished)).toEqual([
    true,
    true,
    true,
    true,
    true,
  ]);
  expect(firstDifference(read, tools)).toBeUndefined();
});

interface Agent {
  acked: bigint;
  ask(differs: object): Promise<Response>;
  lease(): Promise<{ run: string; generation: number }>;
  story(lease: { run: string; generation: number }): Record<string, unknown>[];
  signatureOf(entries: readonly unknown[]): string | null;
  /** One job from its submission to its charge. */
  work(): Promise<void>;
}

async function join(
  centre: string,
  pair: Pair | null = generateKeyPairSync("ed25519"),
): Promise<Agent> {
  const { joinToken } = await world.post(`/v1/centres/${centre}/join-tokens`, {});
  const journal = uuidv7();
  const jwk = pair?.publicKey.export({ format: "jwk" });
  const signingKey = jwk ? Buffer.from(jwk.x!, "base64url").toString("base64") : null;
  const joined = await world.post("/v1/agent/join", { joinToken, journal, signingKey });
  const key = String(joined["credential"]);
  await db.sql`update agents set alone_from = now() where replaced_at is null`;
  const played: Agent = {
    acked: 0n,
    signatureOf: (entries) => (pair ? signWith(pair.privateKey, entries) : null),
    ask: (differs) => {
      const empty = { entries: [], holding: null, inventory: null, wait: "0s", room: 10 };
      return hub.ask("POST", "/v1/agent/sync", { key, body: { journal, ...empty, ...differs } });
    },
    lease: async () => {
      const body = aJob(world.model);
      await world.post("/v1/jobs", body, world.keys.member);
      for (let tries = 0; tries < 20; tries += 1) {
        const reply = await (await played.ask({ wait: "1s" })).json();
        const { leases } = reply as { leases: { run: string; generation: number }[] };
        if (leases[0]) return leases[0];
      }
      throw new Error("no lease came");
    },
    story: (lease) => tell(lease, played.acked),
    work: async () => {
      const entries = played.story(await played.lease());
      const reply = await played.ask({ entries, signature: played.signatureOf(entries) });
      expect(reply.status, await reply.clone().text()).toBe(200);
      played.acked += BigInt(entries.length);
    },
  };
  return played;
}
interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function tell({ run, generation }: { run: string; generation: number }, acked: bigint) {
  const end = Temporal.Now.instant().round("second");
  const [from, mid, at] = [2, 1, 0].map((hours) => `${end.subtract({ hours })}`);
  const state = { exitCode: null, signal: null, message: "", isolation: null, slots: [0] };
  const reading = { kind: "reading", cards: 1, cpuTime: "1s", peakMemoryBytes: "1" };
  const entries = [
    { kind: "state", state: "running", ...state },
    { ...reading, number: 1, from, to: mid, final: false },
    { ...reading, number: 2, from: mid, to: at, final: true },
    { kind: "state", state: "succeeded", ...state, exitCode: 0 },
  ];
  return entries.map((entry, i): Record<string, unknown> => {
    return { seq: `${acked + BigInt(i + 1)}`, at, run, generation, ...entry };
  });
}

function signWith(key: KeyObject, entries: readonly unknown[]): string | null {
  const readings = entries.flatMap((entry) => {
    const read = linkEntry.parse(entry);
    return read.kind === "reading" ? [read] : [];
  });
  if (readings.length === 0) return null;
  const text = batchTextOf(asId<CentreId>("c1"), readings, sha256);
  return sign(null, Buffer.from(text), key).toString("base64");
}

async function bundleOf(tenant: string, query: Record<string, string> = {}): Promise<JsonObject> {
  const path = `/v1/tenants/${tenant}/bundle?${new URLSearchParams(query)}`;
  const reply = await hub.ask("GET", path, { key: hub.operator });
  expect(reply.status, await reply.clone().text()).toBe(200);
  return (await reply.json()) as JsonObject;
}

const countReadings = async () =>
  (await db.sql<{ count: bigint }>`select count(*) as count from readings`)[0]!.count;
