import { splitRoutes as api, type ClaimId } from "@wadi/protocol";

import type { Hub } from "../../context.ts";
import type { Sql } from "../../db/index.ts";
import { seesTenant, serve, type App } from "../../http/index.ts";
import { Refused } from "../../refused.ts";
import { tenantOf } from "../../tenants/index.ts";
import { rulesOfClaim } from "../rules/rules-for.ts";
import { showClaim } from "../board/show-claims.ts";
import { putSubAccount, splitClaim } from "./split-claim.ts";
import { partsOf, subAccountsOf } from "./sub-account-store.ts";

/** Vouchers that are split among sub-accounts. */
export function serveSplits(app: App, hub: Hub): void {
  const { sql } = hub.db;
  serve(app, api.splitClaim, async (call) => {
    const parts = call.body.parts.map(({ tenant, amount }) => ({ account: tenant, amount }));
    const claim = await splitClaim(hub, { id: call.params.id, parts, by: call });
    const view = await showClaim(sql, claim, await rulesOfClaim(sql, claim));
    return { ...view, parts: await viewOfParts(sql, claim.id) };
  });
  serve(app, api.listSubAccounts, async ({ params: { id }, signer }) => {
    if (!seesTenant(signer, id) || !(await tenantOf(sql, id))) {
      throw new Refused("not-found", {}, `there is no tenant ${id} of yours`);
    }
    return { items: (await subAccountsOf(sql, id)).map((account) => ({ account })) };
  });
  serve(app, api.putSubAccount, (call) => {
    const { id: parent, account } = call.params;
    return putSubAccount(hub, { parent, account, by: call });
  });
}

/** Parts of a claim's voucher, as callers see them. */
export const viewOfParts = async (sql: Sql, claim: ClaimId) =>
  (await partsOf(sql, claim)).map(({ account, amount }) => ({ tenant: account, amount }));
