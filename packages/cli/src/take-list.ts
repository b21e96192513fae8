import { decodeReply, type ItemOf, type QueryOf, type Route } from "@wadi/protocol";
import type { Context } from "./context.ts";

export interface Taken<R extends Route> {
  readonly items: readonly ItemOf<R>[];
  /** Pages put together into one, as they travelled. */
  readonly json: { readonly items: readonly unknown[]; readonly next: string | null };
  readonly hasMore: boolean;
}

const pageMost = 1000;

/** The first so many items of a paged list. */
export async function takeList<const R extends Route>(
  { client, during, hub }: Pick<Context, "client" | "during" | "hub">,
  route: R,
  { query, params, most }: { query?: Partial<QueryOf<R>>; params?: object; most: number },
): Promise<Taken<R>> {
  const items: unknown[] = [];
  let cursor: string | null = null;
  do {
    const limit = Math.min(pageMost, most - items.length);
    const page = { ...query, limit, ...(cursor !== null && { cursor }) };
    const request = { query: page, ...(params && { params }) } as never;
    const json = (await during("asking the hub", (await client()).wire(route, request))) as Page;
    items.push(...json.items);
    cursor = json.next;
  } while (cursor !== null && items.length < most);
  const json = { items, next: cursor };
  const { items: decoded } = decodeReply(route, json, await hub()) as { items: ItemOf<R>[] };
  return { items: decoded, json, hasMore: cursor !== null };
}

interface Page {
  readonly items: readonly unknown[];
  readonly next: string | null;
}
