import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  anchorsRoot,
  digestOf,
  firstDifference,
  linesRoot,
  type JsonObject,
} from "@wadi/core/proof";
import { bundle } from "@wadi/protocol";
import { beforeAll, expect, test } from "vitest";

import type { Hub } from "../context.ts";
import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { makeWorld, type World } from "../testing/world.ts";
import { bundleTools as tools, sha256 } from "./bundle-tools.testing.ts";
import { anchorSweep } from "./index.ts";
import { joinedAgent, signatureBy, type PlayedAgent } from "./played-agent.testing.ts";

/* A month of one tenant, from signed readings to a bundle that proves its bill, over HTTP. */

const db = await testDb();
const hub = await testHub(db, { WADI_TIME_ZONE: "Asia/Shanghai" });
let world: World;
let agent: PlayedAgent;
beforeAll(async () => {
  world = await makeWorld(hub);
  await hub.ask("POST", `/v1/jobs/${world.job}/cancel`, { key: world.keys.member });
  agent = await joinedAgent({ db, hub, world });
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
  const wrong = [null, agent.signatureOf(entries.slice(0, 2)), signatureBy(forged, entries)];
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
  expect(firstDifference({ ...read, corrections: [] }, tools)).toMatch(
    /^transfer \d+: is of correction 1 of run .*, which the bundle leaves out$/,
  );
});

test("an agent without a key works as before; its readings say that nobody signed", async () => {
  agent = await joinedAgent({ db, hub, world }, null);
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

async function bundleOf(tenant: string, query: Record<string, string> = {}): Promise<JsonObject> {
  const path = `/v1/tenants/${tenant}/bundle?${new URLSearchParams(query)}`;
  const reply = await hub.ask("GET", path, { key: hub.operator });
  expect(reply.status, await reply.clone().text()).toBe(200);
  return (await reply.json()) as JsonObject;
}

const countReadings = async () =>
  (await db.sql<{ count: bigint }>`select count(*) as count from readings`)[0]!.count;
