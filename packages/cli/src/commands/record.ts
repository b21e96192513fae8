import { routes, type RecordKind } from "@wadi/protocol";
import type { z } from "zod";
import type { Context } from "../context.ts";
import { facts } from "../show/facts.ts";
import { localTime } from "../show/format.ts";
import { readAs } from "../spec/check-document.ts";

interface Named {
  readonly kind: RecordKind;
  readonly id: string;
}

/** What is on record of somebody. */
export async function record(context: Context, { kind, id }: Named): Promise<void> {
  const { json, value } = await context.ask(routes.readRecord, { params: { kind, id } });
  if (context.json) return context.printJson(json);
  context.print(...recordLines(value, json, context));
}

/** Puts facts on record. */
export async function putRecord(
  context: Context,
  { kind, id, file }: Named & { readonly file: string },
): Promise<void> {
  const body = await readAs(file, routes.putRecord.body);
  const { json, value } = await context.ask(routes.putRecord, { params: { kind, id }, body });
  if (context.json) return context.printJson(json);
  context.print(...recordLines(value, json, context));
}

function recordLines(
  { kind, subject, version, ownTenants, putAt }: z.output<typeof routes.readRecord.reply>,
  json: unknown,
  context: Context,
): string[] {
  const known = (json as { facts: Record<string, unknown> }).facts;
  return facts(
    [
      [kind, subject],
      ["version", `${version}, put ${localTime(putAt)}`],
      ...Object.entries(known).map(([name, fact]) => [name, textOf(fact)] as const),
      ["same enterprise", ownTenants.join(", ")],
    ],
    context,
  );
}

const textOf = (fact: unknown) => {
  if (fact === null) return "none";
  return Array.isArray(fact) ? fact.join(", ") : `${fact as string | number | boolean}`;
};
