import { dispatchRoutes, policyOf, snapshotDocumentOf } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { languageOf, serve, type App } from "../http/index.ts";
import { readQueue, readSnapshot } from "../jobs/index.ts";
import { checkPolicy, readPolicyNow } from "../policy/index.ts";
import { readCertificate, scarcityBy } from "./certificate/index.ts";
import { diffPolicy } from "./diff-policy.ts";
import { reportRegion } from "./report-region.ts";

/** Of each shape and tenant so many jobs are looked at for a comparison or a report. */
const lookedAtPerGroup = 1000;

export function serveDispatch(app: App, hub: Hub): void {
  serve(app, dispatchRoutes.diffPolicy, async ({ body, query }) => {
    const draft = policyOf(body);
    checkPolicy(draft);
    const { snapshot, version } = await look(hub, lookedAtPerGroup);
    return diffPolicy(snapshot, { version, draft, limit: query.limit });
  });

  serve(app, dispatchRoutes.reportRegion, async (call) => {
    const { snapshot, isAll, certified } = await look(hub, lookedAtPerGroup);
    return reportRegion(snapshot, { certified, isAll, language: languageOf(call) });
  });

  serve(app, dispatchRoutes.readSnapshot, async ({ query }) => {
    const { snapshot } = await look(hub, query.perGroup);
    return snapshotDocumentOf(snapshot);
  });
}

/** The region as it is at one moment; nothing is locked or changed. */
function look(hub: Hub, perGroup: number) {
  return hub.db.transaction(
    async (sql) => {
      const { version } = await readPolicyNow(hub, sql);
      const { queue, arrays, hasMore } = await readQueue(hub, sql, perGroup);
      const certified = await readCertificate(sql);
      const nowMs = hub.clock.now().epochMilliseconds;
      const scarcity = scarcityBy(certified, { config: hub.config, nowMs });
      const snapshot = await readSnapshot(hub, sql, { queue, arrays, scarcity });
      return { version, snapshot, certified, isAll: !hasMore };
    },
    { isolation: "repeatable read", readOnly: true },
  );
}
