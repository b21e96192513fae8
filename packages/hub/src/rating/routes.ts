import {
  agreementDocumentOf,
  agreementOf,
  priceListDocumentOf,
  priceListOf,
  pricingRoutes,
} from "@wadi/protocol";
import { z } from "zod";

import type { Hub } from "../context.ts";
import { decodeCursor, pageOfRows, serve, type App } from "../http/index.ts";
import { seesTenant } from "../http/signer.ts";
import { Refused, wrongField } from "../refused.ts";
import { serveBills } from "./bill-routes.ts";
import { putAgreement, putPriceList } from "./put-prices.ts";
import {
  listLists,
  readAgreement,
  readList,
  type StoredAgreement,
  type StoredList,
} from "./store.ts";

const place = z.string().max(63);

export function serveRating(app: App, hub: Hub): void {
  serveBills(app, hub);
  serve(app, pricingRoutes.listPriceLists, async ({ query: { cursor, limit } }) => {
    const after = decodeCursor(place, cursor) ?? "";
    const rows = await listLists(hub.db.sql, { after, limit: limit + 1 });
    const page = pageOfRows(rows, {
      limit,
      schema: place,
      placeOf: ({ list }) => list.id as string,
    });
    return { ...page, items: page.items.map(viewOfList) };
  });

  serve(app, pricingRoutes.readPriceList, async ({ params, query }) => {
    const stored = await readList(hub.db.sql, params.id, query.revision ?? null);
    if (stored) return viewOfList(stored);
    throw new Refused("not-found", {}, `there is no such price list ${params.id}`);
  });

  serve(app, pricingRoutes.putPriceList, async (call) => {
    const list = priceListOf(call.body);
    if (list.id !== call.params.id) {
      throw wrongField("/id", `is "${list.id}"; the path says ${call.params.id}`);
    }
    return viewOfList(await putPriceList(hub, { list, by: call }));
  });

  serve(app, pricingRoutes.readAgreement, async ({ params, query, signer }) => {
    const stored = seesTenant(signer, params.id)
      ? await readAgreement(hub.db.sql, params.id, query.revision ?? null)
      : undefined;
    if (stored) return viewOfAgreement(stored);
    throw new Refused("not-found", {}, `nothing was agreed with ${params.id}`);
  });

  serve(app, pricingRoutes.putAgreement, async (call) => {
    const tenant = call.params.id;
    const agreement = agreementOf(call.body, tenant);
    return viewOfAgreement(await putAgreement(hub, { tenant, agreement, by: call }));
  });
}

const viewOfList = ({ list, ...revision }: StoredList) => ({
  ...revision,
  list: priceListDocumentOf(list),
});

const viewOfAgreement = ({ agreement, ...revision }: StoredAgreement) => ({
  ...revision,
  agreement: agreementDocumentOf(agreement),
});
