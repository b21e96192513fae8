import type { CostParts, JobOutcome } from "../result.ts";

/** Yuan. */
export interface Spending extends CostParts {
  readonly total: number;
}

/** What all jobs cost, by part. */
export function spendingOf(jobs: readonly Pick<JobOutcome, "cost">[]): Spending {
  const sum = (part: keyof CostParts) => jobs.reduce((all, { cost }) => all + cost[part], 0);
  const parts = {
    compute: sum("compute"),
    data: sum("data"),
    waiting: sum("waiting"),
    loss: sum("loss"),
    power: sum("power"),
    carbon: sum("carbon"),
  };
  return { ...parts, total: Object.values(parts).reduce((all, part) => all + part, 0) };
}
