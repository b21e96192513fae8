import { jobRoutes } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { serve, type App } from "../http/index.ts";
import { Refused } from "../refused.ts";
import { storeFile } from "./store-file.ts";

export function serveUploads(app: App, hub: Hub): void {
  serve(app, jobRoutes.upload, async ({ params, body, signer }) => {
    const { tenant } = signer;
    if (tenant === null) throw new Refused("not-allowed", {}, "the key speaks for no tenant");
    await storeFile(hub, { sha256: params.sha256, owner: `tenant/${tenant}`, content: body });
  });
}
