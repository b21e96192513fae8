import { routes } from "@wadi/protocol";
import { expect, test } from "vitest";

import { aJob, ended, read, submit } from "./region/job.ts";
import { model } from "./region/layout.ts";
import { storyRegion } from "./region/story.ts";
import { until } from "./region/until.ts";

const region = storyRegion();

const gang = (replicas: number, count: number) =>
  aJob({ replicas, cards: { options: [{ model, count }] }, env: { FAKE_RUN_MS: "300" } });
const long = (centre: string) =>
  aJob({ env: { FAKE_RUN_MS: "60000" }, constraints: { allowCentres: [centre] } });

test("a gang waits until all its replicas fit, and then all of them start", async () => {
  const { tenant } = region().clients;
  const others = [await submit(tenant, long("north")), await submit(tenant, long("south"))];
  await until("both are running", async () => {
    const jobs = await Promise.all(others.map(({ id }) => read(tenant, id)));
    return jobs.every(({ state }) => state === "running");
  });

  // Two hosts of eight cards make a centre: each has a card less than the gang needs.
  const waiting = await submit(tenant, gang(2, 8));
  const told = await until("it is said why it waits", async () => {
    const said = await tenant.call(routes.explainJob, { params: { id: waiting.id } });
    return said.kind === "waiting" && said.candidates.length > 0 && said;
  });
  expect(told.candidates.map(({ verdict }) => verdict)).toEqual(["busy", "busy"]);
  expect(told.sentence).toMatch(/^It waits\. /);
  expect((await read(tenant, waiting.id)).runs).toEqual([]);

  await tenant.call(routes.cancelJob, { params: { id: others[0]!.id } });
  const after = await ended(tenant, waiting.id);
  expect(after).toMatchObject({ state: "succeeded", centre: "north", runs: [{ cards: 16 }] });
  const replicas = region()
    .spells()
    .filter(({ job }) => job === waiting.id);
  expect(replicas.map(({ replica }) => replica).toSorted((a, b) => a - b)).toEqual([0, 1]);
  expect(new Set(replicas.map(({ fromMs }) => fromMs)).size).toBe(1);

  await tenant.call(routes.cancelJob, { params: { id: others[1]!.id } });
  await ended(tenant, others[1]!.id);
});

test("a gang that no centre could hold is refused, with every pool's reason", async () => {
  const { tenant } = region().clients;
  await expect(submit(tenant, gang(3, 8))).rejects.toMatchObject({
    status: 422,
    code: "nowhere-to-run",
    facts: { reasons: [{ code: "pool-too-small" }, { code: "pool-too-small" }] },
  });
  await expect(submit(tenant, gang(1, 9))).rejects.toMatchObject({
    facts: { reasons: [{ code: "host-too-small" }, { code: "host-too-small" }] },
  });
});
