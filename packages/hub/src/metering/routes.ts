import type { RunId } from "@wadi/core/units";
import { jobRoutes, moneyRoutes, uuid } from "@wadi/protocol";
import { z } from "zod";

import type { Hub } from "../context.ts";
import {
  decodeCursor,
  encodeCursor,
  pageOfRows,
  serve,
  type App,
  type Call,
} from "../http/index.ts";
import { noRun, provableCharges, viewOfEvidence } from "./evidence.ts";
import { listReadings } from "./reading-store.ts";

/**
 * The runs of the job that a call names, in the order of their ids.
 * @throws Refused `not-found` when there is no such job, or it is not the caller's
 */
export type RunsOfJob = (call: Call<typeof jobRoutes.listReadings>) => Promise<RunId[]>;

const chargePlace = uuid<RunId>();
const readingPlace = z.tuple([uuid<RunId>(), z.int().min(0), z.int().min(0)]);

export function serveMetering(
  app: App,
  { hub, runsOfJob }: { hub: Hub; runsOfJob: RunsOfJob },
): void {
  serve(app, jobRoutes.listReadings, async (call) => {
    const { cursor, limit } = call.query;
    const runs = await runsOfJob(call);
    const [run, number, revision] = decodeCursor(readingPlace, cursor) ?? [noRun, 0, 0];
    const after = { run, number, revision };
    const rows = await listReadings(hub.db.sql, runs, { after, limit: limit + 1 });
    const placeOf = (row: (typeof rows)[number]): [RunId, number, number] => {
      return [row.run, row.number, row.revision ?? 0];
    };
    const page = pageOfRows(rows, { limit, schema: readingPlace, placeOf });
    return { ...page, items: page.items.map(({ number: seq, ...row }) => ({ ...row, seq })) };
  });

  serve(app, moneyRoutes.listCharges, async ({ query: { cursor, limit } }) => {
    const after = decodeCursor(chargePlace, cursor) ?? noRun;
    const { charges, isLast } = await provableCharges(hub.db.sql, { after, limit });
    const next = isLast ? null : encodeCursor(chargePlace, charges.at(-1)!.run);
    return { items: charges.map(viewOfEvidence), next };
  });
}
