import { routes } from "@wadi/protocol";
import type { Context } from "../context.ts";
import { readTime } from "../read-period.ts";
import { signalLines } from "../show/signals.ts";

/** What cards tell a person of all paid runs. */
export async function signals(
  context: Context,
  { since }: { readonly since?: string },
): Promise<void> {
  const query = since === undefined ? {} : { since: readTime(since, { option: "--since" }) };
  const { json, value } = await context.ask(routes.listCardSignals, { query });
  if (context.json) return context.printJson(json);
  if (value.items.length === 0) return context.note("nothing stands out");
  context.print(...signalLines(value.items, context));
}
