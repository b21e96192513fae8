import path from "node:path";
import { expect } from "vitest";
import type { BrokenLaw } from "@wadi/core/job";

import { tellBroken } from "../region/tell-broken.ts";
import type { Stage } from "./run-schedule.ts";
import type { Schedule } from "./schedule.ts";

/** Everything that helps to see what went wrong in a schedule, as text. */
export async function tellFailure(
  { region, log }: Stage,
  { seed }: Schedule,
  broken: readonly BrokenLaw[],
): Promise<string> {
  const file = path.relative(process.cwd(), expect.getState().testPath ?? "");
  return [
    `seed ${seed}; again: WADI_FAULT_SEED=${seed} WADI_FAULT_SCHEDULES=1 npx vitest run ${file}`,
    "--- faults:",
    ...log,
    ...(await tellBroken(region, broken)),
  ].join("\n");
}
