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
import { seesAll, seesTenant, type Signer } from "../http/signer.ts";
import { pointerOf, Refused, wrongField } from "../refused.ts";
import { serveBills } from "./bill-routes.ts";
import { approveAgreement, putAgreement } from "./put-agreement.ts";
import { approvePriceList, putPriceList } from "./put-list.ts";
import {
  listAgreements,
  listLists,
  readAgreement,
  readList,
  type Revision,
  type StoredAgreement,
  type StoredList,
} from "./store.ts";

/** An id, and one of its revisions. */
const place = z.tuple([z.string().max(63), z.int()]);
const start = ["", 0] as const;

export function serveRating(app: App, hub: Hub): void {
  serveBills(app, hub);
  serveLists(app, hub);
  serveAgreements(app, hub);
}

function serveLists(app: App, hub: Hub): void {
  serve(app, pricingRoutes.listPriceLists, async ({ query: { cursor, limit }, signer }) => {
    const after = decodeCursor(place, cursor) ?? start;
    const rows = await listLists(hub.db.sql, { after, limit: limit + 1 });
    const page = pageOfRows(rows, {
      limit,
      schema: place,
      placeOf: ({ list, revision }): [string, number] => [list.id, revision],
    });
    const seen = page.items.filter((one) => sees(signer, one));
    return { ...page, items: seen.map(viewOfList) };
  });

  serve(app, pricingRoutes.readPriceList, async ({ params, query, signer }) => {
    const stored = await readList(hub.db.sql, params.id, query.revision ?? "held");
    if (stored && sees(signer, stored)) return viewOfList(stored);
    throw new Refused("not-found", {}, `there is no such price list ${params.id}`);
  });

  serve(app, pricingRoutes.putPriceList, async (call) => {
    const list = priceListOf(call.body);
    if (list.id !== call.params.id) {
      throw wrongField("/id", `is "${list.id}"; the path says ${call.params.id}`);
    }
    const { warnings, ...made } = await putPriceList(hub, { list, by: call });
    const told = warnings.map(({ path, message }) => {
      return { pointer: pointerOf(path), detail: message };
    });
    return { ...viewOfList(made), warnings: told };
  });

  serve(app, pricingRoutes.approvePriceList, async (call) =>
    viewOfList(await approvePriceList(hub, { ...call.params, by: call })),
  );
}

function serveAgreements(app: App, hub: Hub): void {
  serve(app, pricingRoutes.listAgreements, async ({ query: { cursor, limit }, signer }) => {
    const after = decodeCursor(place, cursor) ?? start;
    const whose = seesAll(signer) ? "all" : signer.tenant;
    const rows =
      whose === null ? [] : await listAgreements(hub.db.sql, { whose, after, limit: limit + 1 });
    const page = pageOfRows(rows, {
      limit,
      schema: place,
      placeOf: ({ tenant, revision }): [string, number] => [tenant, revision],
    });
    const seen = page.items.filter((one) => sees(signer, one));
    return { ...page, items: seen.map(viewOfAgreement) };
  });

  serve(app, pricingRoutes.readAgreement, async ({ params, query, signer }) => {
    const stored = seesTenant(signer, params.id)
      ? await readAgreement(hub.db.sql, params.id, query.revision ?? "held")
      : undefined;
    if (stored && sees(signer, stored)) return viewOfAgreement(stored);
    throw new Refused("not-found", {}, `nothing was agreed with ${params.id}`);
  });

  serve(app, pricingRoutes.putAgreement, async (call) => {
    const tenant = call.params.id;
    const agreement = agreementOf(call.body, tenant);
    return viewOfAgreement(await putAgreement(hub, { tenant, agreement, by: call }));
  });

  serve(app, pricingRoutes.approveAgreement, async (call) => {
    const { id: tenant, revision } = call.params;
    return viewOfAgreement(await approveAgreement(hub, { tenant, revision, by: call }));
  });
}

/** Drafts are the region's own; whoever pays by prices sees those that hold. */
const sees = (signer: Signer, { approvedAt }: Revision) => approvedAt !== null || seesAll(signer);

const viewOfList = ({ list, ...revision }: StoredList) => ({
  ...revision,
  list: priceListDocumentOf(list),
});

const viewOfAgreement = ({ agreement, ...revision }: StoredAgreement) => ({
  ...revision,
  agreement: agreementDocumentOf(agreement),
});
