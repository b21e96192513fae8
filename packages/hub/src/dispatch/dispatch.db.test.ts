import { asId, noMoney, type JobId, type PoolId } from "@wadi/core/units";
import { regionSnapshot } from "@wadi/protocol";
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";

import { forgetCheckpoints, preemptRuns } from "../jobs/index.ts";
import { testDb } from "../testing/index.ts";
import { playCentre, type PlayedCentre, type PlayedLease } from "../testing/played-centre.ts";
import { testHub } from "../testing/test-hub.ts";
import { aJob, makeWorld, type World } from "../testing/world.ts";

/*
 * What rounds do in a running hub, over HTTP: the centre c1 has one host with eight cards, played
 * here; c2 has as many, and no agent has ever joined there.
 */

const db = await testDb();
const hub = await testHub(db);
let world: World;
let centre: PlayedCentre;
beforeAll(async () => {
  world = await makeWorld(hub);
  await hub.ask("POST", `/v1/jobs/${world.job}/cancel`, { key: world.keys.member });
  centre = playCentre(hub, world);
  await centre.sync();
});

const submit = async (differs: object = {}) => {
  const spec = { ...(aJob(world.model) as object), ...differs };
  return String((await world.post("/v1/jobs", spec, world.keys.member))["id"]);
};
const read = async (path: string, key = hub.operator) => {
  const reply = await hub.ask("GET", path, { key });
  return (await reply.json()) as Record<string, unknown>;
};
const cards = (count: number, differs: object = {}) => ({
  cards: { options: [{ model: world.model, count, expectedRunTime: "1h", ...differs }] },
});
const setMode = async (mode: string) => {
  const reply = await hub.ask("POST", "/v1/centres/c1/mode", { key: hub.operator, body: { mode } });
  expect(reply.status).toBe(200);
};
/** Rounds follow within moments. */
const soon = { timeout: 10_000 };
const only = (leases: readonly PlayedLease[]) => {
  expect(leases).toHaveLength(1);
  return leases[0]!;
};

test("a preempted run is stopped, not charged, and its job runs again", async () => {
  const job = await submit({ preemptible: true });
  const lease = only(await centre.leases(1));
  await centre.tell(lease, "running");
  const asked = { job: asId<JobId>(job), pool: asId<PoolId>("c1-a"), cards: 1, loss: noMoney };
  const preemption = { ...asked, for: asId<JobId>(crypto.randomUUID()), rule: "class" } as const;
  const twice = [preemption, preemption].map(() =>
    db.transaction((sql) => preemptRuns(hub.hub, sql, [preemption as never])),
  );
  const counts = await Promise.all(twice);
  expect(counts.toSorted((a, b) => a - b)).toEqual([0, 1]);
  const order = { run: lease.run, generation: 1, why: "preempted" };
  expect((await centre.sync()).stops).toEqual([order]);

  await centre.tell(lease, "stopped");
  const again = only(await centre.leases(1));
  expect(again).toMatchObject({ job, generation: 2 });
  const { runs } = await read(`/v1/jobs/${job}`);
  expect(runs).toMatchObject([
    {
      state: "stopped",
      preempted: true,
      charge: { charge: "0.00", usage: { cardSeconds: "3600" } },
    },
    { state: "leased", preempted: false },
  ]);
  const [stored] = await db.sql<{ failures: number; preemptions: number }>`
    select failures, preemptions from jobs where id = ${job}`;
  expect(stored).toEqual({ failures: 0, preemptions: 1 });
  await centre.tell(again, "running", "succeeded");
  expect(await read(`/v1/jobs/${job}`)).toMatchObject({ state: "succeeded" });
});

test("a preempted run that left a checkpoint is paid: its work is not lost", async () => {
  const job = await submit({ preemptible: true, checkpoint: "ckpt" });
  const lease = only(await centre.leases(1));
  await centre.tell(lease, "running", "checkpoint");
  const snapshot = await read("/v1/snapshot", world.keys.auditor);
  const { runs } = z.decode(regionSnapshot, snapshot as never);
  const writtenMs = Date.parse("2026-06-01T12:30:00Z");
  expect(runs).toMatchObject([{ job, checkpointedMs: writtenMs }]);
  const preemption = { job, pool: "c1-a", cards: 1, loss: 0n, for: job, rule: "class" };
  await db.transaction((sql) => preemptRuns(hub.hub, sql, [preemption as never]));
  await centre.tell(lease, "stopped");
  const again = only(await centre.leases(1));
  expect((await read(`/v1/jobs/${job}`))["runs"]).toMatchObject([
    { charge: { charge: "2.00" } },
    {},
  ]);
  await centre.tell(again, "running", "succeeded");
});

test("what a stopped run kept is counted as data to bring, and told with its job", async () => {
  const job = await submit({ preemptible: true, checkpoint: "ckpt" });
  const lease = only(await centre.leases(1));
  await centre.tell(lease, "running", "checkpoint");
  await setMode("draining");
  await centre.tell(lease, "stopped");
  const kept = { centre: "c1", place: "east", bytes: "7" };
  const waiting = await read(`/v1/jobs/${job}/explanation`);
  expect(waiting).toMatchObject({ kind: "waiting", checkpoint: kept });
  expect((waiting["checkpoint"] as { sentence: string }).sentence).toBe(
    "Its checkpoint of 7 B lies in east.",
  );
  const snapshot = z.decode(regionSnapshot, (await read("/v1/snapshot")) as never);
  const data = [{ places: ["east"], bytes: 7n, checkpoint: true }];
  expect(snapshot.queue).toMatchObject([{ shape: { data }, jobs: [{ id: job }] }]);

  await setMode("open");
  const again = only(await centre.leases(1));
  const runs = z.decode(regionSnapshot, (await read("/v1/snapshot")) as never).runs;
  expect(runs).toMatchObject([{ job, shape: { data } }]);
  const placed = await read(`/v1/jobs/${job}/explanation`);
  expect(placed["sentence"]).toMatch(/had room\. Its checkpoint of 7 B lies in east\.$/);
  await centre.tell(again, "running", "succeeded");
});

test("a preempted run that never wrote its checkpoint is not charged", async () => {
  const job = await submit({ preemptible: true, checkpoint: "ckpt" });
  const lease = only(await centre.leases(1));
  await centre.tell(lease, "running");
  const preemption = { job, pool: "c1-a", cards: 1, loss: 0n, for: job, rule: "class" };
  await db.transaction((sql) => preemptRuns(hub.hub, sql, [preemption as never]));
  await centre.tell(lease, "stopped", "checkpoint"); // too late to change anything
  const again = only(await centre.leases(1));
  expect((await read(`/v1/jobs/${job}`))["runs"]).toMatchObject([
    { charge: { charge: "0.00" } },
    {},
  ]);
  await centre.tell(again, "running", "succeeded");
});

test("where no pool is left that did not refuse a run of it, five refusals end a job", async () => {
  const job = await submit({ constraints: { allowCentres: ["c1"] } });
  for (let generation = 1; generation <= 5; generation += 1) {
    const lease = only(await centre.leases(1));
    expect(lease).toMatchObject({ job, generation });
    await centre.tell(lease, "refused");
  }
  await expect.poll(async () => (await read(`/v1/jobs/${job}`))["state"], soon).toBe("failed");
  expect(await read(`/v1/jobs/${job}`)).toMatchObject({ why: "run-refused" });
});

test("refused in one pool, it waits for another and says why not here", async () => {
  const job = await submit();
  await centre.tell(only(await centre.leases(1)), "refused");
  await expect
    .poll(() => read(`/v1/jobs/${job}/explanation`), soon)
    .toMatchObject({
      kind: "waiting",
      candidates: expect.arrayContaining([
        expect.objectContaining({
          pool: "c1-a",
          verdict: "refused",
          reason: expect.objectContaining({ code: "refused-before" }),
        }),
        expect.objectContaining({ pool: "c2-a", verdict: "busy" }),
      ]),
    });
  await hub.ask("POST", `/v1/jobs/${job}/cancel`, { key: world.keys.member });
});

test("a job that waits says when it is expected to start", async () => {
  const first = await submit(cards(8));
  const lease = only(await centre.leases(1));
  await centre.tell(lease, "starting");
  const waits = await submit(cards(8));
  const impossibleNow = async () => (await read(`/v1/jobs/${waits}`))["estimatedStart"];
  await expect.poll(impossibleNow, soon).not.toBeNull();
  const start = (await impossibleNow()) as { p50: string; p90: string };
  const inMinutes = (at: string) =>
    Temporal.Instant.from(at).since(Temporal.Now.instant()).total("minutes");
  expect(inMinutes(start.p50)).toBeGreaterThan(45);
  expect(inMinutes(start.p50)).toBeLessThan(75);
  expect(start.p90 >= start.p50).toBe(true);
  const told = await read(`/v1/jobs/${waits}/explanation`);
  expect(told).toMatchObject({ kind: "waiting", estimatedStart: start, impossible: null });

  const snapshot = await read("/v1/snapshot", world.keys.auditor);
  const decoded = z.decode(regionSnapshot, snapshot as never);
  expect(decoded.runs.map(({ job, need }) => [job, need.cards])).toEqual([[first, 8]]);
  expect(decoded.queue.flatMap(({ jobs }) => jobs.map(({ id }) => id))).toEqual([waits]);
  expect(decoded.pools.map(({ id }) => id)).toEqual(["c1-a", "c2-a"]);
  expect(JSON.stringify(snapshot)).not.toContain("argv");
  const again = JSON.parse(JSON.stringify(z.encode(regionSnapshot, decoded))) as unknown;
  expect(again).toEqual(snapshot);

  await hub.ask("POST", `/v1/jobs/${waits}/cancel`, { key: world.keys.member });
  await centre.tell(lease, "running", "succeeded");
});

test("parts of a card share it; a pool of whole cards refuses them", async () => {
  const part = cards(1, { share: 0.25 });
  const refused = await hub.ask("POST", "/v1/jobs", {
    key: world.keys.member,
    body: { ...(aJob(world.model) as object), ...part },
    headers: { "idempotency-key": crypto.randomUUID() },
  });
  expect(await refused.json()).toMatchObject({ code: "nowhere-to-run" });

  const { spec } = (await read("/v1/centres/c1")) as { spec: { pools: object[] } };
  const pools = spec.pools.map((pool) => ({ ...pool, minimumSlice: 250 }));
  const put = await hub.ask("PUT", "/v1/centres/c1", {
    key: hub.operator,
    body: { ...spec, pools },
  });
  expect(put.status).toBe(200);
  for (let i = 0; i < 5; i += 1) await submit(part);
  const leases = await centre.leases(5);
  expect(leases.map(({ share }) => share)).toEqual([0.25, 0.25, 0.25, 0.25, 0.25]);
  const used = leases.map(({ placement }) => placement[0]!.card);
  expect(new Set(used).size).toBe(2); // four of them fill a card before the next is opened
  const page = (await read("/v1/pools?centre=c1")) as { items: { cardsFree: number }[] };
  expect(page.items).toMatchObject([{ cardsFree: 6, minimumSlice: 250 }]);
  for (const lease of leases) await centre.tell(lease, "running", "succeeded");
  const { runs } = await read(`/v1/jobs/${leases[0]!.job}`);
  expect(runs).toMatchObject([
    { share: 0.25, charge: { charge: "0.50", usage: { cardSeconds: "900" } } },
  ]);
  const audit = await hub.ask("POST", "/v1/ledger/audit", { key: hub.operator });
  expect(await audit.json()).toMatchObject({ holds: true });
});

test("what finished runs took is learnt, by what they ask for and on which card", async () => {
  const alike = { memory: "3GiB" };
  for (let i = 0; i < 3; i += 1) {
    await submit(alike);
    await centre.tell(only(await centre.leases(1)), "running", "succeeded");
  }
  const blocker = await submit(cards(8));
  const lease = only(await centre.leases(1));
  await submit(alike);
  const learnt = async () => (await read("/v1/snapshot"))["learnt"] as { times: object[] }[];
  await expect
    .poll(async () => (await learnt()).flatMap(({ times }) => times), soon)
    .toContainEqual({
      model: world.model,
      runs: 3,
      median: "1h",
      p90: "1h",
    });
  expect(lease.job).toBe(blocker);
  await centre.tell(lease, "running", "succeeded");
  await centre.tell(only(await centre.leases(1)), "running", "succeeded"); // the last one alike
});

test("how fast each centre takes leases is shown", async () => {
  const reply = await hub.ask("GET", "/metrics", { key: hub.operator });
  const text = await reply.text();
  expect(text).toMatch(/wadi_lease_cap\{centre="c1"\} \d+/);
  expect(text).toMatch(/wadi_leases_unacknowledged\{centre="c1"\} \d+/);
  expect(text).toMatch(/wadi_runs_preempted_total \d+/);
});

test("a centre is given no more leases at once than it has shown to take", async () => {
  const tight = { version: 1, pace: { unacknowledgedMin: 2, unacknowledgedMax: 3 } };
  const put = await hub.ask("PUT", "/v1/policy", { key: hub.operator, body: tight });
  expect(put.status).toBe(200);
  const jobs = [];
  for (let i = 0; i < 6; i += 1) jobs.push(await submit());
  const lies = async () => {
    const rows = await db.sql<{ count: number }>`
      select count(*)::int as count from runs where state = 'leased'`;
    return rows[0]!.count;
  };
  await expect.poll(lies, soon).toBeGreaterThan(1);
  expect(await lies()).toBeLessThanOrEqual(3);
  const seen = new Set<string>();
  while (seen.size < jobs.length) {
    const leases = (await centre.leases(1)).filter(({ run }) => !seen.has(run));
    expect(await lies()).toBeLessThanOrEqual(3);
    for (const lease of leases) {
      seen.add(lease.run);
      await centre.tell(lease, "running", "succeeded");
    }
  }
});

test("a job begins anew where the centre that kept its checkpoint has left", async () => {
  const job = await submit({ checkpoint: "ckpt" });
  const lease = only(await centre.leases(1));
  await centre.tell(lease, "running", "checkpoint");
  await setMode("draining");
  await centre.tell(lease, "stopped");
  await forgetCheckpoints(hub.hub);
  expect(await read(`/v1/jobs/${job}/explanation`)).toMatchObject({ checkpoint: { centre: "c1" } });
  await setMode("left");
  await forgetCheckpoints(hub.hub);
  expect(await read(`/v1/jobs/${job}/explanation`)).toMatchObject({ checkpoint: null });
  const { queue } = z.decode(regionSnapshot, (await read("/v1/snapshot")) as never);
  expect(queue).toMatchObject([{ shape: { data: [] }, jobs: [{ id: job }] }]);
});
