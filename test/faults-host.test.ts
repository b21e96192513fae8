import { faultSuite } from "./faults/fault-suite.ts";
import { planned } from "./faults/schedule.ts";
import { shellJob } from "./region/job.ts";

/*
 * The same on the host engine: real processes under a keeper, which outlives its agent and is
 * killed in turn. Each run holds a line to the test as long as anything of it is alive.
 */
faultSuite({
  region: { database: "own", engine: "host", agentConfig: "runs: { stopGrace: 300ms }" },
  share: 0.25,
  jobsMax: 12,
  kinds: [
    "hub killed",
    "hub frozen",
    "agent killed",
    "agent frozen",
    "hub and agent killed",
    "link cut",
    "bad weather on the link",
    "runs lost",
  ],
  specOf: (region) => (job, after) =>
    shellJob(region, `sleep ${job.runMs / 1000}; exit ${job.exitCode}`, planned(job, after)),
  found: {},
});
