import { afterAll, expect, test } from "vitest";
import type { JobSpec } from "@wadi/core/job";
import type { JobId } from "@wadi/core/units";

import { startRegion, type RegionWish, type TestRegion } from "../region/test-region.ts";
import type { FaultKind } from "./fault-kinds.ts";
import { nothingTold } from "./load.ts";
import { playSchedule, type Stage } from "./run-schedule.ts";
import { makeSchedule, type PlannedJob } from "./schedule.ts";
import { tellFailure } from "./tell-failure.ts";

export interface FaultSuite {
  readonly region: RegionWish;
  readonly kinds: readonly FaultKind[];
  /** Of all schedules that were asked for, this part: 0.5 is half of them. */
  readonly share: number;
  readonly jobsMax: number;
  readonly specOf: (region: TestRegion) => (job: PlannedJob, after: JobId | null) => JobSpec;
  /** Seeds that once failed, each with what it found. */
  readonly found: Readonly<Record<number, string>>;
}

/**
 * How many schedules in all suites together, and the seed of the first. Without a seed each time
 * others; with the one that a failure has told and a count of 1 that one again. With a log, each
 * schedule's faults are printed.
 */
const asked = {
  schedules: Number(process.env["WADI_FAULT_SCHEDULES"] ?? 40),
  seed: process.env["WADI_FAULT_SEED"],
  isTalkative: process.env["WADI_FAULT_LOG"] === "1",
};

const scheduleMsMax = 240_000;

/** A test for each seed, all on one region; after a failure the others get a new one. */
export function faultSuite(suite: FaultSuite): void {
  let stage: Promise<Stage> | undefined;
  const close = async () => {
    const closing = await stage?.catch(() => undefined);
    stage = undefined;
    await closing?.region.close();
  };
  afterAll(close, 120_000);

  for (const { seed, what } of seedsOf(suite)) {
    test(`seed ${seed}: ${what}`, { timeout: scheduleMsMax }, async () => {
      const schedule = makeSchedule({ ...suite, seed });
      const on = await (stage ??= openStage(suite, seed));
      const broken = await playSchedule(on, schedule).catch((error: unknown) => [
        { law: "the schedule can be played", detail: String((error as Error).stack) },
      ]);
      if (asked.isTalkative) console.log(on.log.join("\n"));
      if (broken.length > 0) {
        console.error(await tellFailure(on, schedule, broken));
        await close().catch((error: unknown) => console.error(error));
      }
      expect(broken, `seed ${seed}`).toEqual([]);
    });
  }
}

async function openStage(suite: FaultSuite, seed: number): Promise<Stage> {
  const region = await startRegion({ ...suite.region, seed });
  return { region, told: nothingTold(), specOf: suite.specOf(region), log: [] };
}

interface Planned {
  readonly seed: number;
  readonly what: string;
}

function seedsOf({ share, found }: FaultSuite): Planned[] {
  const count = Math.max(1, Math.round(asked.schedules * share));
  const first = asked.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(asked.seed);
  const fresh = Array.from({ length: count }, (_, i): Planned => {
    return { seed: first + i, what: "whatever happens, the laws hold" };
  });
  if (asked.seed !== undefined) return fresh;
  const known = Object.entries(found).map(([seed, what]) => ({ seed: Number(seed), what }));
  return [...known, ...fresh];
}
