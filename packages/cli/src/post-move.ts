import { randomUUID } from "node:crypto";
import { parseYuan, type MicroYuan } from "@wadi/core/units";
import type { Context } from "./context.ts";
import { wrongUse } from "./failure.ts";
import { money } from "./show/format.ts";

export interface MoveInput {
  readonly amount: string;
  readonly note?: string;
  /** The same key moves the money once, however often the command is repeated. */
  readonly key?: string;
}

export interface Parts {
  readonly body: { readonly amount: MicroYuan; readonly note: string };
  readonly idempotencyKey: string;
}

interface Moved {
  readonly from: string;
  readonly to: string;
  readonly amount: MicroYuan;
}

/** Sends what counts once by its key; where no answer came, says how to repeat it safely. */
export async function sendOnce<V>(
  context: Pick<Context, "note">,
  key: string,
  send: () => Promise<V>,
): Promise<V> {
  try {
    return await send();
  } catch (error) {
    const isLost = error instanceof Error && error.name === "HubUnreachable";
    if (isLost) context.note(`it may have arrived; to repeat it safely, add: --key ${key}`);
    throw error;
  }
}

/** Sends a move of money, once. */
export async function sendMove<V>(
  context: Context,
  { amount: typed, note = "", key = randomUUID() }: MoveInput,
  send: (parts: Parts) => Promise<V>,
): Promise<V> {
  const amount = parseYuan(typed);
  if (amount === undefined || amount <= 0n) {
    throw wrongUse(`"${typed}" is no amount; write yuan above zero, such as 100 or 12.50`);
  }
  return sendOnce(context, key, () => send({ body: { amount, note }, idempotencyKey: key }));
}

/** Posts a transfer, and shows it. */
export async function postMove(
  context: Context,
  input: MoveInput,
  send: (parts: Parts) => Promise<{ readonly json: unknown; readonly value: Moved }>,
): Promise<void> {
  const { json, value } = await sendMove(context, input, send);
  if (context.json) context.printJson(json);
  else context.print(`¥${money(value.amount)} from ${value.from} to ${value.to}`);
}
