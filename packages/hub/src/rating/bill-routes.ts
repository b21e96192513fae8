import { plainAgreement, type RatedMonth } from "@wadi/core/rating";
import { minus, total } from "@wadi/core/units";
import { agreementOf, pricingRoutes } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { serve, type App } from "../http/index.ts";
import { seesTenant } from "../http/signer.ts";
import { Refused, wrongField } from "../refused.ts";
import { billMonth } from "./bill-month.ts";
import { billsOf, type BilledMonth } from "./bill-store.ts";
import { checkedList, refuseWrongAgreement } from "./check.ts";
import { rateWith } from "./rate-month.ts";
import { readList } from "./store.ts";

/** What months come to: billed by agreement, or previewed by any list. */
export function serveBills(app: App, hub: Hub): void {
  serve(app, pricingRoutes.billMonth, async (call) => {
    const tenant = call.params.id;
    return viewOfBill(await billMonth(hub, { tenant, month: call.body.month, by: call }));
  });

  serve(app, pricingRoutes.listBills, async ({ params, query, signer }) => {
    if (!seesTenant(signer, params.id)) throw new Refused("not-found");
    const bills = await billsOf(hub.db.sql, { tenant: params.id, month: query.month });
    return { items: bills.map(viewOfBill) };
  });

  serve(app, pricingRoutes.previewPrices, async ({ params, body, signer }) => {
    if (!seesTenant(signer, params.id)) throw new Refused("not-found");
    const offers = [];
    for (const { list: id, agreement: given } of body.offers) {
      const stored = await readList(hub.db.sql, id, "held");
      if (!stored) throw wrongField("/offers", `names ${id}, of which no revision was approved`);
      const list = checkedList(stored.list);
      const agreement = given ? agreementOf(given, params.id) : plainAgreement(id);
      if (agreement.list !== id) throw wrongField("/offers", `has an agreement of another list`);
      refuseWrongAgreement(agreement, list);
      const of = { tenant: params.id, month: body.month, list, agreement };
      offers.push({ rated: await rateWith(hub.db.sql, of), revision: stored.revision });
    }
    const first = offers[0]!.rated.total;
    return {
      offers: offers.map(({ rated, revision }) => ({
        ...viewOfRated(rated),
        revision,
        more: minus(rated.total, first),
      })),
    };
  });
}

const viewOfBill = ({ backs, parts, unpriced, ...bill }: BilledMonth) => ({
  ...bill,
  ...{ parts: [...parts], unpriced: [...unpriced], voucherBack: total(backs.values()) },
});

const viewOfRated = ({ list, month, unpriced, unsold, ...rated }: RatedMonth) => ({
  ...{ list, month, total: rated.total },
  lines: rated.lines.map(({ sources: _sources, ...line }) => line),
  ...{ unpriced: [...unpriced], unsold: [...unsold] },
});
