/** A queue by order, not by age: the first is found at once, adding and taking cost log n. */
export class Heap<T> {
  readonly #all: T[];
  readonly #compare: (a: T, b: T) => number;

  /** @param compare  a total order, so that what comes first does not depend on what came before */
  constructor(compare: (a: T, b: T) => number, items: readonly T[] = []) {
    this.#compare = compare;
    this.#all = items.toSorted(compare); // sorted is a heap already
  }

  get size(): number {
    return this.#all.length;
  }

  first(): T | undefined {
    return this.#all[0];
  }

  add(item: T): void {
    this.#all.push(item);
    rise(this.#all, this.#compare);
  }

  /** Takes the first away. */
  take(): T | undefined {
    const all = this.#all;
    const first = all[0];
    const last = all.pop();
    if (all.length > 0) {
      all[0] = last!;
      sink(all, this.#compare);
    }
    return first;
  }

  /** The first has changed: it finds its new place. */
  settle(): void {
    sink(this.#all, this.#compare);
  }
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
