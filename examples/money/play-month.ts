import { routes, type jobSpec } from "@wadi/protocol";
import type { z } from "zod";

import { dayAt, hours, isUntil, lastDay } from "./calendar.ts";
import { theOne, type People } from "./people.ts";
import type { PlannedJob, PlannedMonth } from "./plan-jobs.ts";
import { joinCentre, type PlayedCentre } from "./played-centre.ts";
import { lastReport } from "./played-run.ts";
import type { Province } from "./found.ts";
import type { Region } from "./region.ts";

/** The month as it is played, day after day. */
export interface Play {
  readonly region: Region;
  readonly people: People;
  readonly stop: AbortSignal;
  /** What else happens on a day, before its first jobs. */
  readonly onDay: (day: number) => Promise<void>;
}

export interface Played {
  readonly centres: readonly PlayedCentre[];
  readonly submitted: number;
  readonly started: number;
}

/**
 * Plays the planned days and goes on until every run is over; the clock then stands at the last
 * report of the month. Jobs come in four times a day; centres report at the same hours.
 * @throws Error when a run is not over by then
 */
export async function playMonth(
  { centres: planned }: Pick<Province, "centres">,
  plan: PlannedMonth,
  play: Play,
): Promise<Played> {
  const { region, people, stop, onDay } = play;
  const jobs = new Map<string, PlannedJob>();
  const joining = { hub: region.url, operator: region.operator, jobs };
  const centres: PlayedCentre[] = [];
  for (const { id } of planned) centres.push(await joinCentre(id, joining));
  let [submitted, started] = [0, 0];
  for (let day = 1; day <= lastDay; day += 1) {
    const today = plan[day - 1];
    region.clock.turnTo(dayAt(day));
    await region.sweep();
    await onDay(day);
    for (const [slot, hour] of hours.entries()) {
      stop.throwIfAborted();
      const lost = await reportAll(region, centres, dayAt(day, hour));
      const due = today?.[slot] ?? [];
      for (const job of due) jobs.set(await submit(people, job), job);
      started += await takeAll(region, centres, due.length + lost);
      submitted += due.length;
    }
  }
  await reportAll(region, centres, lastReport);
  const left = centres.reduce((sum, one) => sum + one.running(), 0);
  if (left > 0) throw new Error(`${left} runs are not over at the end of the month`);
  return { centres, submitted, started };
}

/** One centre after the other, so that charges are posted in the same order each time. */
async function reportAll(
  { clock }: Region,
  centres: readonly PlayedCentre[],
  at: Temporal.Instant,
): Promise<number> {
  if (!isUntil(at, lastReport)) return 0;
  clock.turnTo(at);
  let lost = 0;
  for (const centre of centres) lost += await centre.report(at);
  return lost;
}

/** How often centres ask in vain before they go on without a run that was expected. */
const patience = 25;

async function takeAll(
  { clock }: Region,
  centres: readonly PlayedCentre[],
  expected: number,
): Promise<number> {
  let taken = 0;
  for (let tries = 0; taken < expected && tries < patience; tries += 1) {
    const counts = await Promise.all(centres.map((centre) => centre.take(clock.now())));
    const now = counts.reduce((sum, one) => sum + one, 0);
    taken += now;
    if (now > 0) tries = 0;
  }
  return taken;
}

async function submit({ members }: People, job: PlannedJob): Promise<string> {
  const { id } = await theOne(members, job.tenant).ask(routes.submitJob, { body: bodyOf(job) });
  return id;
}

/** Waiting is dear to it: it starts at once, by day as well. */
const bodyOf = (job: PlannedJob): z.input<typeof jobSpec> => ({
  version: 1,
  name: job.name,
  run: { kind: "command", argv: ["./train"] },
  cards: {
    options: job.models.map((model) => {
      return { model, count: job.cards, expectedRunTime: `${job.minutes}m` };
    }),
  },
  replicas: job.replicas,
  maxRunTime: `${job.minutes + 60}m`,
  waitingCostPerHour: "10000",
});
