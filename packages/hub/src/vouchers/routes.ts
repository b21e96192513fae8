import { moneyRoutes as api, slug } from "@wadi/protocol";
import type { ProgrammeId } from "@wadi/core/units";

import type { Hub } from "../context.ts";
import { decodeCursor, pageOfRows, serve, type App } from "../http/index.ts";
import { viewOfTransfer } from "../ledger/index.ts";
import { appropriate } from "./appropriate.ts";
import { grantVoucher } from "./grant-voucher.ts";
import { putFund } from "./put-fund.ts";
import { putProgramme } from "./put-programme.ts";
import { readProgrammes } from "./store.ts";
import { viewOfProgrammes } from "./views.ts";

const programmePlace = slug<ProgrammeId>();

export function serveVouchers(app: App, hub: Hub): void {
  serve(app, api.putFund, (call) => putFund(hub, { ...call.params, ...call.body }, call));

  serve(app, api.appropriate, async (call) => {
    const { params, body, idempotencyKey } = call;
    const asked = { ...body, fund: params.id, idempotencyKey: idempotencyKey!, by: call };
    return viewOfTransfer(await appropriate(hub, asked));
  });

  serve(app, api.listProgrammes, async ({ query: { cursor, limit } }) => {
    const after = decodeCursor(programmePlace, cursor) ?? null;
    const rows = await readProgrammes(hub.db.sql, { after, limit: limit + 1 });
    const page = pageOfRows(rows, { limit, schema: programmePlace, placeOf: ({ id }) => id });
    return { ...page, items: await viewOfProgrammes(hub.db.sql, page.items) };
  });

  serve(app, api.putProgramme, async (call) => {
    const programme = await putProgramme(hub, { id: call.params.id, ...call.body }, call);
    const [view] = await viewOfProgrammes(hub.db.sql, [programme]);
    return view!;
  });

  serve(app, api.grantVoucher, async (call) => {
    const { params, body, idempotencyKey } = call;
    const grant = { ...body, programme: params.id, idempotencyKey: idempotencyKey!, by: call };
    return viewOfTransfer(await grantVoucher(hub, grant));
  });
}
