import { faultSuite } from "./faults/fault-suite.ts";
import { planned } from "./faults/schedule.ts";
import { aJob } from "./region/job.ts";

/*
 * Kill, freeze, cut off, lose, double, delay: whatever happens, no accepted job is lost, none runs
 * twice at the same time, none is charged twice. The agents are real, their engines far ones, so
 * that runs survive them.
 */
faultSuite({
  region: { database: "own" },
  share: 0.5,
  jobsMax: 30,
  kinds: [
    "hub killed",
    "hub frozen",
    "agent killed",
    "agent frozen",
    "hub and agent killed",
    "link cut",
    "bad weather on the link",
    "bad weather for clients",
    "runs lost",
    "engine out of reach",
    "database killed",
  ],
  specOf: () => (job, after) => {
    const env = { FAKE_RUN_MS: String(job.runMs), FAKE_EXIT: String(job.exitCode) };
    return aJob({ ...planned(job, after), env });
  },
  found: {},
});
