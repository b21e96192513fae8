import {
  instant,
  moneyRoutes as api,
  proofRoutes,
  sequence,
  uuid,
  type CorrectionId,
} from "@wadi/protocol";
import { asId } from "@wadi/core/units";
import { z } from "zod";

import type { Hub } from "../context.ts";
import { decodeCursor, pageOfRows, serve, type App } from "../http/index.ts";
import { readJournal } from "./line-store.ts";
import { closePeriod } from "./close-period.ts";
import { askCorrection, decideCorrection } from "./correct-transfer.ts";
import { listCorrections } from "./correction-store.ts";
import { topUp } from "./move-cash.ts";
import { listPeriods } from "./period-store.ts";
import { listAccounts } from "./store.ts";
import { viewOfAccount, viewOfCorrection, viewOfTransfer } from "./views.ts";

/** Where a page of accounts ended, and one of transfers. */
const accountPlace = z.string().regex(/^[a-z0-9/-]*$/);
const correctionPlace = z.strictObject({ at: instant, id: uuid<CorrectionId>() });
const firstCorrection = {
  at: Temporal.Instant.fromEpochMilliseconds(0),
  id: asId<CorrectionId>("00000000-0000-0000-0000-000000000000"),
};
const seqPlace = sequence.refine((seq) => seq < 2n ** 63n);

export function serveLedger(app: App, hub: Hub): void {
  serve(app, api.topUp, async (call) => {
    const { params, body, idempotencyKey } = call;
    const move = { ...body, idempotencyKey: idempotencyKey!, by: call };
    return viewOfTransfer(await topUp(hub, params.id, move));
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

  servePeriods(app, hub);
}

function servePeriods(app: App, hub: Hub): void {
  serve(app, proofRoutes.listPeriods, async () => ({ items: await listPeriods(hub.db.sql) }));

  serve(app, proofRoutes.closePeriod, (call) =>
    closePeriod(hub, { ...call.params, ...call.body, by: call }),
  );

  serve(app, proofRoutes.askCorrection, async (call) => {
    const once = { key: call.idempotencyKey!, fingerprint: call.fingerprint };
    return viewOfCorrection(await askCorrection(hub, { ...call.body, by: call, once }));
  });

  serve(app, proofRoutes.decideCorrection, async (call) =>
    viewOfCorrection(await decideCorrection(hub, { ...call.params, ...call.body, by: call })),
  );

  serve(app, proofRoutes.listCorrections, async ({ query: { cursor, limit } }) => {
    const after = decodeCursor(correctionPlace, cursor) ?? firstCorrection;
    const rows = await listCorrections(hub.db.sql, { after, limit: limit + 1 });
    const placeOf = ({ askedAt, id }: (typeof rows)[number]) => ({ at: askedAt, id });
    const page = pageOfRows(rows, { limit, schema: correctionPlace, placeOf });
    return { ...page, items: page.items.map(viewOfCorrection) };
  });
}
