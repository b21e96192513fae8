import { fragment, type Sql } from "../db/index.ts";

/** A reading that was put aside: of a run, or of a meter. */
export interface OddRow {
  readonly of: "run" | "meter";
  readonly id: bigint;
  /** The run, or whose credential sent it. */
  readonly from: string;
  readonly why: string;
  readonly reading: unknown;
  readonly receivedAt: Temporal.Instant;
}

/** Those of runs or those of meters, by id, after one. */
export function listOdd(
  sql: Sql,
  { of, after, limit }: { of: OddRow["of"]; after: bigint; limit: number },
): Promise<OddRow[]> {
  const source =
    of === "run"
      ? fragment`select id, run::text as "from", why, reading, received_at from odd_readings`
      : fragment`select id, signer as "from", why, reading, received_at from odd_meter_readings`;
  return sql<OddRow>`
    select ${of} as of, id, "from", why, reading, received_at as "receivedAt"
    from (${source}) odd where id > ${after} order by id limit ${limit}`;
}
