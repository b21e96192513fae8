import { defaultPolicy } from "@wadi/core/dispatch";
import { durationOf, type JobId } from "@wadi/core/units";
import { policyDocumentOf, routes } from "@wadi/protocol";
import { expect, test } from "vitest";

import { aJob, ended, read, submit } from "./region/job.ts";
import { model } from "./region/layout.ts";
import { storyRegion } from "./region/story.ts";
import { until } from "./region/until.ts";

const region = storyRegion();

const wide = (runMs: number, differing: Parameters<typeof aJob>[0]) =>
  aJob({
    constraints: { allowCentres: ["north"] },
    cards: { options: [{ model, count: 8 }] },
    env: { FAKE_RUN_MS: `${runMs}` },
    ...differing,
  });
/** Young runs may be stopped too; by default they are left alone for five minutes. */
const draft = policyDocumentOf({
  ...defaultPolicy,
  preemption: { ...defaultPolicy.preemption, leastRun: durationOf(0) },
});

test("an urgent job stops a preemptible one, which runs again and pays once", async () => {
  const { tenant, operator } = region().clients;
  const preemptible = await submit(tenant, wide(2000, { preemptible: true }));
  const other = await submit(tenant, wide(5000, {}));
  const running = (id: JobId) =>
    until("it runs", async () => (await read(tenant, id)).state === "running");
  await running(preemptible.id);
  await running(other.id);
  const urgent = await submit(tenant, wide(300, { priority: "urgent" }));

  // Nothing is stopped yet: a draft only shows what it would do.
  const { version } = await operator.call(routes.readPolicy, { query: {} });
  const diff = await operator.call(routes.diffPolicy, { query: { limit: 10 }, body: draft });
  expect(diff).toMatchObject({
    version,
    preemptions: {
      counts: { before: 0, after: 1 },
      onlyAfter: [{ job: preemptible.id, for: urgent.id, rule: "class" }],
    },
  });
  expect((await read(tenant, urgent.id)).runs).toEqual([]);
  expect(await operator.call(routes.putPolicy, { body: draft })).toMatchObject({
    version: version + 1,
  });

  const first = await ended(tenant, urgent.id);
  expect(first).toMatchObject({ state: "succeeded", runs: [{ preempted: false }] });
  const again = await ended(tenant, preemptible.id);
  expect(again).toMatchObject({ state: "succeeded", held: 0n });
  expect(again.runs).toMatchObject([
    { generation: 1, state: "stopped", preempted: true },
    { generation: 2, state: "succeeded", preempted: false },
  ]);
  // What it had done is lost, and so not paid; in the north a card costs a fen a second.
  const charges = again.runs.map(({ charge }) => charge!);
  expect(charges[0]).toMatchObject({ charge: 0n });
  expect(charges[0]!.usage.cardSeconds).toBeGreaterThan(0n);
  const { charge, usage } = charges[1]!;
  expect(usage.cardSeconds).toBeGreaterThanOrEqual(8n * 2n);
  expect(charge).toBe(usage.cardSeconds * 10_000n);
  expect(again.charged).toBe(charge);
  expect((await ended(tenant, other.id)).runs).toMatchObject([{ preempted: false }]);
});

test("the policy before can be read, and be set again", async () => {
  const { operator, auditor } = region().clients;
  const { version, policy } = await auditor.call(routes.readPolicy, { query: {} });
  expect(policy.preemption.leastRun).toBe(0);
  const usual = policyDocumentOf(defaultPolicy);
  const set = await operator.call(routes.putPolicy, { body: usual });
  expect(set).toMatchObject({ version: version + 1, policy: usual });
  const earlier = await auditor.call(routes.readPolicy, { query: { version } });
  expect(earlier.policy).toEqual(policy);
});
