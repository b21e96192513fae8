import { asId } from "@wadi/core/units";
import { moneyMoveRoutes as api, uuid, type MoneyMoveId, type moneyMoveView } from "@wadi/protocol";
import type { z } from "zod";

import type { Hub } from "../context.ts";
import { decodeCursor, pageOfRows, serve, type App } from "../http/index.ts";
import { viewOfTransfer } from "../ledger/index.ts";
import { listMoneyMoves, type MoneyMove } from "./money-move-store.ts";
import {
  askMoneyMove,
  decideMoneyMove,
  payInOfFund,
  recordMoneyReceipt,
  type MoneyMoveAsked,
} from "./money-moves.ts";

const movePlace = uuid<MoneyMoveId>();
const newestMove = asId<MoneyMoveId>("ffffffff-ffff-ffff-ffff-ffffffffffff");

export function serveMoneyMoves(app: App, hub: Hub): void {
  for (const [route, kind] of [
    [api.askPayout, "payout"],
    [api.askFundRefund, "fund-refund"],
    [api.askFundReturn, "fund-return"],
  ] as const) {
    serve(app, route, async (call) => {
      const asked = { ...call.body, kind, of: call.params.id, by: call };
      return viewOf(await askMoneyMove(hub, { ...asked, once: onceOf(call) }));
    });
  }

  serve(app, api.askFundRestore, async (call) => {
    const asked = { ...call.body, kind: "fund-restore" as const, of: call.params.id, by: call };
    return viewOf(await askMoneyMove(hub, { ...asked, once: onceOf(call) }));
  });

  serve(app, api.payInOfFund, async (call) => {
    const { params, body, idempotencyKey } = call;
    const asked = { ...body, fund: params.id, idempotencyKey: idempotencyKey!, by: call };
    return viewOfTransfer(await payInOfFund(hub, asked));
  });

  serve(app, api.listMoneyMoves, async ({ query: { cursor, limit } }) => {
    const below = decodeCursor(movePlace, cursor) ?? newestMove;
    const rows = await listMoneyMoves(hub.db.sql, { below, limit: limit + 1 });
    const page = pageOfRows(rows, { limit, schema: movePlace, placeOf: ({ id }) => id });
    return { ...page, items: page.items.map(viewOf) };
  });

  serve(app, api.decideMoneyMove, async (call) =>
    viewOf(await decideMoneyMove(hub, { ...call.params, ...call.body, by: call })),
  );

  serve(app, api.recordMoneyReceipt, async (call) =>
    viewOf(await recordMoneyReceipt(hub, { ...call.params, ...call.body, by: call })),
  );
}

const onceOf = (call: {
  readonly idempotencyKey: string | undefined;
  readonly fingerprint: Uint8Array;
}): MoneyMoveAsked["once"] => ({ key: call.idempotencyKey!, fingerprint: call.fingerprint });

const viewOf = (move: MoneyMove): z.output<typeof moneyMoveView> => ({
  ...move,
  state: stateOf(move),
});

function stateOf({ decidedBy, posted, receipt }: MoneyMove) {
  if (decidedBy === null) return "asked";
  if (posted === null) return "declined";
  return receipt === null ? "posted" : "arrived";
}
