import type { FundId, ProgrammeId, ProviderId, TenantId } from "@wadi/core/units";
import { routes, type MoneyMoveId, type ReplyOf } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";
import { postMove, sendMove, type MoveInput, type Parts } from "../post-move.ts";
import { localTime, money, shortId } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { takeList } from "../take-list.ts";

type MoneyMove = ReplyOf<typeof routes.decideMoneyMove>;
interface Asked {
  readonly json: unknown;
  readonly value: MoneyMove;
}

/** Asks that a provider be paid by hand. */
export const askPayout = (context: Context, input: MoveInput & { id: ProviderId }) =>
  ask(context, input, (parts) =>
    context.ask(routes.askPayout, { ...parts, params: { id: input.id } }),
  );

/** Records money that a fund paid. */
export const payInOfFund = (context: Context, input: MoveInput & { id: FundId }) =>
  postMove(context, input, (parts) =>
    context.ask(routes.payInOfFund, { ...parts, params: { id: input.id } }),
  );

/** Asks that a fund get back what it paid ahead, or give back what it does not need. */
export const askOfFund = (
  context: Context,
  input: MoveInput & { id: FundId; what: "refund" | "return" },
) => {
  const route = input.what === "refund" ? routes.askFundRefund : routes.askFundReturn;
  return ask(context, input, (parts) => context.ask(route, { ...parts, params: { id: input.id } }));
};

/** Asks that what expired of a voucher be at its fund's disposal again. */
export const askRestore = (
  context: Context,
  input: MoveInput & { id: FundId; tenant: TenantId; programme: ProgrammeId },
) => {
  const { id, tenant, programme } = input;
  return ask(context, input, ({ body, idempotencyKey }) =>
    context.ask(routes.askFundRestore, {
      ...{ params: { id }, body: { ...body, tenant, programme }, idempotencyKey },
    }),
  );
};

const most = 10_000;

/** Moves of money that take two persons, newest first. */
export async function listMoves(context: Context): Promise<void> {
  const list = await takeList(context, routes.listMoneyMoves, { most });
  if (context.json) return context.printJson(list.json);
  if (list.items.length === 0) return context.note("nobody has asked for anything yet");
  context.print(...table(list.items, columns, context));
}

/** Approves or declines a move, as another person than who asked. */
export async function decideMove(
  context: Context,
  { move: typed, decision }: { move: string; decision: "approve" | "decline" },
): Promise<void> {
  const params = { id: await findMove(context, typed) };
  show(context, await context.ask(routes.decideMoneyMove, { params, body: { decision } }));
}

/** Records the bank's receipt of a refund. */
export async function recordReceipt(
  context: Context,
  { move: typed, reference }: { move: string; reference: string },
): Promise<void> {
  const params = { id: await findMove(context, typed) };
  show(context, await context.ask(routes.recordMoneyReceipt, { params, body: { reference } }));
}

/** By its id, or the end of it that lists show. */
async function findMove(context: Context, typed: string): Promise<MoneyMoveId> {
  const { items } = await takeList(context, routes.listMoneyMoves, { most });
  const found = items.filter(({ id }) => id === typed || shortId(id) === typed);
  const [one, ...more] = found;
  if (one && more.length === 0) return one.id;
  const what = one ? "is more than one move; write the whole id" : "is no move of money";
  throw new Failure("notFound", `${typed} ${what}; see: wadi move list`);
}

const ask = async (context: Context, input: MoveInput, send: (parts: Parts) => Promise<Asked>) =>
  show(context, await sendMove(context, input, send));

function show(context: Context, { json, value }: Asked): void {
  if (context.json) return context.printJson(json);
  const { id, kind, of, amount, state } = value;
  context.print(`${kind} of ${of}, ¥${money(amount)}: ${state}`);
  if (state === "asked") context.note(`another person decides: wadi move approve ${shortId(id)}`);
}

const columns: readonly Column<MoneyMove>[] = [
  { head: "MOVE", cell: ({ id }) => shortId(id), keep: 9 },
  { head: "WHAT", cell: ({ kind }) => kind, keep: 8, least: 8 },
  { head: "OF", cell: ({ of }) => of, keep: 8, least: 8 },
  { head: "¥", cell: ({ amount }) => money(amount), keep: 9, align: "number" },
  { head: "STATE", cell: ({ state }) => state, keep: 8 },
  { head: "ASKED", cell: ({ askedAt }) => localTime(askedAt), keep: 3 },
  { head: "BANK", cell: ({ receipt }) => receipt ?? "", keep: 4, least: 6 },
  { head: "NOTE", cell: ({ note }) => note, keep: 2, least: 8 },
];
