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
    env: { FAKE_RUN_MS: "1300", FAKE_BUSY: "250" },
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

  const changes: ((reading: Record<string, unknown>) => void)[] = [
    (reading) => (reading["to"] = "2031-01-01T00:00:00Z"),
    (reading) => (reading["busyTime"] = "1ms"),
    (reading) => delete reading["busyTime"],
  ];
  for (const change of changes) {
    const other = structuredClone(json) as {
      charges: { readings: Record<string, unknown>[] }[];
    };
    change(other.charges[0]!.readings[0]!);
    const wrong = await verify(other);
    expect(wrong.stdout).toMatch(/is not what (north|south) signed/);
    expect(wrong.code).toBe(1);
  }
});

test("how busy the cards were stands beside what was held, each with its basis", async () => {
  const { tenant: client } = region().clients;
  const cards = { options: [{ model, count: 4 }] };
  const env = { FAKE_RUN_MS: "2000", FAKE_BUSY: "1000" };
  const { id } = await submit(client, aJob({ cards, maxRunTime: "10s", env }));
  await ended(client, id);
  const { items } = await client.call(routes.readRunMetering, { params: { id } });
  const [{ figures, plausibility }] = items as [(typeof items)[number]];
  const seconds = figures.filter(({ measure }) => measure === "card-seconds");
  expect(seconds.map(({ basis }) => basis)).toEqual(["allocated", "used"]);
  const [allocated, used] = seconds.map(({ quantity }) => quantity) as [bigint, bigint];
  expect(used).toBeGreaterThanOrEqual(8n);
  expect(allocated).toBeGreaterThanOrEqual(used);
  expect(plausibility.kind).toBe("plausible");
});
