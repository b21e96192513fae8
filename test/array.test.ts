import { routes } from "@wadi/protocol";
import { expect, test } from "vitest";

import { aJob, ended, read, submit } from "./region/job.ts";
import { storyRegion } from "./region/story.ts";
import { until } from "./region/until.ts";

const region = storyRegion();

const jobsOf = (array: string) =>
  Array.fromAsync(
    region().clients.tenant.each(routes.listJobs, { query: { array: array as never, limit: 500 } }),
  );
const allEnded = (array: string, count: number) =>
  until(
    `${count} jobs of the array are over`,
    async () => {
      const jobs = await jobsOf(array);
      return jobs.length === count && jobs.every(({ endedAt }) => endedAt !== null) && jobs;
    },
    { withinMs: 60_000, everyMs: 250 },
  );

test("an array of a thousand is a thousand jobs under one hold, each run once", async () => {
  const { tenant } = region().clients;
  const env = { FAKE_RUN_MS: "20" };
  const first = await submit(tenant, aJob({ array: { count: 1000 }, maxRunTime: "1s", env }));
  const jobs = await allEnded(first.id, 1000);

  expect(new Set(jobs.map(({ state }) => state))).toEqual(new Set(["succeeded"]));
  const indices = jobs.map(({ array }) => array?.index ?? -1).sort((a, b) => a - b);
  expect(indices).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  const ran = region()
    .spells()
    .map(({ job }) => job);
  expect(jobs.every(({ id }) => ran.filter((one) => one === id).length === 1)).toBe(true);
});

test("of an array with a bound at most so many run at once", async () => {
  const { tenant } = region().clients;
  const env = { FAKE_RUN_MS: "80" };
  const array = { count: 12, parallel: 3 };
  const first = await submit(tenant, aJob({ array, env }));
  const jobs = await allEnded(first.id, 12);
  const spells = region()
    .spells()
    .filter(({ job }) => jobs.some(({ id }) => id === job));
  const atOnce = spells.map(
    ({ fromMs }) => spells.filter((one) => one.fromMs <= fromMs && one.toMs! > fromMs).length,
  );
  expect(spells).toHaveLength(12);
  expect(Math.max(...atOnce)).toBeLessThanOrEqual(3);
});

test("one job of an array is cancelled alone, the rest with the array's id", async () => {
  const { tenant } = region().clients;
  const env = { FAKE_RUN_MS: "60000" };
  const first = await submit(tenant, aJob({ array: { count: 5 }, env }));
  const second = (await jobsOf(first.id)).find(({ array }) => array?.index === 1)!;
  await tenant.call(routes.cancelJob, { params: { id: second.id } });
  expect((await ended(tenant, second.id)).state).toBe("cancelled");
  expect((await read(tenant, first.id)).endedAt).toBeNull();

  await tenant.call(routes.cancelJob, { params: { id: first.id } });
  const jobs = await allEnded(first.id, 5);
  expect(jobs.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => "cancelled"));
});
