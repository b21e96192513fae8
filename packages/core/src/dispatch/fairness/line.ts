import type { TenantId } from "../../units/index.ts";
import type { Books } from "./books.ts";
import { Heaps, type Waiting } from "./heaps.ts";
import type { Leaf, Sharer } from "./tree.ts";

/**
 * Tenants that wait to be served. It follows whatever is occupied and released while it is in
 * use; nothing need be closed.
 */
export interface Line {
  /**
   * Whom to serve next: from the root on, the one with the smallest share for its weight, then
   * who has waited longest, then the smallest id, an organisation before a tenant of the same id.
   * Undefined: nobody is left.
   */
  first(): TenantId | undefined;
  /** It has nothing more to place. One that is not in the line changes nothing. */
  leave(tenant: TenantId): void;
}

/** @param tenants  each with since when it waits */
export function openLine(books: Books, tenants: ReadonlyMap<TenantId, number>): Line {
  const { tree } = books;
  const heaps = new Heaps();
  let waiting: Waiting[] = [];
  let epoch = -1;
  let seen = 0;
  /** Who was named last: mostly it is the one that leaves. */
  let named: Leaf | undefined;
  for (const [tenant, since] of tenants) waiting.push({ leaf: tree.leafOf(tenant), since });

  const catchUp = () => {
    if (books.epoch !== epoch) {
      if (epoch !== -1) waiting = waiting.filter(({ leaf }) => heaps.has(leaf));
      heaps.build(waiting, books);
    } else {
      for (; seen < books.touched.length; seen++) {
        heaps.follow(books.touched[seen]!, books.whole);
      }
    }
    epoch = books.epoch;
    seen = books.touched.length;
  };
  return {
    first() {
      if (waiting.length === 0) return undefined;
      catchUp();
      let at: Sharer | undefined = heaps.top(tree.root);
      while (at?.kind === "branch") at = heaps.top(at);
      named = at;
      return at?.id;
    },
    leave(tenant) {
      const leaf = named?.id === tenant ? named : tree.leafOf(tenant);
      if (epoch === -1) waiting = waiting.filter((one) => one.leaf !== leaf);
      else if (heaps.has(leaf)) heaps.remove(leaf);
    },
  };
}
