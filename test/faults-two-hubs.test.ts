import { faultSuite } from "./faults/fault-suite.ts";
import { planned } from "./faults/schedule.ts";
import { aJob } from "./region/job.ts";

/*
 * Two hubs on one database, of which one makes the rounds: it is killed, or frozen until the other
 * has taken its place and then set free. No job is placed twice.
 */
faultSuite({
  region: { hubs: 2 },
  share: 0.25,
  jobsMax: 30,
  kinds: [
    "leader killed",
    "leader frozen",
    "requests turned to the other hub",
    "agent killed",
    "bad weather on the link",
    "bad weather for clients",
    "database killed",
  ],
  specOf: () => (job, after) => {
    const env = { FAKE_RUN_MS: String(job.runMs), FAKE_EXIT: String(job.exitCode) };
    return aJob({ ...planned(job, after), env });
  },
  found: {},
});
