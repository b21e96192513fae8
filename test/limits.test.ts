import { parseYuan } from "@wadi/core/units";
import { expect, test } from "vitest";

import { aJob, ended, submit } from "./region/job.ts";
import { model } from "./region/layout.ts";
import { storyRegion } from "./region/story.ts";

const region = storyRegion();
const endless = { FAKE_RUN_MS: "3600000" };

test("a run is stopped at its longest run time, and charged at most what was held", async () => {
  const { tenant } = region().clients;
  const job = await submit(tenant, aJob({ maxRunTime: "1s", env: endless }));
  const after = await ended(tenant, job.id);
  expect(after).toMatchObject({
    state: "failed",
    why: "timed-out",
    held: 0n,
    runs: [{ state: "timed-out" }],
  });
  expect(after.charged).toBeGreaterThan(0n);
  expect(after.charged).toBeLessThanOrEqual(job.held);
});

test("a budget holds no more than itself, and ends a run when it is spent", async () => {
  const { other } = region().clients;
  const cards = { options: [{ model, count: 8, expectedRunTime: "1s" }] };
  const job = await submit(other, aJob({ cards, maxRunTime: "1h", maxCost: "0.16", env: endless }));
  expect(job.held).toBe(parseYuan("0.16"));
  const after = await ended(other, job.id);
  expect(after).toMatchObject({ state: "failed", why: "timed-out", charged: parseYuan("0.16") });
});

test("a budget below the expected cost is refused, pool by pool", async () => {
  const { tenant } = region().clients;
  const cards = { options: [{ model, count: 1, expectedRunTime: "10m" }] };
  await expect(submit(tenant, aJob({ cards, maxCost: "0.50" }))).rejects.toMatchObject({
    status: 422,
    code: "nowhere-to-run",
    facts: { reasons: [{ code: "over-budget" }, { code: "over-budget" }] },
  });
});

test("a deadline that cannot be kept is refused, pool by pool", async () => {
  const { tenant } = region().clients;
  const cards = { options: [{ model, count: 1, expectedRunTime: "2h" }] };
  const deadline = Temporal.Now.instant().add({ hours: 1 }).toString();
  const late = aJob({ cards, deadline, maxRunTime: "3h" });
  await expect(submit(tenant, late)).rejects.toMatchObject({
    status: 422,
    code: "nowhere-to-run",
    facts: { reasons: [{ code: "past-deadline" }, { code: "past-deadline" }] },
  });
});

test("what the balance does not cover is refused, and nothing stays held", async () => {
  const { other } = region().clients;
  const dear = aJob({ maxRunTime: "366d", cards: { options: [{ model, count: 8 }] } });
  await expect(submit(other, dear)).rejects.toMatchObject({
    status: 402,
    code: "exceeds-balance",
  });
});
