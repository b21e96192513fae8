import { setTimeout as sleep } from "node:timers/promises";
import type { BrokenLaw, Evidence, JobSpec } from "@wadi/core/job";
import type { JobId } from "@wadi/core/units";
import { checkLaws } from "@wadi/hub";

import { clearWeather } from "../region/proxy.ts";
import type { TestRegion } from "../region/test-region.ts";
import { until } from "../region/until.ts";
import { faultKinds } from "./fault-kinds.ts";
import { evidenceOf, submitAgain, submitAll, type Told } from "./load.ts";
import { openJobs } from "./open-jobs.ts";
import type { PlannedFault, PlannedJob, Schedule } from "./schedule.ts";

/** A region under fire, with what is known of it from all schedules so far. */
export interface Stage {
  readonly region: TestRegion;
  readonly told: Told;
  readonly specOf: (job: PlannedJob, after: JobId | null) => JobSpec;
  /** What was done, line by line; begun anew with each schedule. */
  readonly log: string[];
}

/** How long a region may take to come to rest once all is mended. */
const restMs = 60_000;

/**
 * Plays a schedule on a region, mends everything, waits until all is quiet, and looks whether the
 * laws hold; they are looked at in the middle of it as well.
 * @returns the broken laws; none when all hold
 */
export async function playSchedule(stage: Stage, schedule: Schedule): Promise<BrokenLaw[]> {
  const { region } = stage;
  stage.log.length = 0;
  const say = startLog(stage.log);
  const load = { clients: region.clients, told: stage.told, specOf: stage.specOf };
  const loaded = submitAll(schedule, load);
  loaded.catch(() => {}); // awaited below
  await Promise.all(schedule.faults.map((fault) => inflict(region, fault, say)));
  await mendAll(region);
  say("all mended");
  const inBetween = await look(stage, { isQuiet: false });
  if (inBetween.length > 0) return inBetween;

  await loaded;
  await submitAgain(schedule, load);
  say("all answered");
  const isQuiet = await comesToRest(region);
  say(isQuiet ? "all quiet" : `not quiet after ${restMs} ms`);
  return look(stage, { isQuiet: true });
}

type Say = (what: string) => void;

function startLog(lines: string[]): Say {
  const began = performance.now();
  return (what) => {
    const ms = Math.round(performance.now() - began);
    lines.push(`${String(ms).padStart(6)} ms  ${what}`);
  };
}

async function inflict(region: TestRegion, fault: PlannedFault, say: Say): Promise<void> {
  const { kind, atMs, lastsMs, place } = fault;
  await sleep(atMs);
  const name = `${kind} (${place})`;
  say(`${name} begins, for ${lastsMs} ms`);
  try {
    const mend = await faultKinds[kind].begin(region, place);
    await sleep(lastsMs);
    await mend();
    say(`${name} is mended`);
  } catch (error) {
    say(`${name}: ${(error as Error).message}`); // another fault came into its way
  }
}

/** Whatever faults have left, so that the region could work as on its first day. */
async function mendAll({ hubs, centres, front }: TestRegion): Promise<void> {
  for (const proxy of [front, ...centres.map(({ link }) => link)]) {
    proxy.weather = clearWeather;
    proxy.cut(false);
  }
  for (const { far } of centres) if (far) far.centre.isReachable = true;
  for (const seat of [...hubs, ...centres]) {
    seat.thaw();
    await until(`${seat.name} stands`, () => seat.start().then(() => true), { withinMs: 120_000 });
  }
}

/** @returns whether it did */
async function comesToRest(region: TestRegion): Promise<boolean> {
  const isAtRest = async () => {
    if (region.spells().some(({ toMs }) => toMs === null)) return false;
    return (await openJobs(region)) === 0;
  };
  return until("the region is at rest", isAtRest, { withinMs: restMs, everyMs: 100 }).catch(
    () => false as const,
  );
}

async function look(
  { region, told }: Stage,
  { isQuiet }: { isQuiet: boolean },
): Promise<BrokenLaw[]> {
  // What was seen is taken at the moment of reading: with the database away that may be long after,
  // and runs that began and ended meanwhile would look as if nobody had seen them.
  const evidence = (): Evidence => {
    return { ...evidenceOf(told), spells: region.spells(), atMs: Date.now() };
  };
  return until(
    "the database can be read",
    () =>
      region.hubs[0]!.withDb(async (db) => {
        await db.sql`select 1`; // it may take a while until there is a connection
        return checkLaws(db, { evidence: evidence(), isQuiet });
      }),
    { withinMs: 60_000 },
  );
}
