import type { Candidate, Plan, ShapeQueue } from "@wadi/core/dispatch";
import type { JobId } from "@wadi/core/units";

import type { Reading } from "../context.ts";
import type { Sql } from "../db/index.ts";
import { candidatesJson } from "./candidate-json.ts";
import { documentOf, saveDocuments } from "./document-store.ts";
import { insertShapeWaits, readArrays, readQueueHeads } from "./queue-store.ts";
import { shapesOf } from "./shapes.ts";
import { shapeHash } from "./spec-document.ts";

/** What waits for a place, as a round takes it in. */
export interface Queue {
  readonly queue: readonly ShapeQueue[];
  readonly arrays: Awaited<ReturnType<typeof readArrays>>;
  /** More jobs wait than were asked for. */
  readonly hasMore: boolean;
}

/** Of each shape and tenant the `perGroup` oldest jobs. */
export async function readQueue(hub: Reading, sql: Sql, perGroup: number): Promise<Queue> {
  const heads = await readQueueHeads(sql, perGroup);
  const shapeFor = await shapesOf(hub, sql, heads);
  const queue = heads.map((head): ShapeQueue => ({ shape: shapeFor(head), jobs: head.jobs }));
  const arrays = queue.flatMap(({ jobs }) => jobs.flatMap(({ array }) => (array ? [array] : [])));
  return {
    queue,
    arrays: await readArrays(sql, [...new Set<JobId>(arrays)]),
    hasMore: heads.some((head) => head.hasMore),
  };
}

/** What was last said of each shape that found no room, by shape key. */
export type SaidWaits = ReadonlyMap<string, string>;

/**
 * Remembers why shapes found no room, for whoever asks later: a row for each shape of which
 * something else is to be said than in `before`.
 * @returns what has been said now; it holds once the transaction is committed
 */
export async function saveWaits(sql: Sql, plan: Plan, before: SaidWaits): Promise<SaidWaits> {
  const at = Temporal.Instant.fromEpochMilliseconds(plan.atMs);
  const waits = plan.waiting.map((one) => ({ ...one, said: sayingOf(one.candidates) }));
  const news = waits
    .filter(({ shape, said }) => before.get(shape.key) !== said)
    .map(({ shape, candidates }) => {
      return { shape: shapeHash(shape), document: documentOf(candidatesJson(candidates)) };
    });
  await saveDocuments(
    sql,
    news.map(({ document }) => document),
  );
  await insertShapeWaits(
    sql,
    news.map(({ shape, document }) => ({ shape, at, candidates: document.hash })),
  );
  return new Map(waits.map(({ shape, said }) => [shape.key, said]));
}

/** Verdict and code per pool: facts such as how many cards are free change all the time. */
const sayingOf = (candidates: readonly Candidate[]) =>
  candidates
    .map(({ pool, verdict, reason }) => `${pool.id} ${verdict} ${reason?.code ?? ""}`)
    .join("\n");
