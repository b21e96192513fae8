import { expect, test } from "vitest";

import { aJob, ended, read, submit } from "./region/job.ts";
import type { HubSeat } from "./region/hub-seat.ts";
import { storyRegion } from "./region/story.ts";
import { until } from "./region/until.ts";

// Leadership with the timings that hubs have by themselves.
const region = storyRegion({ hubs: 2, hubEnv: { WADI_LEADER_MS: "10000" } });
const takeOverMs = 15_000;

async function leads(hub: HubSeat): Promise<boolean> {
  const reply = await fetch(`${hub.url()}/readyz`, { signal: AbortSignal.timeout(1000) });
  return ((await reply.json()) as { leader: boolean }).leader;
}

async function leaderAndSecond(): Promise<[HubSeat, HubSeat]> {
  const [one, two] = region().hubs as [HubSeat, HubSeat];
  return until("one of them leads", async () => {
    const [first, second] = await Promise.all([leads(one), leads(two)]);
    if (first === second) return undefined;
    return first ? [one, two] : [two, one];
  });
}

/** @returns how long the second hub took, from the fault on, to place a job */
async function takesOver(fault: (leader: HubSeat) => Promise<void> | void): Promise<number> {
  const [leader, second] = await leaderAndSecond();
  region().turnTo(second);
  const { tenant } = region().clients;
  await submit(tenant, aJob()).then(({ id }) => ended(tenant, id)); // it serves, the other leads

  const beganMs = performance.now();
  await fault(leader);
  const job = await submit(tenant, aJob());
  expect(performance.now() - beganMs).toBeLessThan(3000); // taken in without a leader
  await until("the job is placed", async () => (await read(tenant, job.id)).runs.length > 0, {
    withinMs: takeOverMs + 10_000,
  });
  const tookMs = performance.now() - beganMs;
  expect(await leads(second)).toBe(true);
  expect((await ended(tenant, job.id)).runs).toHaveLength(1);
  return tookMs;
}

test("a second hub takes over the rounds of one that is killed", async () => {
  const [leader] = await leaderAndSecond();
  expect(await takesOver((hub) => hub.kill())).toBeLessThan(takeOverMs);
  await leader.start();
});

test("a second hub takes over from a frozen one; thawed, that one leads no more", async () => {
  const { tenant } = region().clients;
  const [leader, second] = await leaderAndSecond();
  expect(await takesOver((hub) => hub.freeze())).toBeLessThan(takeOverMs);

  // It believes that it leads still, and there is work: whatever it does must count for nothing.
  const jobs = await Promise.all(Array.from({ length: 20 }, () => submit(tenant, aJob())));
  leader.thaw();
  for (const { id } of jobs) expect((await ended(tenant, id)).runs).toHaveLength(1);
  await until("it knows that it leads no more", async () => !(await leads(leader)));
  expect(await leads(second)).toBe(true);
});
