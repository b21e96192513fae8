import { moneyRoutes as api, sequence } from "@wadi/protocol";
import { z } from "zod";

import type { Hub } from "../context.ts";
import { decodeCursor, pageOfRows, serve, type App } from "../http/index.ts";
import { readJournal } from "./line-store.ts";
import { payOut, topUp } from "./move-cash.ts";
import { listAccounts } from "./store.ts";
import { viewOfAccount, viewOfTransfer } from "./views.ts";

/** Where a page of accounts ended, and one of transfers. */
const accountPlace = z.string().regex(/^[a-z0-9/-]*$/);
const seqPlace = sequence.refine((seq) => seq < 2n ** 63n);

export function serveLedger(app: App, hub: Hub): void {
  serve(app, api.topUp, async (call) => {
    const { params, body, idempotencyKey } = call;
    const move = { ...body, idempotencyKey: idempotencyKey!, by: call };
    return viewOfTransfer(await topUp(hub, params.id, move));
  });

  serve(app, api.payOut, async (call) => {
    const { params, body, idempotencyKey } = call;
    const move = { ...body, idempotencyKey: idempotencyKey!, by: call };
    return viewOfTransfer(await payOut(hub, params.id, move));
  });

  serve(app, api.listAccounts, async ({ query: { cursor, limit } }) => {
    const after = decodeCursor(accountPlace, cursor) ?? "";
    const rows = await listAccounts(hub.db.sql, { after, limit: limit + 1 });
    const page = pageOfRows(rows, { limit, schema: accountPlace, placeOf: ({ path }) => path });
    return { ...page, items: page.items.map(viewOfAccount) };
  });

  serve(app, api.listTransfers, async ({ query: { cursor, limit } }) => {
    const after = decodeCursor(seqPlace, cursor) ?? 0n;
    const rows = await readJournal(hub.db.sql, { after, limit: limit + 1 });
    const page = pageOfRows(rows, { limit, schema: seqPlace, placeOf: ({ seq }) => seq });
    return { ...page, items: page.items.map(viewOfTransfer) };
  });
}
