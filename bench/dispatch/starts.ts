import { defaultPolicy } from "@wadi/core/dispatch";
import { meanOf, production, simulate, type Dispatcher, type JobOutcome } from "@wadi/simulator";

import { phillyCase, phillyTexts, type PhillyCase } from "./philly-case.ts";
import { median, row } from "./table.ts";
import { tracesFolder } from "./traces.ts";

const seeds = [1, 2, 3];
const minuteMs = 60_000;
const roundEveryMs = minuteMs;
const ways = [
  { name: "outlook, calibrated", outlookEveryMs: 0 },
  { name: "from bookings alone", outlookEveryMs: null },
] as const;

/** B7: how good the starts were that jobs were told when they came. */
export async function starts(): Promise<void> {
  const folder = tracesFolder();
  if (folder === undefined) return;
  const texts = await phillyTexts(folder);
  console.log("The region and the weeks of Philly of the table of costs; declared run times wrong");
  console.log(
    "by a factor drawn from 0.5 to 2; default policy; one decision a minute. Of the jobs",
  );
  console.log("that waited more than a minute and did not start in the first decision after they");
  console.log("came: | real start − told P50 | beside the real wait, and who started by the P90\n");
  const goals = ["median error, goal ≤ 20 %", "by the P90, goal 90 %"];
  const cells = ["", "seed", "waited", "told", ...goals, "mean wait, h"];
  row(...cells);
  row(...cells.map(() => "---"));
  for (const seed of seeds) {
    const play = phillyCase(texts, seed);
    const { fleet } = play;
    // The baseline is played once: it takes as long as the other.
    for (const { name, outlookEveryMs } of seed === seeds[0] ? ways : ways.slice(0, 1)) {
      const beside = { certifyEveryMs: 60 * minuteMs, outlookEveryMs };
      show(play, { seed, dispatcher: production(name, defaultPolicy, fleet, beside) });
    }
  }
  console.log();
}

function show(
  { workload, fleet }: PhillyCase,
  { seed, dispatcher }: { seed: number; dispatcher: Dispatcher },
): void {
  const { jobs } = simulate({ workload, fleet, dispatcher, seed, roundEveryMs });
  const waited = jobs.filter((job) => waitOf(job) > minuteMs && !isAtOnce(job));
  const told = waited.filter(({ estimate }) => estimate !== null);
  const errors = told.map(
    (job) => Math.abs(job.startedMs! - job.estimate!.p50Ms) / Math.max(1, waitOf(job)),
  );
  const inTime = told.filter(({ startedMs, estimate }) => startedMs! <= estimate!.p90Ms);
  const percent = (part: number) => `${(part * 100).toFixed(1)} %`;
  row(
    ...[dispatcher.name, seed, waited.length.toLocaleString("en")],
    ...[percent(told.length / waited.length), percent(median(errors))],
    percent(inTime.length / told.length),
    (meanOf(waited.map(waitOf)) / (60 * minuteMs)).toFixed(2),
  );
}

const waitOf = ({ startedMs, submittedMs }: JobOutcome) => (startedMs ?? Infinity) - submittedMs;

/** Started by the very decision that told it. */
const isAtOnce = ({ estimate, startedMs }: JobOutcome) =>
  estimate?.p50Ms === startedMs && estimate?.p90Ms === startedMs;
