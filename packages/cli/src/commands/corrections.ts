import { randomUUID } from "node:crypto";
import { asId } from "@wadi/core/units";
import { routes, type CorrectionId, type ReplyOf, type TransferId } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { Failure, wrongUse } from "../failure.ts";
import { sendOnce } from "../post-move.ts";
import { localTime, shortId } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { takeList } from "../take-list.ts";

type Correction = ReplyOf<typeof routes.decideCorrection>;
const most = 10_000;

/** Asks that a transfer be undone. */
export async function askCorrection(
  context: Context,
  input: { transfer: string; reason: string; key?: string },
): Promise<void> {
  const { transfer, reason, key = randomUUID() } = input;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(transfer)) {
    throw wrongUse(`"${transfer}" is no transfer; write its whole id, as the journal has it`);
  }
  const body = { transfer: asId<TransferId>(transfer), reason };
  const request = { body, idempotencyKey: key };
  show(context, await sendOnce(context, key, () => context.ask(routes.askCorrection, request)));
}

/** What was asked to be undone, and what became of it. */
export async function listCorrections(context: Context): Promise<void> {
  const list = await takeList(context, routes.listCorrections, { most });
  if (context.json) return context.printJson(list.json);
  if (list.items.length === 0) return context.note("nobody has asked for anything yet");
  context.print(...table(list.items, columns, context));
}

/** Undoes a transfer or lets it stand, as another person than who asked. */
export async function decideCorrection(
  context: Context,
  { correction: typed, decision }: { correction: string; decision: "approve" | "decline" },
): Promise<void> {
  const params = { id: await findCorrection(context, typed) };
  show(context, await context.ask(routes.decideCorrection, { params, body: { decision } }));
}

async function findCorrection(context: Context, typed: string): Promise<CorrectionId> {
  const { items } = await takeList(context, routes.listCorrections, { most });
  const [one, ...more] = items.filter(({ id }) => id === typed || shortId(id) === typed);
  if (one && more.length === 0) return one.id;
  const what = one ? "is more than one correction; write the whole id" : "is no correction";
  throw new Failure("notFound", `${typed} ${what}; see: wadi correction list`);
}

function show(context: Context, { json, value }: { json: unknown; value: Correction }): void {
  if (context.json) return context.printJson(json);
  const { id, transfer, state } = value;
  context.print(`correction of ${transfer}: ${state}`);
  if (state !== "asked") return;
  context.note(`another person decides: wadi correction approve ${shortId(id)}`);
}

const columns: readonly Column<Correction>[] = [
  { head: "CORRECTION", cell: ({ id }) => shortId(id), keep: 9 },
  { head: "TRANSFER", cell: ({ transfer }) => transfer, keep: 5, least: 8 },
  { head: "STATE", cell: ({ state }) => state, keep: 9 },
  { head: "ASKED", cell: ({ askedAt }) => localTime(askedAt), keep: 3 },
  { head: "REASON", cell: ({ reason }) => reason, keep: 7, least: 12 },
];
