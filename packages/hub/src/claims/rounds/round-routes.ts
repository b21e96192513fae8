import { roundRoutes as api } from "@wadi/protocol";
import { z } from "zod";

import type { Hub } from "../../context.ts";
import { decodeCursor, pageOfRows, serve, type App } from "../../http/index.ts";
import { Refused } from "../../refused.ts";
import { approveRound } from "./approve-round.ts";
import { proposeRound } from "./propose-round.ts";
import { readRound, shownPlaces } from "./round-store.ts";
import { roundsOf } from "./rounds-of.ts";
import { approvedRules, officersRules } from "../rules/rules-for.ts";

const placeNumber = z.int();

/** Claims that are decided together, by two persons. */
export function serveRounds(app: App, hub: Hub): void {
  const { sql } = hub.db;
  serve(app, api.listRounds, async ({ params: { id }, signer }) => {
    await officersRules(sql, id, signer);
    const versions = await approvedRules(sql, id);
    return { items: await roundsOf(sql, { programme: id, versions, at: hub.clock.now() }) };
  });
  serve(app, api.proposeRound, async ({ params, body, ...call }) =>
    proposeRound(hub, { ...body, programme: params.id, by: call }),
  );
  serve(app, api.listRoundPlaces, async ({ params: { id, round }, query, signer }) => {
    await officersRules(sql, id, signer);
    if (!(await readRound(sql, { programme: id, id: round }))) {
      throw new Refused("not-found", {}, `there is no round ${round} of ${id}`);
    }
    const { cursor, limit } = query;
    const after = decodeCursor(placeNumber, cursor) ?? 0;
    const rows = await shownPlaces(sql, { round, after, limit: limit + 1 });
    const page = pageOfRows(rows, { limit, schema: placeNumber, placeOf: ({ place }) => place });
    return { ...page, items: page.items.map((one) => ({ ...one, refused: [...one.refused] })) };
  });
  serve(app, api.approveRound, ({ params: { id, round }, ...call }) =>
    approveRound(hub, { programme: id, id: round, by: call }),
  );
}
