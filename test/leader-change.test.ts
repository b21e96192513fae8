import { routes } from "@wadi/protocol";
import { expect, test } from "vitest";

import { aJob, ended, read, submit } from "./region/job.ts";
import type { HubSeat } from "./region/hub-seat.ts";
import { model } from "./region/layout.ts";
import { storyRegion } from "./region/story.ts";
import { until } from "./region/until.ts";

const region = storyRegion({ hubs: 2, hubEnv: { WADI_CERTIFY_MS: "1000" } });

async function leads(hub: HubSeat): Promise<boolean> {
  const reply = await fetch(`${hub.url()}/readyz`, { signal: AbortSignal.timeout(1000) });
  return ((await reply.json()) as { leader: boolean }).leader;
}

const inNorth = (runMs: number, differing: Parameters<typeof aJob>[0]) =>
  aJob({
    constraints: { allowCentres: ["north"] },
    replicas: 2,
    cards: { options: [{ model, count: 8 }] },
    env: { FAKE_RUN_MS: `${runMs}` },
    ...differing,
  });

test("another hub leads on from what is stored: promises, estimates, the certificate", async () => {
  const [one, two] = region().hubs as [HubSeat, HubSeat];
  const leader = await until("one leads", async () => {
    const [first, second] = await Promise.all([leads(one), leads(two)]);
    return first === second ? undefined : first ? one : two;
  });
  const second = leader === one ? two : one;
  region().turnTo(second);
  const { tenant, auditor } = region().clients;
  const holder = await submit(tenant, inNorth(7000, { maxRunTime: "20s" }));
  await until("it runs", async () => (await read(tenant, holder.id)).state === "running");
  const waiting = await submit(tenant, inNorth(200, {}));
  const promised = () =>
    until("its start is promised", async () => {
      const query = { params: { id: waiting.id }, query: {} };
      return (await tenant.call(routes.explainJob, query)).booking ?? undefined;
    });
  const before = await promised();
  const certified = await until("the plan is certified", async () => {
    const { certificate } = await auditor.call(routes.reportRegion, { query: {} });
    return certificate?.jobs === 1 && certificate;
  });
  expect(certified.bound).toBeGreaterThan(0n);

  await leader.kill();
  await until("the second one leads", () => leads(second));
  const after = await promised();
  const movedMs = Math.abs(after.startsBy.epochMilliseconds - before.startsBy.epochMilliseconds);
  expect(after.pool).toBe(before.pool);
  expect(movedMs).toBeLessThan(5000);
  const kept = await auditor.call(routes.reportRegion, { query: {} });
  expect(kept.certificate!.at.epochMilliseconds).toBeGreaterThanOrEqual(
    certified.at.epochMilliseconds,
  );

  expect(await ended(tenant, waiting.id)).toMatchObject({
    state: "succeeded",
    runs: [{ generation: 1 }],
  });
  expect((await ended(tenant, holder.id)).runs).toHaveLength(1);
  await leader.start();
});
