/** What is to happen, and when. At one instant the smaller rank comes first. */
export interface Timed {
  readonly atMs: number;
  readonly rank: number;
}

export interface EventHeap<E extends Timed> {
  push(event: E): void;
  /** The earliest one; between equals, the one pushed first. */
  pop(): E | undefined;
  readonly nextMs: () => number;
}

interface Entry<E> {
  readonly event: E;
  readonly seq: number;
}

/** A binary heap. */
export function eventHeap<E extends Timed>(): EventHeap<E> {
  const entries: Entry<E>[] = [];
  let seq = 0;
  return {
    push(event) {
      entries.push({ event, seq });
      seq += 1;
      rise(entries, entries.length - 1);
    },
    pop() {
      const first = entries[0];
      const last = entries.pop();
      if (first && last && entries.length > 0) {
        entries[0] = last;
        sink(entries);
      }
      return first?.event;
    },
    nextMs: () => entries[0]?.event.atMs ?? Infinity,
  };
}

function isBefore(a: Entry<Timed>, b: Entry<Timed>): boolean {
  if (a.event.atMs !== b.event.atMs) return a.event.atMs < b.event.atMs;
  if (a.event.rank !== b.event.rank) return a.event.rank < b.event.rank;
  return a.seq < b.seq;
}

function rise<E extends Timed>(entries: Entry<E>[], from: number): void {
  const entry = entries[from]!;
  let at = from;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBefore(entry, entries[above]!)) break;
    entries[at] = entries[above]!;
    at = above;
  }
  entries[at] = entry;
}

function sink<E extends Timed>(entries: Entry<E>[]): void {
  const entry = entries[0]!;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= entries.length) break;
    const other = below + 1;
    if (other < entries.length && isBefore(entries[other]!, entries[below]!)) below = other;
    if (!isBefore(entries[below]!, entry)) break;
    entries[at] = entries[below]!;
    at = below;
  }
  entries[at] = entry;
}
