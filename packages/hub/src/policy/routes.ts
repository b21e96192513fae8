import type { Policy } from "@wadi/core/dispatch";
import { dispatchRoutes, policyDocumentOf, policyOf } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { serve, type App } from "../http/index.ts";
import { Refused } from "../refused.ts";
import { readPolicyNow } from "./policy-now.ts";
import { putPolicy } from "./put-policy.ts";
import { lastVersion, readVersion } from "./store.ts";

export function servePolicy(app: App, hub: Hub): void {
  serve(app, dispatchRoutes.readPolicy, async ({ query }) => {
    const { sql } = hub.db;
    const version = query.version ?? (await lastVersion(sql));
    const stored = await readVersion(sql, version);
    if (stored) return viewOf(stored);
    if (query.version === undefined) {
      return viewOf({ ...(await readPolicyNow(hub, sql)), madeAt: null, madeBy: null });
    }
    const detail = `there is no version ${version} of the policy; /v1/policy shows the last`;
    throw new Refused("not-found", { version }, detail);
  });

  serve(app, dispatchRoutes.putPolicy, async (call) =>
    viewOf(await putPolicy(hub, { policy: policyOf(call.body), by: call })),
  );
}

const viewOf = <V extends { readonly policy: Policy }>({ policy, ...version }: V) => ({
  ...version,
  policy: policyDocumentOf(policy),
});
