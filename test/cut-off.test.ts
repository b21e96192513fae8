import { routes } from "@wadi/protocol";
import { expect, test } from "vitest";

import { aJob, ended, read, submit } from "./region/job.ts";
import { storyRegion } from "./region/story.ts";
import { until } from "./region/until.ts";

const region = storyRegion();

const runningIn = async (rerunWhenLost: boolean) => {
  const { tenant, operator } = region().clients;
  await until("both centres are up", async () => {
    const { items } = await operator.call(routes.listCentres);
    return items.every(({ state }) => state === "up");
  });
  const job = await submit(
    tenant,
    aJob({ env: { FAKE_RUN_MS: "4000" }, retry: { rerunWhenLost } }),
  );
  await until("it runs", async () => (await read(tenant, job.id)).state === "running");
  expect((await read(tenant, job.id)).centre).toBe("north");
  return job;
};
const spellsOf = (id: string) =>
  region()
    .spells()
    .filter(({ job }) => job === id)
    .sort((a, b) => a.fromMs - b.fromMs);

test("cut off for longer than its lease, a centre stops what may be rerun elsewhere", async () => {
  const { tenant } = region().clients;
  const [north] = region().centres;
  const job = await runningIn(true);
  north!.link.cut(true);
  const after = await ended(tenant, job.id);
  north!.link.cut(false);

  expect(after).toMatchObject({ state: "succeeded", centre: "south" });
  expect(after.runs).toMatchObject([
    { centre: "north", state: "lost", charge: { charge: 0n } },
    { centre: "south", state: "succeeded" },
  ]);
  const [first, second] = spellsOf(job.id);
  expect(first!.toMs).toBeLessThanOrEqual(second!.fromMs);
});

test("what must not run twice goes on where it is, and is told of later", async () => {
  const { tenant } = region().clients;
  const [north] = region().centres;
  const job = await runningIn(false);
  north!.link.cut(true);
  await until("its process has ended", () => spellsOf(job.id).every(({ toMs }) => toMs !== null));
  expect((await read(tenant, job.id)).state).toBe("running");
  north!.link.cut(false);

  const after = await ended(tenant, job.id);
  expect(after).toMatchObject({ state: "succeeded", centre: "north", runs: [{ generation: 1 }] });
  expect(spellsOf(job.id)).toHaveLength(1);
});

test("an agent frozen for longer than its lease finds its runs stopped by the centre", async () => {
  const { tenant } = region().clients;
  const [north] = region().centres;
  const job = await runningIn(true);
  north!.freeze();
  const after = await ended(tenant, job.id);
  north!.thaw();
  expect(after).toMatchObject({ state: "succeeded", centre: "south" });
  const [first, second] = spellsOf(job.id);
  expect(first!.toMs).toBeLessThanOrEqual(second!.fromMs);
});
