import { createClient, type Client, type ReplyOf, type Route } from "@wadi/protocol";
import { z } from "zod";

/** What a call says, as JSON writes it. */
export interface Said<R extends Route> {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: R["body"] extends z.ZodType ? z.input<R["body"]> : undefined;
}

/** Somebody with a key, who calls the hub's API as any other client does. */
export interface Caller {
  readonly client: Client;
  ask<const R extends Route>(route: R, said?: Said<R>): Promise<ReplyOf<R>>;
  /** Every item of a list. */
  all<const R extends Route>(route: R, said?: Said<R>): Promise<ItemOf<R>[]>;
}

type ItemOf<R extends Route> = ReplyOf<R> extends { items: readonly (infer Item)[] } ? Item : never;

export function callerOf(hub: string, key: string | undefined): Caller {
  const client = createClient({ hub, key });
  const requestOf = (route: Route, { params, query, body }: Said<Route>) => ({
    ...(params && { params }),
    ...(query && { query: route.query ? z.decode(route.query, query) : query }),
    ...(body !== undefined && { body: z.decode(route.body!, body) }),
    ...(route.idempotent && { idempotencyKey: crypto.randomUUID() }),
    timeoutMs: 300_000,
  });
  return {
    client,
    ask: (route, said = {}) => client.call(route, requestOf(route, said as Said<Route>) as never),
    all: async (route, said = {}) => {
      const query = { limit: "1000", ...said.query };
      const request = requestOf(route, { ...(said as Said<Route>), query });
      const items: unknown[] = [];
      for await (const item of client.each(route, request as never)) items.push(item);
      return items as never;
    },
  };
}
