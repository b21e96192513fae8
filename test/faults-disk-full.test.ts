import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { JobId } from "@wadi/core/units";
import { expect, onTestFinished, test } from "vitest";

import { aJob, ended, read, submit } from "./region/job.ts";
import { expectLawsToHold } from "./region/story.ts";
import { startRegion, temporaryFolder } from "./region/test-region.ts";
import { until } from "./region/until.ts";

const run = promisify(execFile);

/** A file system of eight megabytes, in memory. */
async function makeSmallDisk(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await run("mount", ["-t", "tmpfs", "-o", "size=8m,mode=0711", "tmpfs", folder]);
  onTestFinished(async () => void (await run("umount", ["--lazy", folder])));
}

/** Takes all the room that is left. */
async function fill(file: string): Promise<void> {
  const piece = Buffer.alloc(64 * 1024);
  for (;;) {
    try {
      await writeFile(file, piece, { flag: "a" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOSPC") return;
      throw error;
    }
  }
}

const writing = (runMs: number) =>
  aJob({
    env: { FAKE_RUN_MS: String(runMs), FAKE_STDOUT: "x".repeat(20_000) },
    constraints: { allowCentres: ["north"] },
  });

test("an agent whose disk is full tells what matters and leaves out logs", async ({ skip }) => {
  const disk = path.join(await temporaryFolder(), "small");
  const trouble = await makeSmallDisk(disk).catch((error: unknown) => error as Error);
  if (trouble) return skip(`no small disk could be mounted: ${trouble.message}`);
  const state = path.join(disk, "agent");
  const region = await startRegion({
    agentConfig: "buffer: { bytes: 64MiB, reserve: 1MiB }",
    agentState: (centre) => (centre === "north" ? state : undefined),
  });
  onTestFinished(() => region.close());
  const { tenant } = region.clients;
  const [north] = region.centres;

  const jobs = await Promise.all(Array.from({ length: 12 }, () => submit(tenant, writing(1500))));
  const isRunning = async ({ id }: { id: JobId }) => (await read(tenant, id)).state === "running";
  await until("all are running", async () =>
    (await Promise.all(jobs.map(isRunning))).every(Boolean),
  );

  // Cut off, and its disk full, while they end: it tells of them when it can.
  north!.link.cut(true);
  const ballast = path.join(disk, "ballast");
  await fill(ballast);
  await until("all have ended", () => region.spells().every(({ toMs }) => toMs !== null));
  north!.link.cut(false);
  for (const { id } of jobs) expect((await ended(tenant, id)).state).toBe("succeeded");

  // It takes no new work until there is room for it.
  const waiting = await submit(tenant, writing(50));
  const running = await submit(tenant, aJob({ constraints: { allowCentres: ["south"] } }));
  expect((await ended(tenant, running.id)).state).toBe("succeeded");
  expect((await read(tenant, waiting.id)).state).toBe("placed");
  await rm(ballast);
  expect(await ended(tenant, waiting.id)).toMatchObject({ state: "succeeded", centre: "north" });
  await expectLawsToHold(region);
});
