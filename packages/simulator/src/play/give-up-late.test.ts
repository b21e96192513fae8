import { defaultPolicy } from "@wadi/core/dispatch";
import { expect, test } from "vitest";
import { simulate } from "../simulate.ts";
import { aHost, aJob, aPool, aWorkload, hour, noon } from "./builders.testing.ts";
import { production } from "./production.ts";

test("a job that cannot start in time is given up when its deadline goes by", () => {
  const fleet = { pools: [aPool("east", { hosts: [aHost("h1", { cards: 1 })] })], links: [] };
  const workload = aWorkload(
    aJob("a", { hours: { "h100-sxm": 5 } }),
    aJob("b", { deadlineMs: noon + 3 * hour }),
  );
  const dispatcher = production("production", defaultPolicy, fleet);
  const { jobs, samples } = simulate({ workload, fleet, dispatcher, seed: 1 });
  expect(jobs.map(({ startedMs, endedMs }) => [startedMs, endedMs])).toEqual([
    [noon, noon + 5 * hour],
    [null, null],
  ]);
  expect(samples.at(-1)!.queuedJobs).toBe(0);
});
