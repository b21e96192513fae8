import { RunRefused } from "@wadi/agent";
import { routes } from "@wadi/protocol";
import { expect, test } from "vitest";

import { aJob, ended, submit } from "./region/job.ts";
import { storyRegion } from "./region/story.ts";

const region = storyRegion();

test("a pool that refuses a run is ruled out for its job, which runs elsewhere", async () => {
  const { tenant } = region().clients;
  const [north] = region().centres;
  const engine = north!.far!.centre;
  engine.start = () => {
    throw new RunRefused("cannot-start", "the centre's image store is being moved");
  };
  const job = await submit(tenant, aJob()); // the north is the cheaper one
  const after = await ended(tenant, job.id);
  expect(after).toMatchObject({ state: "succeeded", centre: "south", held: 0n });
  expect(after.runs).toMatchObject([
    { centre: "north", state: "refused", charge: { charge: 0n } },
    { centre: "south", state: "succeeded" },
  ]);

  const said = await tenant.call(routes.explainJob, { params: { id: job.id }, query: {} });
  expect(said.candidates).toMatchObject([
    { pool: "south-a800", verdict: "chosen" },
    { pool: "north-a800", verdict: "refused", reason: { code: "refused-before" } },
  ]);
  const chinese = { params: { id: job.id }, query: { language: "zh" } } as const;
  const { candidates } = await tenant.call(routes.explainJob, chinese);
  expect(candidates[1]!.reason!.sentence).toBe("north-a800 已明确拒绝过该作业的运行。");

  delete (engine as { start?: unknown }).start;
  const next = await submit(tenant, aJob());
  expect(await ended(tenant, next.id)).toMatchObject({ centre: "north", runs: [{}] });
});
