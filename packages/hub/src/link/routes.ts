import { agentRoutes } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { openFile, storeFile } from "../files/index.ts";
import { content, serve, type App } from "../http/index.ts";
import { Refused } from "../refused.ts";
import { lenientSync } from "./entries.ts";
import { joinCentre } from "./join-centre.ts";
import { linkMetrics } from "./metrics.ts";
import { agentOf, refuseReplaced } from "./sign-in.ts";
import { mayReadInput } from "./store.ts";
import { rememberHanded, sync, type SyncDeps } from "./sync.ts";

export function serveLink(app: App, hub: Hub): void {
  const deps: SyncDeps = { hub, handed: rememberHanded(), metrics: linkMetrics(hub.metrics) };

  serve(app, agentRoutes.joinCentre, ({ body, requestId }) =>
    joinCentre(hub, { ...body, requestId }),
  );

  serve(app, { ...agentRoutes.sync, body: lenientSync }, ({ body, signer, signal }) =>
    sync(deps, { id: agentOf(signer).id, request: body, stop: signal }),
  );

  serve(app, agentRoutes.readInput, async ({ params, signer }) => {
    const agent = agentOf(signer);
    await refuseReplaced(hub, agent);
    const { sha256 } = params;
    const may = await mayReadInput(hub.db.sql, { centre: agent.centre, sha256 });
    const file = may ? await openFile(hub.db, sha256) : undefined;
    if (!file) throw new Refused("not-found", {}, `no run of this centre has an input ${sha256}`);
    const headers = { "content-length": `${file.bytes}` };
    return content({ type: "application/octet-stream", body: file.content, headers });
  });

  serve(app, agentRoutes.writeOutput, async ({ params, body, signer }) => {
    const agent = agentOf(signer);
    await refuseReplaced(hub, agent);
    const owner = `centre/${agent.centre}` as const;
    await storeFile(hub, { sha256: params.sha256, owner, content: body });
  });
}
