import { beforeAll, expect, test } from "vitest";

import { testDb } from "../testing/index.ts";
import { playCentre, type PlayedCentre } from "../testing/played-centre.ts";
import { testHub } from "../testing/test-hub.ts";
import { aJob, makeWorld, type World } from "../testing/world.ts";

/*
 * What operators and tenants are told while jobs wait: c1 has one host with eight cards, all of
 * them
 * held by one run; to c2 no agent has ever come.
 */

const db = await testDb();
const hub = await testHub(db, { WADI_CERTIFY_MS: "1000" });
let world: World;
let centre: PlayedCentre;
let waits: string;
beforeAll(async () => {
  world = await makeWorld(hub);
  await hub.ask("POST", `/v1/jobs/${world.job}/cancel`, { key: world.keys.member });
  centre = playCentre(hub, world);
  await centre.sync();
  await submit(cards(8));
  const [lease] = await centre.leases(1);
  await centre.tell(lease!, "running");
  waits = await submit(cards(2));
});

const submit = async (differs: object = {}) => {
  const spec = { ...(aJob(world.model) as object), ...differs };
  return String((await world.post("/v1/jobs", spec, world.keys.member))["id"]);
};
const cards = (count: number) => ({
  cards: { options: [{ model: world.model, count, expectedRunTime: "1h" }] },
});
const read = async <T = Record<string, unknown>>(path: string, headers = {}) => {
  const reply = await hub.ask("GET", path, { key: hub.operator, headers });
  return (await reply.json()) as T;
};
const soon = { timeout: 10_000 };

interface Report {
  readonly binding: { code: string; sentence: string; facts: object }[];
  readonly certificate: { jobs: number; cost: string; bound: string; gap: number | null } | null;
}
const report = (query = "", headers = {}) => read<Report>(`/v1/dispatch/report${query}`, headers);

test("the report says what holds jobs back, which pools are hot, why others are idle", async () => {
  expect(await report()).toMatchObject({
    looksAt: { jobs: 1, runs: 1, isAll: true },
    binding: [{ code: expect.stringMatching(/^pool-/) as string, facts: { jobs: 1, cards: 2 } }],
    scarceModels: [{ code: "short-of-model", facts: { model: world.model, jobs: 1 } }],
    hot: [{ code: "full-with-queue", facts: { pool: "c1-a" } }],
    idle: [{ pool: "c2-a", free: 8, because: [{ code: "idle-closed" }] }],
    byCentre: [
      { name: "c1", total: 8, used: 8, free: 0 },
      { name: "c2", total: 8, used: 0, free: 8 },
    ],
    queue: [{ priority: "normal", jobs: 1, cards: 2 }],
  });
});

test("sentences are in the language of the query, else of the caller", async () => {
  const chinese = { "accept-language": "zh-CN,zh;q=0.9" };
  const sentence = async (query: string, headers: object) =>
    (await report(query, headers)).binding[0]!.sentence;
  expect(await sentence("", {})).toContain("1 jobs (2 cards)");
  expect(await sentence("?language=zh", {})).toContain("1 个作业（2 张卡）");
  expect(await sentence("", chinese)).toContain("1 个作业（2 张卡）");
  expect(await sentence("?language=en", chinese)).toContain("1 jobs (2 cards)");
  expect(await report("?language=de")).toMatchObject({ code: "invalid-request" });
});

test("the plan is certified while jobs wait, for all hubs to show", async () => {
  const certified = async () => Number((await report()).certificate?.bound);
  await expect.poll(certified, soon).toBeGreaterThan(0);
  const { certificate } = await report();
  expect(certificate!.jobs).toBe(1);
  expect(Number(certificate!.cost)).toBeGreaterThanOrEqual(Number(certificate!.bound) * 0.999);
  expect(certificate!.gap).toBeLessThan(0.5);

  const metrics = await hub.ask("GET", "/metrics", { key: hub.operator });
  const text = await metrics.text();
  for (const name of ["plan_cost_yuan", "plan_bound_yuan"]) {
    expect(text).toMatch(new RegExp(`^wadi_${name} \\d*\\.?\\d+$`, "m"));
  }
  expect(text).toMatch(/^wadi_plan_gap_ratio -?\d/m);
  expect(text).toMatch(/^wadi_certificate_age_seconds \d/m);
});

test("a job that waits is told when it starts, what is promised, and what would help", async () => {
  const explained = () => read(`/v1/jobs/${waits}/explanation`);
  await expect.poll(async () => (await explained())["booking"], soon).not.toBeNull();
  expect(await explained()).toMatchObject({
    kind: "waiting",
    why: null,
    impossible: null,
    booking: { pool: "c1-a", sentence: expect.stringContaining("booked") as string },
    help: [
      {
        starts: "at",
        changes: [{ code: "wait", by: "tenant" }],
        sentence: expect.stringMatching(/^It would start at .* if nothing is changed\.$/) as string,
      },
    ],
  });
  const chinese = await read<{ sentence: string; booking: { sentence: string } }>(
    `/v1/jobs/${waits}/explanation?language=zh`,
  );
  expect(chinese.sentence).toMatch(/^作业在等待。/);
  expect(chinese.booking.sentence).toMatch(/^已预约在 c1-a 启动/);
});

test("a quota that holds a job back is named, and that a larger one would help", async () => {
  await hub.ask("PUT", "/v1/tenants/acme", {
    key: hub.operator,
    body: { name: "acme", quota: { cards: 9, queuedJobs: null } },
  });
  expect(await read(`/v1/jobs/${waits}/explanation`)).toMatchObject({
    why: { code: "tenant-quota" },
    help: expect.arrayContaining([
      expect.objectContaining({
        changes: [expect.objectContaining({ code: "own-quota", by: "operator" })],
      }),
    ]) as unknown,
  });
  const open = { cards: null, queuedJobs: null };
  await hub.ask("PUT", "/v1/tenants/acme", {
    key: hub.operator,
    body: { name: "acme", quota: open },
  });
});

test("a quote starts behind what waits before it", async () => {
  for (let i = 0; i < 8; i += 1) await submit(cards(8));
  const quoted = async () => {
    const reply = await hub.ask("POST", "/v1/quotes", {
      key: world.keys.member,
      body: { ...(aJob(world.model) as object), ...cards(8) },
    });
    return (await reply.json()) as {
      verdict: string;
      estimatedStart: { p50: string; p90: string };
    };
  };
  const hoursAhead = async () => {
    const { estimatedStart } = await quoted();
    const ahead = Temporal.Instant.from(estimatedStart.p50).since(Temporal.Now.instant());
    return ahead.total("hours");
  };
  await expect.poll(hoursAhead, soon).toBeGreaterThan(7.5); // eight jobs of an hour each
  expect((await quoted()).verdict).toBe("waits");
});
