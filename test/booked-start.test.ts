import { routes, type JobView } from "@wadi/protocol";
import { expect, test } from "vitest";

import { aJob, ended, read, submit } from "./region/job.ts";
import { model } from "./region/layout.ts";
import { storyRegion } from "./region/story.ts";
import { until } from "./region/until.ts";

const region = storyRegion();

type Wish = Parameters<typeof aJob>[0];
const north = { allowCentres: ["north"] };
const inNorth = (runMs: number, differing: Wish) =>
  aJob({ constraints: north, env: { FAKE_RUN_MS: `${runMs}` }, ...differing });
const cards = (count: number) => ({ options: [{ model, count }] });

const startedMs = async ({ id }: Pick<JobView, "id">) => {
  const { runs } = await ended(region().clients.tenant, id);
  return runs[0]!.startedAt!.epochMilliseconds;
};
const isRunning = ({ id }: Pick<JobView, "id">) =>
  until("it runs", async () => (await read(region().clients.tenant, id)).state === "running");

test("a wide gang has its start booked; only what ends before it starts beside it", async () => {
  const { tenant } = region().clients;
  // One of two hosts is held for up to eight seconds, in truth for three.
  const holder = await submit(tenant, inNorth(3000, { cards: cards(8), maxRunTime: "8s" }));
  await isRunning(holder);
  const gang = await submit(tenant, inNorth(300, { replicas: 2, cards: cards(8) }));
  const told = await until("its start is booked", async () => {
    const { estimatedStart } = await read(tenant, gang.id);
    return estimatedStart?.pool === "north-a800" && estimatedStart;
  });
  const long = await submit(tenant, inNorth(100, { maxRunTime: "1h" }));
  const short = await submit(tenant, inNorth(100, { maxRunTime: "1s" }));
  const waits = await until("it is said why the long one waits", async () => {
    const said = await tenant.call(routes.explainJob, { params: { id: long.id }, query: {} });
    return said.kind === "waiting" && said;
  });
  expect(waits.candidates[0]).toMatchObject({ verdict: "busy" });

  const [gangMs, longMs, shortMs] = [
    await startedMs(gang),
    await startedMs(long),
    await startedMs(short),
  ];
  expect(shortMs).toBeLessThan(gangMs);
  expect(longMs).toBeGreaterThan(gangMs);
  // It came before its promise, since the holder ended before its limit.
  expect(gangMs).toBeLessThanOrEqual(told.p90.epochMilliseconds + 1000);
});

test("what waits is told when it starts, and that is kept", async () => {
  const { tenant } = region().clients;
  const whole = { replicas: 2, cards: cards(8), maxRunTime: "3s" };
  const holder = await submit(tenant, inNorth(2500, whole));
  await isRunning(holder);
  const next = await submit(tenant, inNorth(300, whole));
  const told = await until("it is told when it starts", async () => {
    return (await read(tenant, next.id)).estimatedStart ?? undefined;
  });
  const listed = await tenant.call(routes.listJobs, { query: { state: "queued" } });
  expect(listed.items.find(({ id }) => id === next.id)?.estimatedStart).not.toBeNull();
  const said = await tenant.call(routes.explainJob, { params: { id: next.id }, query: {} });
  expect(said).toMatchObject({ kind: "waiting", booking: { pool: "north-a800" } });

  expect(await startedMs(next)).toBeLessThanOrEqual(told.p90.epochMilliseconds + 1000);
  expect((await read(tenant, next.id)).estimatedStart).toBeNull();
});

test("a quote beside a full centre says when the job would start", async () => {
  const { tenant } = region().clients;
  const whole = { replicas: 2, cards: cards(8), maxRunTime: "1m" };
  const holder = await submit(tenant, inNorth(60_000, whole));
  await isRunning(holder);
  const body = inNorth(100, { cards: cards(4) });
  const quoted = await tenant.call(routes.makeQuote, { query: {}, body });
  expect(quoted).toMatchObject({ verdict: "waits", reason: { code: "no-room" } });
  const waitMs = quoted.estimatedStart!.p90.epochMilliseconds - Date.now();
  expect(waitMs).toBeGreaterThan(30_000);
  expect(waitMs).toBeLessThan(61_000);
  await tenant.call(routes.cancelJob, { params: { id: holder.id } });
  await ended(tenant, holder.id);
});
