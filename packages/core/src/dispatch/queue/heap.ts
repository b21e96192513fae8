/** A queue by order, not by age: the first is found at once, adding and taking cost log n. */
export interface Heap<T> {
  readonly size: number;
  first(): T | undefined;
  add(item: T): void;
  /** Takes the first away. */
  take(): T | undefined;
  /** The first has changed: it finds its new place. */
  settle(): void;
}

/** @param compare  a total order, so that what comes first does not depend on what came before */
export function heapOf<T>(compare: (a: T, b: T) => number, items: readonly T[] = []): Heap<T> {
  const all = items.toSorted(compare); // sorted is a heap already
  return {
    get size() {
      return all.length;
    },
    first: () => all[0],
    add(item) {
      all.push(item);
      rise(all, compare);
    },
    take() {
      const first = all[0];
      const last = all.pop();
      if (all.length > 0) {
        all[0] = last!;
        sink(all, compare);
      }
      return first;
    },
    settle: () => sink(all, compare),
  };
}

function rise<T>(all: T[], compare: (a: T, b: T) => number): void {
  let place = all.length - 1;
  const item = all[place]!;
  while (place > 0) {
    const above = (place - 1) >> 1;
    if (compare(item, all[above]!) >= 0) break;
    all[place] = all[above]!;
    place = above;
  }
  all[place] = item;
}

function sink<T>(all: T[], compare: (a: T, b: T) => number): void {
  const item = all[0];
  if (item === undefined) return;
  let place = 0;
  for (;;) {
    let below = 2 * place + 1;
    if (below >= all.length) break;
    if (below + 1 < all.length && compare(all[below + 1]!, all[below]!) < 0) below += 1;
    if (compare(item, all[below]!) <= 0) break;
    all[place] = all[below]!;
    place = below;
  }
  all[place] = item;
}
