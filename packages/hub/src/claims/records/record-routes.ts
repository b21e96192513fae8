import { recordRoutes as api } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import { serve, type App } from "../../http/index.ts";
import { Refused } from "../../refused.ts";
import { putRecord } from "./put-record.ts";
import { recordOf } from "./record-store.ts";

export function serveRecords(app: App, hub: Hub): void {
  serve(app, api.readRecord, async ({ params: { kind, id } }) => {
    const found = await recordOf(hub.db.sql, { kind, subject: id });
    if (found) return found;
    throw new Refused("not-found", {}, `nothing is on record of the ${kind} ${id}`);
  });
  serve(app, api.putRecord, (call) => {
    const { kind, id } = call.params;
    return putRecord(hub, { kind, subject: id, ...call.body, by: call });
  });
}
