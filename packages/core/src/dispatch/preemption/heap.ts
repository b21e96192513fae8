/** A queue that hands out the first of all it holds, by `isBefore`. */
export interface Heap<T> {
  push(item: T): void;
  pop(): T | undefined;
}

export function openHeap<T>(isBefore: (a: T, b: T) => boolean): Heap<T> {
  const items: T[] = [];
  const swap = (a: number, b: number) => {
    [items[a], items[b]] = [items[b]!, items[a]!];
  };
  return {
    push(item) {
      items.push(item);
      for (let at = items.length - 1; at > 0;) {
        const parent = (at - 1) >> 1;
        if (!isBefore(items[at]!, items[parent]!)) return;
        swap(at, parent);
        at = parent;
      }
    },
    pop() {
      if (items.length <= 1) return items.pop();
      const first = items[0]!;
      items[0] = items.pop()!;
      for (let at = 0; ;) {
        let least = at;
        for (const child of [2 * at + 1, 2 * at + 2]) {
          if (child < items.length && isBefore(items[child]!, items[least]!)) least = child;
        }
        if (least === at) return first;
        swap(at, least);
        at = least;
      }
    },
  };
}
