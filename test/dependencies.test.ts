import type { JobId } from "@wadi/core/units";
import { expect, test } from "vitest";

import { aJob, ended, read, submit } from "./region/job.ts";
import { storyRegion } from "./region/story.ts";

const region = storyRegion();

const after = (how: "ok" | "any", ...ids: JobId[]) => aJob({ after: { [how]: ids } });
const ending = (exitCode: number) =>
  aJob({ env: { FAKE_RUN_MS: "400", FAKE_EXIT: String(exitCode) } });

test("a job that waits for the success of others starts when all have succeeded", async () => {
  const { tenant } = region().clients;
  const needed = [await submit(tenant, ending(0)), await submit(tenant, aJob())];
  const job = await submit(tenant, after("ok", ...needed.map(({ id }) => id)));
  expect(job.state).toBe("blocked");

  const last = await ended(tenant, job.id);
  expect(last.state).toBe("succeeded");
  const starts = last.runs.map(({ startedAt }) => startedAt!);
  for (const { id } of needed) {
    const { endedAt } = await read(tenant, id);
    expect(Temporal.Instant.compare(starts[0]!, endedAt!)).toBeGreaterThanOrEqual(0);
  }
});

test("a job that waits for the end of another starts whatever the end was", async () => {
  const { tenant } = region().clients;
  const failing = await submit(tenant, ending(3));
  const job = await submit(tenant, after("any", failing.id));
  expect(job.state).toBe("blocked");
  expect((await ended(tenant, job.id)).state).toBe("succeeded");
  expect((await read(tenant, failing.id)).state).toBe("failed");
});

test("when one fails, those that needed its success are cancelled in turn, and freed", async () => {
  const { tenant } = region().clients;
  const failing = await submit(tenant, ending(3));
  const second = await submit(tenant, after("ok", failing.id));
  const third = await submit(tenant, after("ok", second.id));
  const whatever = await submit(tenant, after("any", third.id));
  for (const { id } of [second, third]) {
    const job = await ended(tenant, id);
    expect(job).toMatchObject({ state: "cancelled", why: "dependency-failed", held: 0n, runs: [] });
  }
  expect((await ended(tenant, whatever.id)).state).toBe("succeeded");
});

test("a job cannot wait for what has failed, for what is not there, or for another's", async () => {
  const { tenant, other } = region().clients;
  const failing = await submit(tenant, ending(3));
  await ended(tenant, failing.id);
  const nobody = "01890000-0000-7000-8000-000000000000" as JobId;
  const others = await submit(other, aJob());

  for (const id of [failing.id, nobody, others.id]) {
    await expect(submit(tenant, after("ok", id))).rejects.toMatchObject({
      status: 422,
      errors: [{ pointer: "/after/ok/0", in: "body" }],
    });
  }
  const job = await submit(tenant, after("any", failing.id));
  expect((await ended(tenant, job.id)).state).toBe("succeeded");
});
