import { randomUUID } from "node:crypto";
import { routes, type ReplyOf } from "@wadi/protocol";
import { parseYuan } from "@wadi/core/units";
import type { Context } from "../context.ts";
import { Failure, wrongUse } from "../failure.ts";
import { sendOnce } from "../post-move.ts";
import { localTime, money } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { readSource } from "../spec/source.ts";

type Batch = ReplyOf<typeof routes.makePayouts>;

/** Makes a batch of what providers are owed; nothing is paid before another person sends it. */
export async function makePayout(context: Context, input: { least: string; key?: string }) {
  const least = parseYuan(input.least);
  if (least === undefined) throw wrongUse(`"${input.least}" is no amount; write yuan such as 100`);
  const key = input.key ?? randomUUID();
  const request = { body: { least }, idempotencyKey: key };
  const { json, value } = await sendOnce(context, key, () =>
    context.ask(routes.makePayouts, request),
  );
  show(context, json, value);
}

export async function listPayouts(context: Context): Promise<void> {
  const { json, value } = await context.ask(routes.listPayouts, { query: {} });
  if (context.json) return context.printJson(json);
  if (value.items.length === 0) return context.note("there is no batch yet");
  context.print(...table(value.items, batchColumns, context));
}

/** Releases or gives up a batch. */
export async function endPayout(
  context: Context,
  { batch, way }: { batch: string; way: "send" | "drop" },
): Promise<void> {
  const { id } = await find(context, batch);
  const route = way === "send" ? routes.sendPayouts : routes.dropPayouts;
  const { json, value } = await context.ask(route, { params: { id } });
  show(context, json, value);
}

/** The batch as a file for the bank, on standard output. */
export async function payoutFile(context: Context, { batch }: { batch: string }): Promise<void> {
  const { id } = await find(context, batch);
  const hub = await context.client();
  const reply = await hub.raw(routes.readPayoutFile, { params: { id } });
  context.write(await context.during("asking the hub", reply.text()));
}

/** Takes in the bank's receipt. */
export async function payoutReceipt(
  context: Context,
  { batch, file }: { batch: string; file: string },
): Promise<void> {
  const { id } = await find(context, batch);
  const { text } = await readSource(file);
  const { json, value } = await context.ask(routes.recordReceipts, {
    params: { id },
    body: { csv: text },
  });
  show(context, json, value);
}

async function find(context: Context, number: string): Promise<Batch> {
  if (!/^\d{1,18}$/.test(number)) throw wrongUse(`"${number}" is no batch; write its number`);
  const hub = await context.client();
  for await (const batch of hub.each(routes.listPayouts, { query: {} })) {
    if (batch.number === BigInt(number)) return batch;
    if (batch.number < BigInt(number)) break;
  }
  throw new Failure("notFound", `there is no batch ${number}; see: wadi payout list`);
}

function show(context: Context, json: unknown, batch: Batch): void {
  if (context.json) return context.printJson(json);
  context.print(`batch ${batch.number}, ¥${money(batch.sum)}, ${stateOf(batch)}`);
  context.print(...table(batch.lines, lineColumns, context));
}

function stateOf({ sentAt, droppedAt }: Batch): string {
  if (droppedAt !== null) return `dropped ${localTime(droppedAt)}`;
  return sentAt === null ? "not sent" : `sent ${localTime(sentAt)}`;
}

const batchColumns: readonly Column<Batch>[] = [
  { head: "BATCH", cell: ({ number }) => `${number}`, keep: 9, align: "number" },
  { head: "MADE", cell: ({ madeAt }) => localTime(madeAt), keep: 5, least: 10 },
  { head: "STATE", cell: stateOf, keep: 7, least: 8 },
  { head: "LINES", cell: ({ lines }) => `${lines.length}`, keep: 4, align: "number" },
  { head: "¥", cell: ({ sum }) => money(sum), keep: 8, align: "number" },
];
const lineColumns: readonly Column<Batch["lines"][number]>[] = [
  { head: "LINE", cell: ({ line }) => `${line}`, keep: 9, align: "number" },
  { head: "PROVIDER", cell: ({ provider }) => provider, keep: 8, least: 10 },
  { head: "¥", cell: ({ amount }) => money(amount), keep: 8, align: "number" },
  { head: "STATE", cell: ({ state }) => state, keep: 7 },
  { head: "BANK", cell: ({ bankReference }) => bankReference ?? "", keep: 3, least: 6 },
];
