/** Values by the time at which they come due; equal times in the order in which they came. */
export interface EventQueue<T> {
  readonly nextAtMs: number | undefined;
  add(atMs: number, value: T): void;
  /** Takes out the earliest. */
  take(): T | undefined;
}

interface Event<T> {
  readonly atMs: number;
  readonly order: number;
  readonly value: T;
}

/** A binary heap: adding and taking cost the logarithm of its size. */
export function eventQueue<T>(): EventQueue<T> {
  const heap: Event<T>[] = [];
  let added = 0;
  const isBefore = (a: Event<T>, b: Event<T>) =>
    a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

  /** Moves the hole at `at` towards the top until `event` fits into it. */
  const rise = (event: Event<T>, from: number) => {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above]!;
      if (!isBefore(event, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = event;
  };
  const sink = (event: Event<T>) => {
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (!isBefore(heap[below]!, event)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = event;
  };
  return {
    get nextAtMs() {
      return heap[0]?.atMs;
    },
    add: (atMs, value) => rise({ atMs, order: added++, value }, heap.length),
    take() {
      const first = heap[0];
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) sink(last);
      return first?.value;
    },
  };
}
