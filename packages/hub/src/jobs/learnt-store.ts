import type { CardModelId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";

/** A family of shapes on one card model. */
export interface FamilyOn {
  /** As the database keeps it. */
  readonly family: string;
  readonly model: CardModelId;
}

export interface RunTimes extends FamilyOn {
  readonly runs: number;
  readonly medianMs: number;
  readonly p90Ms: number;
}

/** Of each pair the spread of its last hundred runs that succeeded; nothing without any. */
export async function readRunTimes(sql: Sql, pairs: readonly FamilyOn[]): Promise<RunTimes[]> {
  if (pairs.length === 0) return [];
  return sql<RunTimes>`
    select pair.family, pair.model, count(*)::int as runs,
      percentile_disc(0.5) within group (order by took.ms) as "medianMs",
      percentile_disc(0.9) within group (order by took.ms) as "p90Ms"
    from unnest(
        ${pairs.map(({ family }) => family)}::uuid[],
        ${pairs.map(({ model }) => model)}::text[]) as pair (family, model)
      cross join lateral (
        select (extract(epoch from ended_at - started_at) * 1000)::float8 as ms from runs
        where runs.family = pair.family and runs.model = pair.model and state = 'succeeded'
          and started_at is not null
        order by ended_at desc limit 100) as took
    group by pair.family, pair.model`;
}
