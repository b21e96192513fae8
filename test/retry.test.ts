import { expect, test } from "vitest";

import { aJob, ended, submit } from "./region/job.ts";
import { storyRegion } from "./region/story.ts";

const region = storyRegion();

const failing = (env: Record<string, string>, retry: object) =>
  aJob({ env: { FAKE_RUN_MS: "30", ...env }, retry });

test("an exit code is tried again as often as allowed; each run is charged", async () => {
  const { tenant } = region().clients;
  const retry = { times: 2, exitCodes: [75] };
  const job = await submit(tenant, failing({ FAKE_EXIT: "75" }, retry));
  const after = await ended(tenant, job.id);
  expect(after).toMatchObject({ state: "failed", why: "exit-code", held: 0n });
  expect(after.runs.map(({ generation, exitCode }) => [generation, exitCode])).toEqual([
    [1, 75],
    [2, 75],
    [3, 75],
  ]);
  const charges = after.runs.map(({ charge }) => charge!.charge);
  expect(charges.every((charge) => charge > 0n)).toBe(true);
  expect(after.charged).toBe(charges.reduce((sum, charge) => sum + charge, 0n));
});

test("another exit code ends the job", async () => {
  const { tenant } = region().clients;
  const retry = { times: 2, exitCodes: [75] };
  const job = await submit(tenant, failing({ FAKE_EXIT: "1" }, retry));
  const after = await ended(tenant, job.id);
  expect(after).toMatchObject({ state: "failed", runs: [{ exitCode: 1 }] });
});

test("a run that its centre loses is run again without using up retries, and is free", async () => {
  const { tenant } = region().clients;
  const job = await submit(
    tenant,
    failing({ FAKE_END: "lost" }, { times: 0, rerunWhenLost: false }),
  );
  const after = await ended(tenant, job.id);
  expect(after).toMatchObject({ state: "failed", why: "run-lost", charged: 0n });
  expect(after.runs).toMatchObject([{ state: "lost" }]);
});

test("a run that its centre refuses goes to the other, and not to and fro for ever", async () => {
  const { tenant } = region().clients;
  const job = await submit(tenant, failing({ FAKE_REFUSE: "cannot-start" }, {}));
  const after = await ended(tenant, job.id);
  expect(after).toMatchObject({ state: "failed", why: "run-refused", charged: 0n });
  // Five refusals are too many; by then both pools are asked for the third time.
  expect(after.runs.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => "refused"));
  const pools = after.runs.map(({ pool }) => pool);
  expect(pools.filter((pool, i) => i % 2 === 1 && pool === pools[i - 1])).toEqual([]);
});
