import { dispatchRoutes, policyOf, snapshotDocumentOf } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { languageOf, serve, type App } from "../http/index.ts";
import { checkPolicy } from "../policy/index.ts";
import { look, type RegionAsks } from "./asks/index.ts";

export function serveDispatch(app: App, hub: Hub, asks: RegionAsks): void {
  serve(app, dispatchRoutes.diffPolicy, ({ body, query }) => {
    const draft = policyOf(body);
    checkPolicy(draft);
    return asks.diff({ draft, limit: query.limit });
  });

  serve(app, dispatchRoutes.reportRegion, (call) => asks.report({ language: languageOf(call) }));

  serve(app, dispatchRoutes.readSnapshot, async ({ query }) => {
    const { snapshot } = await look(hub, query.perGroup);
    return snapshotDocumentOf(snapshot);
  });
}
