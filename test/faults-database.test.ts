import { ApiProblem, routes } from "@wadi/protocol";
import { expect, test } from "vitest";

import { killDatabase } from "./faults/kill-database.ts";
import { aJob, ended, read, submit } from "./region/job.ts";
import { storyRegion } from "./region/story.ts";
import { until } from "./region/until.ts";

const region = storyRegion({ database: "own" });

test("while the database is away the hub says so, and then goes on as before", async () => {
  const { tenant } = region().clients;
  const [hub] = region().hubs;
  const pid = hub!.pid();
  const running = await submit(tenant, aJob({ env: { FAKE_RUN_MS: "3000" } }));
  await until("it is running", async () => (await read(tenant, running.id)).state === "running");

  // Killed again and again, so that somebody asks while it is away.
  const seen = new Set<string>();
  const ask = async () => {
    const request = { query: {}, timeoutMs: 5000 };
    await tenant.call(routes.listJobs, request).catch((error: unknown) => {
      if (!(error instanceof ApiProblem)) throw error;
      seen.add(`${error.status} ${error.code}`);
    });
  };
  for (let i = 0; i < 3; i += 1) {
    await killDatabase(hub!);
    await Promise.all(Array.from({ length: 5 }, ask));
    await until("the hub is ready", async () => {
      return (await fetch(`${hub!.url()}/readyz`)).status === 200;
    });
  }
  const allowed = new Set(["503 database-unavailable", "503 outcome-unknown"]);
  expect([...seen].filter((one) => !allowed.has(one))).toEqual([]);

  const job = await submit(tenant, aJob());
  expect((await ended(tenant, job.id)).state).toBe("succeeded");
  expect(await ended(tenant, running.id)).toMatchObject({
    state: "succeeded",
    runs: [{ generation: 1 }],
  });
  expect(hub!.pid()).toBe(pid);
});
