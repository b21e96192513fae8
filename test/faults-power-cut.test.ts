import path from "node:path";
import { copyQuietDisk, makeDisk, mountDisk, withChildren } from "@wadi/hub/testing";
import { checkLaws } from "@wadi/hub";
import type { JobId } from "@wadi/core/units";
import { expect, onTestFinished, test } from "vitest";

import { openJobs } from "./faults/open-jobs.ts";
import { aJob, read, submit } from "./region/job.ts";
import { startRegion, temporaryFolder } from "./region/test-region.ts";
import { tellBroken } from "./region/tell-broken.ts";
import { until } from "./region/until.ts";

const outside = process.env["DATABASE_URL"];

test("a power cut loses no request that was answered", { timeout: 180_000 }, async ({ skip }) => {
  if (outside !== undefined) return skip("the database is not the hub's own: DATABASE_URL is set");
  const folder = await temporaryFolder();
  const disk = await makeDisk(folder).catch((error: unknown) => error as Error);
  if (disk instanceof Error) return skip(`no root, ext4 or loop device: ${disk.message}`);
  onTestFinished(disk.unmount);
  const region = await startRegion({ database: "own", hubState: path.join(disk.folder, "hub") });
  onTestFinished(() => region.close());
  const { tenant } = region.clients;
  const [hub] = region.hubs;

  // Many at once, so that some are under way when the power goes.
  const answered: { key: string; id: JobId }[] = [];
  const stopping = new AbortController();
  const client = async (name: number) => {
    for (let i = 0; !stopping.signal.aborted; i += 1) {
      const key = `${name}/${i}`;
      const job = await submit(tenant, aJob({ name: key, env: { FAKE_RUN_MS: "50" } }), key);
      answered.push({ key, id: job.id });
    }
  };
  const clients = Promise.allSettled([1, 2, 3, 4, 5, 6].map(client));
  await until("enough was answered", () => answered.length >= 150);

  // The hub and its database stand still; what was said until then has arrived.
  const frozen = [
    ...(await withChildren(hub!.pid()!)),
    ...(await withChildren(await hub!.databasePid())),
  ];
  for (const pid of frozen) process.kill(pid, "SIGSTOP");
  stopping.abort();
  const before = [...answered];
  const copy = await copyQuietDisk(disk.image);
  region.front.dropAll();
  for (const pid of frozen) process.kill(pid, "SIGKILL");
  await clients;

  const after = await mountDisk(copy);
  onTestFinished(after.unmount);
  hub!.moveTo(path.join(after.folder, "hub"));
  await hub!.start();
  for (const { id } of before) expect((await read(tenant, id)).id).toBe(id);
  await until("all is quiet", async () => (await openJobs(region)) === 0, { withinMs: 60_000 });
  const answers = before.map(({ key, id }) => ({ key, jobs: [id], count: 1 }));
  const evidence = { answers, cancelled: [], spells: region.spells(), atMs: Date.now() };
  const broken = await hub!.withDb((db) => checkLaws(db, { evidence, isQuiet: true }));
  if (broken.length > 0) console.error((await tellBroken(region, broken)).join("\n"));
  expect(broken).toEqual([]);
});
