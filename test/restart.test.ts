import { expect, test } from "vitest";

import { aJob, ended, read, submit } from "./region/job.ts";
import { model } from "./region/layout.ts";
import { storyRegion } from "./region/story.ts";
import { until } from "./region/until.ts";

const region = storyRegion({ database: "own" });

/** One job that runs, one that finds no room, one that waits for the first. */
async function submitThree() {
  const { tenant } = region().clients;
  const north = { allowCentres: ["north"] };
  const running = await submit(
    tenant,
    aJob({
      replicas: 2,
      cards: { options: [{ model, count: 8 }] },
      env: { FAKE_RUN_MS: "6000" },
      retry: { rerunWhenLost: false },
      constraints: north,
    }),
  );
  await until("it runs", async () => (await read(tenant, running.id)).state === "running");
  const queued = await submit(tenant, aJob({ constraints: north }));
  const blocked = await submit(tenant, aJob({ after: { ok: [running.id] } }));
  return [running, queued, blocked] as const;
}

/** How each job ended, and the generations of its runs. */
async function outcomesOf(jobs: readonly { id: Awaited<ReturnType<typeof submit>>["id"] }[]) {
  const over = await Promise.all(jobs.map(({ id }) => ended(region().clients.tenant, id)));
  return over.map(({ state, runs }) => ({ state, runs: runs.map((run) => run.generation) }));
}

const onceAndWell = { state: "succeeded", runs: [1] };

test("stopped in good order and started again, everything goes on from where it was", async () => {
  const { hubs, centres } = region();
  const jobs = await submitThree();
  for (const seat of [...centres, ...hubs]) await seat.stop();
  await Promise.all([...hubs, ...centres].map((seat) => seat.start()));
  expect(await outcomesOf(jobs)).toEqual(jobs.map(() => onceAndWell));
});

test("killed all at once and started again, everything goes on from where it was", async () => {
  const { hubs, centres } = region();
  const jobs = await submitThree();
  await Promise.all([...hubs, ...centres].map((seat) => seat.kill()));
  await Promise.all([...hubs, ...centres].map((seat) => seat.start()));
  expect(await outcomesOf(jobs)).toEqual(jobs.map(() => onceAndWell));
});
