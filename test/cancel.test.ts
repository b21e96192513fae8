import type { JobState } from "@wadi/core/job";
import type { JobId } from "@wadi/core/units";
import { routes } from "@wadi/protocol";
import { expect, test } from "vitest";

import { aJob, ended, read, submit } from "./region/job.ts";
import { model } from "./region/layout.ts";
import { storyRegion } from "./region/story.ts";
import { until } from "./region/until.ts";

const region = storyRegion();

const cancel = (id: JobId) => region().clients.tenant.call(routes.cancelJob, { params: { id } });
const comesTo = (id: JobId, state: JobState) =>
  until(`job ${id} is ${state}`, async () => {
    return (await read(region().clients.tenant, id)).state === state;
  });
const long = aJob({ env: { FAKE_RUN_MS: "60000" } });

test("a job that waits for another ends at once", async () => {
  const { tenant } = region().clients;
  const needed = await submit(tenant, long);
  const job = await submit(tenant, aJob({ after: { ok: [needed.id] } }));
  expect(await cancel(job.id)).toMatchObject({ state: "cancelled", held: 0n });
  await cancel(needed.id);
  await ended(tenant, needed.id);
});

test("a job that waits for room ends at once", async () => {
  const { tenant } = region().clients;
  const all = await submit(
    tenant,
    aJob({
      replicas: 2,
      cards: { options: [{ model, count: 8 }] },
      env: { FAKE_RUN_MS: "60000" },
      constraints: { denyCentres: ["south"] },
    }),
  );
  await comesTo(all.id, "running");
  const job = await submit(tenant, aJob({ constraints: { denyCentres: ["south"] } }));
  expect(job.state).toBe("queued");
  expect(await cancel(job.id)).toMatchObject({ state: "cancelled", held: 0n });
  await cancel(all.id);
  await ended(tenant, all.id);
});

test("a job whose lease has not reached its centre never starts", async () => {
  const { tenant } = region().clients;
  const [north] = region().centres;
  north!.link.cut(true);
  const job = await submit(tenant, aJob({ constraints: { allowCentres: ["north"] } }));
  await comesTo(job.id, "placed");
  expect(await cancel(job.id)).toMatchObject({ state: "placed", cancelRequested: true });
  north!.link.cut(false);

  const after = await ended(tenant, job.id);
  expect(after).toMatchObject({ state: "cancelled", why: "cancelled", held: 0n, charged: 0n });
  expect(
    region()
      .spells()
      .filter((spell) => spell.job === job.id),
  ).toEqual([]);
});

test("a running job is stopped by its centre and charged for what it used", async () => {
  const { tenant } = region().clients;
  const job = await submit(tenant, long);
  await comesTo(job.id, "running");
  expect(await cancel(job.id)).toMatchObject({ state: "running", cancelRequested: true });
  expect(await cancel(job.id)).toMatchObject({ cancelRequested: true }); // once more does no harm

  const after = await ended(tenant, job.id);
  expect(after).toMatchObject({ state: "cancelled", held: 0n, runs: [{ state: "stopped" }] });
  expect(after.charged).toBeGreaterThan(0n);
});

test("a job that is over cannot be cancelled any more", async () => {
  const { tenant, other } = region().clients;
  const job = await submit(tenant, aJob());
  await ended(tenant, job.id);
  await expect(cancel(job.id)).rejects.toMatchObject({ status: 409, code: "job-already-final" });
  const call = other.call(routes.cancelJob, { params: { id: job.id } });
  await expect(call).rejects.toMatchObject({ status: 404, code: "not-found" });
});
