import { approvalRoutes as api, uuid, type ApprovalId } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import { decodeCursor, pageOfRows, serve, type App } from "../../http/index.ts";
import { readApprovals } from "./approval-store.ts";
import { raiseCap, revokeApproval, secondApproval, viewOfApprovals } from "./raise-cap.ts";
import { officersRules } from "../rules/rules-for.ts";

const place = uuid<ApprovalId>();

/** Caps that persons of a fund raise for single contracts. */
export function serveApprovals(app: App, hub: Hub): void {
  const { sql } = hub.db;
  serve(app, api.listCapApprovals, async ({ params: { id }, query, signer }) => {
    await officersRules(sql, id, signer);
    const { cursor, limit } = query;
    const after = decodeCursor(place, cursor) ?? null;
    const rows = await readApprovals(sql, id, { after, limit: limit + 1 });
    const page = pageOfRows(rows, { limit, schema: place, placeOf: (one) => one.id });
    return { ...page, items: await viewOfApprovals(sql, page.items) };
  });
  serve(app, api.raiseCap, (call) =>
    raiseCap(hub, { ...call.body, programme: call.params.id, by: call }),
  );
  serve(app, api.secondCapApproval, ({ params: { id, approval }, ...call }) =>
    secondApproval(hub, { id: approval, programme: id, by: call }),
  );
  serve(app, api.revokeCapApproval, ({ params: { id, approval }, ...call }) =>
    revokeApproval(hub, { id: approval, programme: id, by: call }),
  );
}
