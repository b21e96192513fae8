import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { formatYuan } from "@wadi/core/units";
import { bundle, routes } from "@wadi/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";

import { aJob, ended, submit } from "./region/job.ts";
import { model, tenant } from "./region/layout.ts";
import { storyRegion } from "./region/story.ts";

/* Real agents sign what they read; the bill is proved in a process that knows no hub. */

const region = storyRegion();
const main = path.resolve(import.meta.dirname, "../packages/cli/src/main.ts");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "wadi-bundle-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `wadi verify` where there is no hub, no key and nothing in the environment. */
async function verify(json: unknown): Promise<{ code: number; stdout: string }> {
  const file = path.join(folder, "bill.json");
  await writeFile(file, JSON.stringify(json));
  const how = { env: { PATH: "/usr/bin:/bin", HOME: folder }, cwd: folder };
  try {
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [main, "verify", "bill.json"], how);
    return { code: 0, stdout };
  } catch (error) {
    return error as { code: number; stdout: string };
  }
}

test("a bill of signed readings proves itself in another process, a changed one not", async () => {
  const { tenant: client } = region().clients;
  const spec = aJob({
    cards: { options: [{ model, count: 8 }] },
    maxRunTime: "10s",
    env: { FAKE_RUN_MS: "1300" },
  });
  const jobs = await Promise.all([submit(client, spec), submit(client, spec)]);
  const done = await Promise.all(jobs.map(({ id }) => ended(client, id)));
  const charges = done.flatMap(({ runs }) =>
    runs.flatMap(({ charge }) => (charge ? [charge] : [])),
  );

  const request = { params: { id: tenant }, query: {} };
  const json = (await client.wire(routes.tenantBundle, request)) as Record<string, unknown>;
  const read = bundle.parse(json);
  const readings = read.charges.flatMap((one) => one.readings);
  expect(readings.length).toBeGreaterThanOrEqual(2);
  expect(readings.every(({ signed }) => signed !== null)).toBe(true);
  const sum = charges.reduce((all, { charge }) => all + charge, 0n);
  expect(read.totals.charge).toBe(sum);

  const right = await verify(json);
  expect(right.stdout).toContain(`${readings.length} of them signed by their centres`);
  expect(right.stdout).toContain(`2, ¥${formatYuan(read.totals.charge)}`);
  expect(right.code).toBe(0);

  const longer = structuredClone(json) as { charges: { readings: { to: string }[] }[] };
  longer.charges[0]!.readings[0]!.to = "2031-01-01T00:00:00Z";
  const wrong = await verify(longer);
  expect(wrong.stdout).toMatch(/is not what (north|south) signed/);
  expect(wrong.code).toBe(1);
});
