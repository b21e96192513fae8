import { readFile } from "node:fs/promises";
import { defaultPolicy } from "@wadi/core/dispatch";
import { meanOf, production, simulate, type SimResult } from "@wadi/simulator";
import { cardsOf, readFleet, type Fleet } from "@wadi/simulator/fleet";
import { generate } from "@wadi/simulator/generator";
import { splitImpossible } from "@wadi/simulator/readers";

import { row } from "./table.ts";

const small = new URL("../../examples/province/small-fleet.yaml", import.meta.url);
const seed = 1;
const hourMs = 3_600_000;

/**
 * How long `wadi simulate` plays: a week of as much work as the cards can do, default policy, with
 * the certificates and the expected starts that go along with it.
 */
export async function simulations(): Promise<void> {
  const fleet = readFleet(await readFile(small, "utf8"), "small-fleet.yaml");
  const cards = cardsOf(fleet).toLocaleString("en");
  console.log(
    `A week of jobs that ask for as many card-hours as ${cards} cards have, 500 tenants,`,
  );
  console.log("300 kinds of work; declared run times wrong by a factor of up to 2\n");
  const cells = ["jobs", "rounds", "p50", "p99", "most that waited", "mean wait", "wall", "user"];
  row(...cells);
  row(...cells.map(() => "---"));
  for (const jobs of [10_000, 60_000]) show(play(fleet, jobs));
  console.log("\ngoal: 60,000 jobs to their end in ≤ 60 s\n");
}

function play(fleet: Fleet, jobs: number) {
  const timeZone = fleet.centres[0]!.timeZone;
  const from = Temporal.PlainDate.from("2026-03-02").toZonedDateTime(timeZone).toInstant();
  const week = { days: 7, load: 1, tenants: 500, kinds: 300 };
  const made = generate({ ...week, seed, jobs, from, fleet, timeZone });
  const workload = splitImpossible(made, fleet);
  const beganMs = performance.now();
  const before = process.cpuUsage();
  const dispatcher = production("default", defaultPolicy, fleet);
  const result = simulate({ workload, fleet, dispatcher, seed });
  const userMs = process.cpuUsage(before).user / 1000;
  return { result, wallMs: performance.now() - beganMs, userMs };
}

function show({ result, wallMs, userMs }: { result: SimResult; wallMs: number; userMs: number }) {
  const { jobs, rounds, samples } = result;
  const waits = jobs.flatMap(({ startedMs, submittedMs }) =>
    startedMs === null ? [] : [startedMs - submittedMs],
  );
  row(
    jobs.length.toLocaleString("en"),
    rounds.count.toLocaleString("en"),
    `${rounds.medianMs.toFixed(1)} ms`,
    `${rounds.p99Ms.toFixed(1)} ms`,
    samples.reduce((most, { queuedJobs }) => Math.max(most, queuedJobs), 0),
    `${(meanOf(waits) / hourMs).toFixed(2)} h`,
    `${(wallMs / 1000).toFixed(1)} s`,
    `${(userMs / 1000).toFixed(1)} s`,
  );
}
