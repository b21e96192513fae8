import { Readable } from "node:stream";
import { proofRoutes as api } from "@wadi/protocol";
import { z } from "zod";

import type { Hub } from "../context.ts";
import { content, decodeCursor, pageOfRows, seesTenant, serve, type App } from "../http/index.ts";
import { notFound } from "../statements/index.ts";
import { listAnchors } from "./anchor-store.ts";
import { bundleText } from "./bundle-text.ts";
import { makeBundle } from "./make-bundle.ts";

/** Where a page of anchors ended. */
const dayPlace = z.string().regex(/^[\d-]*$/);

export function serveProof(app: App, hub: Hub): void {
  serve(app, api.listAnchors, async ({ query: { cursor, limit } }) => {
    const after = decodeCursor(dayPlace, cursor) ?? "";
    const rows = await listAnchors(hub.db.sql, { after, limit: limit + 1 });
    return pageOfRows(rows, { limit, schema: dayPlace, placeOf: ({ day }) => day });
  });

  serve(app, api.tenantBundle, async ({ params: { id }, query: { from, until }, signer }) => {
    if (!seesTenant(signer, id)) throw notFound(`tenant ${id}`);
    const body = Readable.from(bundleText(await makeBundle(hub, id, { from, until })));
    return content({ type: "application/json", body });
  });
}
