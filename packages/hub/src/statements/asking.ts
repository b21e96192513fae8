import type { JobId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import type { Asked } from "./period.ts";
import type { Words } from "./words.ts";

/** The names of jobs; those that are not there are left out. */
export type JobNames = (sql: Sql, jobs: readonly JobId[]) => Promise<ReadonlyMap<JobId, string>>;

/** What every statement is asked for with. */
export interface Asking {
  readonly asked: Asked;
  readonly jobNames: JobNames;
  readonly words: Words;
  /** A line for each run, or for all alike of a day of the time zone. */
  readonly detail: "runs" | "days";
  readonly timeZone: string;
}
