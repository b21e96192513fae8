import path from "node:path";
import type { TenantId } from "@wadi/core/units";
import {
  focusMedia,
  monthName,
  settlementRoutes as api,
  termsOf,
  type termsView,
} from "@wadi/protocol";
import { z } from "zod";

import type { Hub } from "../context.ts";
import {
  content,
  decodeCursor,
  pageOfRows,
  seesAll,
  seesProvider,
  serve,
  type App,
  type Signer,
} from "../http/index.ts";
import { notFound } from "../statements/index.ts";
import { exportFocus } from "./export-focus.ts";
import { fileInvoices } from "./invoice-adapter.ts";
import { serveMoneyMoves } from "./money-move-routes.ts";
import { listMonths } from "./month-store.ts";
import { openMonth } from "./open-month.ts";
import { putInvoice, putProjects } from "./put-said.ts";
import { approveTerms, putTerms } from "./put-terms.ts";
import { requestInvoices } from "./request-invoices.ts";
import { servePayouts } from "./payout-routes.ts";
import { takeStep } from "./take-step.ts";
import { listTerms, type TermsVersion } from "./terms-store.ts";
import { reportMonth, viewOfMonth } from "./views.ts";

/** Where a page of months ended. */
const monthPlace = z.tuple([monthName, z.int().min(0)]);
const newestMonth: z.output<typeof monthPlace> = ["9999-12", 2 ** 31 - 1];

export function serveSettlement(app: App, hub: Hub): void {
  serveWhatIsSaid(app, hub);
  serveMonths(app, hub);
  servePayouts(app, hub);
  serveMoneyMoves(app, hub);
}

function serveWhatIsSaid(app: App, hub: Hub): void {
  serve(app, api.putTerms, async (call) => {
    const { month, terms } = call.body;
    const asked = { provider: call.params.id, month, terms: termsOf(terms), by: call };
    return viewOfTerms(await putTerms(hub, asked));
  });

  serve(app, api.approveTerms, async (call) => {
    const { id: provider, version } = call.params;
    return viewOfTerms(await approveTerms(hub, { provider, version, by: call }));
  });

  serve(app, api.readTerms, async ({ params: { id }, signer }) => {
    if (!seesProvider(signer, id)) throw notFound(`provider ${id}`);
    return { items: (await listTerms(hub.db.sql, id)).map(viewOfTerms) };
  });

  serve(app, api.putProjects, async (call) => {
    const asked = { tenant: call.params.id, projects: call.body.projects, by: call };
    return { version: await putProjects(hub, asked) };
  });

  serve(app, api.putProviderInvoice, async (call) => {
    const { id: provider, month } = call.params;
    return { version: await putInvoice(hub, { provider, month, ...call.body, by: call }) };
  });
}

function serveMonths(app: App, hub: Hub): void {
  const outbox = fileInvoices(path.join(hub.config.state, "e-invoices"));

  serve(app, api.openSettlement, async (call) => {
    const asked = { ...call.params, ...call.body, by: call };
    return viewOfMonth(await openMonth(hub, asked));
  });

  serve(app, api.listSettlements, async ({ query: { cursor, limit } }) => {
    const after = decodeCursor(monthPlace, cursor) ?? newestMonth;
    const rows = await listMonths(hub.db.sql, { after, limit: limit + 1 });
    const placeOf = (row: (typeof rows)[number]): [string, number] => [row.month, row.revision];
    const page = pageOfRows(rows, { limit, schema: monthPlace, placeOf });
    return { ...page, items: page.items.map(viewOfMonth) };
  });

  serve(app, api.readSettlement, ({ params }) => reportMonth(hub, params.month));

  serve(app, api.stepSettlement, async (call) =>
    viewOfMonth(await takeStep(hub, { ...call.params, ...call.body, by: call })),
  );

  serve(app, api.exportFocus, async ({ params: { month }, query, signer }) => {
    const only = tenantFor(signer, query.tenant);
    const { format } = query;
    const body = await exportFocus(hub, { month, only, format });
    const name = `focus-${month}${only === null ? "" : `-${only}`}.${format}`;
    const headers = { "content-disposition": `attachment; filename="${name}"` };
    return content({ type: focusMedia[format], body, headers });
  });

  serve(app, api.requestInvoices, (call) =>
    requestInvoices(hub, outbox, { ...call.params, by: call }),
  );
}

/** Whose rows a signer gets; null: those of all. */
function tenantFor(signer: Signer, asked: TenantId | undefined): TenantId | null {
  if (seesAll(signer)) return asked ?? null;
  if (signer.tenant === null || (asked !== undefined && asked !== signer.tenant)) {
    throw notFound(`tenant ${asked ?? "of this key"}`);
  }
  return signer.tenant;
}

const viewOfTerms = ({ terms, ...version }: TermsVersion): z.output<typeof termsView> => ({
  ...version,
  state: version.approvedAt === null ? "draft" : "approved",
  terms: terms as z.output<typeof termsView>["terms"],
});
