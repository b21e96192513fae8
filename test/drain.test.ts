import { routes } from "@wadi/protocol";
import { asId, type CentreId } from "@wadi/core/units";
import { expect, test } from "vitest";

import { aJob, ended, read, submit } from "./region/job.ts";
import { storyRegion } from "./region/story.ts";
import { until } from "./region/until.ts";

const region = storyRegion();

const north = asId<CentreId>("north");
const setMode = (mode: "open" | "draining" | "left") =>
  region().clients.provider.call(routes.setCentreMode, { params: { id: north }, body: { mode } });
const long = { FAKE_RUN_MS: "1500" };

async function running(env: Record<string, string> = long) {
  const { tenant } = region().clients;
  const job = await submit(tenant, aJob({ env }));
  await until("it runs", async () => (await read(tenant, job.id)).state === "running");
  return job;
}

test("a draining centre ends what it has and gets nothing new", async () => {
  const { tenant } = region().clients;
  const before = await running();
  expect(before.centre ?? (await read(tenant, before.id)).centre).toBe("north");
  expect((await setMode("draining")).state).toBe("draining");

  const elsewhere = await submit(tenant, aJob());
  expect(await ended(tenant, elsewhere.id)).toMatchObject({ state: "succeeded", centre: "south" });
  const bound = await submit(tenant, aJob({ constraints: { allowCentres: ["north"] } }));
  const told = await tenant.call(routes.explainJob, { params: { id: bound.id } });
  expect(told.reasons.map(({ code }) => code)).toContain("centre-draining");
  expect(await ended(tenant, before.id)).toMatchObject({ state: "succeeded", centre: "north" });

  await setMode("open");
  expect(await ended(tenant, bound.id)).toMatchObject({ state: "succeeded", centre: "north" });
});

test("runs that their centre stops go back to the queue and run again elsewhere", async () => {
  const { tenant } = region().clients;
  const [seat] = region().centres;
  const job = await running({ FAKE_RUN_MS: "2500" });
  await seat!.stopWithRuns();
  const after = await ended(tenant, job.id);
  expect(after).toMatchObject({ state: "succeeded", centre: "south" });
  expect(after.runs[0]).toMatchObject({ centre: "north", state: "stopped" });
  expect(after.runs.at(-1)).toMatchObject({ centre: "south", state: "succeeded" });
  await seat!.start();
});

test("a centre that leaves ends its runs first; then its agent ends by itself", async () => {
  const { tenant } = region().clients;
  const [seat] = region().centres;
  const job = await running();
  expect((await setMode("left")).state).toBe("left");
  expect(await ended(tenant, job.id)).toMatchObject({ state: "succeeded", centre: "north" });
  await until("the agent has ended", () => seat!.pid() === undefined);

  const elsewhere = await submit(tenant, aJob());
  expect(await ended(tenant, elsewhere.id)).toMatchObject({ centre: "south" });
});
