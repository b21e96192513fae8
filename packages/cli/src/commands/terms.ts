import { asId, type ProviderId } from "@wadi/core/units";
import { providerTerms, routes, type ReplyOf } from "@wadi/protocol";
import { z } from "zod";
import type { Context } from "../context.ts";
import { localTime } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { readAs } from "../spec/check-document.ts";

type Terms = ReplyOf<typeof routes.approveTerms>;

/** What a provider is settled by: every version, newest first. */
export async function listTerms(context: Context, { id }: { id: string }): Promise<void> {
  const params = { id: asId<ProviderId>(id) };
  const { json, value } = await context.ask(routes.readTerms, { params });
  if (context.json) return context.printJson(json);
  const none = `${id} has no terms: it is settled as it was charged`;
  if (value.items.length === 0) return context.note(none);
  context.print(...table(value.items, columns, context));
}

/** What a file of terms has in it, and the body of the request. */
const termsFile = z.strictObject({
  ...routes.putTerms.body.shape,
  terms: providerTerms,
});

/** Puts a draft of a provider's terms, which another person approves. */
export async function putTerms(
  context: Context,
  { id, file }: { id: string; file: string },
): Promise<void> {
  const body = await readAs(file, termsFile);
  const params = { id: asId<ProviderId>(id) };
  show(context, await context.ask(routes.putTerms, { params, body }));
}

export async function approveTerms(
  context: Context,
  { id, version }: { id: string; version: number },
): Promise<void> {
  const params = { id: asId<ProviderId>(id), version };
  show(context, await context.ask(routes.approveTerms, { params }));
}

function show(context: Context, { json, value }: { json: unknown; value: Terms }): void {
  if (context.json) return context.printJson(json);
  const { provider, version, month, state } = value;
  context.print(`${provider}, version ${version}, from ${month} on: ${state}`);
  if (state === "approved") return;
  context.note(`another person approves it: wadi provider approve-terms ${provider} ${version}`);
}

const columns: readonly Column<Terms>[] = [
  { head: "VERSION", cell: ({ version }) => `${version}`, keep: 9, align: "number" },
  { head: "FROM", cell: ({ month }) => month, keep: 8 },
  { head: "STATE", cell: ({ state }) => state, keep: 8 },
  { head: "RULES", cell: ({ terms }) => modesOf(terms), keep: 6, least: 8 },
  { head: "PAID DIRECTLY BY", cell: ({ terms }) => terms.paidDirectlyBy.join(", "), keep: 4 },
  { head: "NETTED WITH", cell: ({ terms }) => terms.nettedWith ?? "", keep: 3 },
  { head: "PUT", cell: ({ madeAt }) => localTime(madeAt), keep: 2 },
];

const modesOf = ({ rules }: Terms["terms"]) => rules.map(({ mode }) => mode.kind).join(", ");
