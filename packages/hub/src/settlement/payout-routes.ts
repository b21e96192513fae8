import { asId, total } from "@wadi/core/units";
import { sequence, settlementRoutes as api, uuid, type DisputeId } from "@wadi/protocol";

import type { Hub } from "../context.ts";
import { content, decodeCursor, pageOfRows, serve, type App } from "../http/index.ts";
import { Refused } from "../refused.ts";
import { listDisputes, type Dispute } from "./dispute-store.ts";
import { endDispute, openDispute } from "./disputes.ts";
import { payoutFile } from "./payout-file.ts";
import { findBatch, listBatches, providerNames, type PayoutBatch } from "./payout-store.ts";
import { dropPayouts, makePayouts, sendPayouts } from "./payouts.ts";
import { recordReceipts } from "./record-receipts.ts";

const disputePlace = uuid<DisputeId>();
const newestDispute = asId<DisputeId>("ffffffff-ffff-ffff-ffff-ffffffffffff");
const batchPlace = sequence.refine((number) => number < 2n ** 63n);
const newestBatch = 2n ** 63n - 1n;

export function servePayouts(app: App, hub: Hub): void {
  serveDisputes(app, hub);

  serve(app, api.makePayouts, async (call) => {
    const { least, providers } = call.body;
    const once = { key: call.idempotencyKey!, fingerprint: call.fingerprint };
    return viewOfBatch(await makePayouts(hub, { least, providers, by: call, once }));
  });

  serve(app, api.listPayouts, async ({ query: { cursor, limit } }) => {
    const below = decodeCursor(batchPlace, cursor) ?? newestBatch;
    const rows = await listBatches(hub.db.sql, { below, limit: limit + 1 });
    const page = pageOfRows(rows, { limit, schema: batchPlace, placeOf: ({ number }) => number });
    return { ...page, items: page.items.map(viewOfBatch) };
  });

  serve(app, api.sendPayouts, async (call) =>
    viewOfBatch(await sendPayouts(hub, { id: call.params.id, by: call })),
  );

  serve(app, api.dropPayouts, async (call) =>
    viewOfBatch(await dropPayouts(hub, { id: call.params.id, by: call })),
  );

  serve(app, api.readPayoutFile, async ({ params: { id } }) => {
    const batch = await findBatch(hub.db.sql, id);
    if (!batch) throw new Refused("not-found", {}, `there is no payout batch ${id}`);
    const names = await providerNames(hub.db.sql, batch);
    const headers = {
      "content-disposition": `attachment; filename="payouts-${batch.number}.csv"`,
    };
    return content({ type: "text/csv", body: payoutFile(batch, names), headers });
  });

  serve(app, api.recordReceipts, async (call) =>
    viewOfBatch(await recordReceipts(hub, { ...call.params, ...call.body, by: call })),
  );
}

function serveDisputes(app: App, hub: Hub): void {
  serve(app, api.openDispute, async (call) => {
    const once = { key: call.idempotencyKey!, fingerprint: call.fingerprint };
    return viewOfDispute(await openDispute(hub, { ...call.body, by: call, once }));
  });

  serve(app, api.endDispute, async (call) => {
    const { for: outcome, note } = call.body;
    return viewOfDispute(await endDispute(hub, { id: call.params.id, outcome, note, by: call }));
  });

  serve(app, api.listDisputes, async ({ query: { cursor, limit } }) => {
    const below = decodeCursor(disputePlace, cursor) ?? newestDispute;
    const rows = await listDisputes(hub.db.sql, { below, limit: limit + 1 });
    const page = pageOfRows(rows, { limit, schema: disputePlace, placeOf: ({ id }) => id });
    return { ...page, items: page.items.map(viewOfDispute) };
  });
}

const viewOfDispute = (dispute: Dispute) => ({ ...dispute });

const viewOfBatch = (batch: PayoutBatch) => ({
  ...batch,
  sum: total(batch.lines.map(({ amount }) => amount)),
  lines: batch.lines.map((line) => ({ ...line })),
});
