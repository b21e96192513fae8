import { routes, type auditEntry } from "@wadi/protocol";
import type { z } from "zod";
import type { Context } from "../context.ts";
import { localTime, shortId } from "../show/format.ts";
import { table, type Column } from "../show/table.ts";
import { takeList } from "../take-list.ts";

export interface TrailInput {
  readonly subject?: string;
  readonly limit: number;
}

/** What people changed, newest first. */
export async function trail(context: Context, { subject, limit }: TrailInput): Promise<void> {
  const list = await takeList(context, routes.listAudit, { query: { subject }, most: limit });
  if (context.json) return context.printJson(list.json);
  if (list.items.length === 0) return context.note("nothing was changed yet");
  context.print(...table(list.items, columns, context));
  if (!list.hasMore) return;
  await context.written();
  context.note(`only the newest ${limit}; more with --limit`);
}

const columns: readonly Column<z.output<typeof auditEntry>>[] = [
  { head: "WHEN", cell: ({ at }) => localTime(at), keep: 8 },
  { head: "ACTION", cell: ({ action }) => action, keep: 9 },
  { head: "SUBJECT", cell: ({ subject }) => subject, keep: 9, least: 12 },
  { head: "OUTCOME", cell: ({ outcome }) => outcome, keep: 7 },
  { head: "ROLE", cell: ({ role }) => role ?? "", keep: 4 },
  { head: "KEY", cell: ({ key }) => (key === null ? "" : shortId(key)), keep: 3 },
  { head: "REQUEST", cell: ({ request }) => request, keep: 1 },
];
