import type { Source } from "./mistakes.ts";
import type { CardSpeed, WorkloadOptions } from "./options.ts";
import { readTable } from "./table.ts";
import {
  gangOf,
  plainJob,
  slugOf,
  type Impossible,
  type Trace,
  type TracedJob,
} from "./traced-job.ts";

/** Of Microsoft's Philly trace (2017), as flattened by the authors of Pollux and Sia. */
export const phillyColumns = ["timestamp", "duration", "num_gpus"] as const;

/**
 * `timestamp` is UTC without saying so, `duration` is seconds. Jobs have no names: each is called
 * by its line. The tenant is `cluster`, Philly's virtual one.
 * @throws WrongInput
 */
export function readPhilly(
  source: Source,
  {
    tenants = "cluster",
    cardsPerReplica = 8,
    models,
  }: WorkloadOptions & { models: readonly CardSpeed[] },
): Trace {
  const impossible: Impossible[] = [];
  const columns = { needed: [...phillyColumns, tenants], optional: [], others: "ignored" } as const;
  const jobs = readTable(source, columns, (cells): TracedJob | null => {
    const id = `line-${String(cells.line).padStart(6, "0")}`;
    const submittedMs = cells.as("timestamp", {
      read: naiveUtcMs,
      right: 'must be a time of UTC such as "2017-10-09 07:01:55"',
    });
    const runMs = cells.secondsMs("duration");
    const cards = cells.whole("num_gpus", { least: 0, most: 1_000_000 });
    const why = cards === 0 ? "asks for no card" : runMs === 0 ? "ran for no time" : null;
    if (why !== null) impossible.push({ id, why });
    if (why !== null || cards === undefined) return null;
    return {
      ...plainJob,
      id,
      tenant: slugOf(cells.text(tenants), "unknown"),
      submittedMs,
      ...gangOf(cards, cardsPerReplica),
      models,
      runMs,
    };
  });
  return { jobs: jobs.filter((job) => job !== null), impossible };
}

/** `2017-10-09 07:01:55` as if it ended in Z; undefined where there is no such second. */
export function naiveUtcMs(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d$/.test(text)) return undefined;
  const iso = `${text.slice(0, 10)}T${text.slice(11)}.000Z`;
  const ms = Date.parse(iso);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === iso ? ms : undefined;
}
