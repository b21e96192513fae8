import { weightedShare, type Whole } from "./resources.ts";
import type { Branch, Leaf, Sharer, Tree } from "./tree.ts";

/** A tenant, and since when it waits. */
export interface Waiting {
  readonly leaf: Leaf;
  readonly since: number;
}

const nowhere = -1;

/**
 * One binary heap of children below each branch that has somebody waiting. A change costs the
 * depth of the tree × the logarithm of how many stand side by side.
 */
export class Heaps {
  private heaps: (Sharer[] | undefined)[] = [];
  /** By number of the sharer: its share when last looked at, and its place in its parent's heap. */
  private shares = new Float64Array();
  private places = new Int32Array();
  /** Since when the first waits below it, whatever came and went since the heaps were built. */
  private since = new Float64Array();

  build(waiting: readonly Waiting[], { tree, whole }: { tree: Tree; whole: Whole }): void {
    this.heaps = [];
    this.since = new Float64Array(tree.size()).fill(Infinity);
    this.shares = new Float64Array(tree.size());
    this.places = new Int32Array(tree.size()).fill(nowhere);
    const open: Branch[] = [];
    for (const { leaf, since } of waiting) {
      for (let up: Sharer | undefined = leaf; up; up = up.parent) {
        this.since[up.index] = Math.min(this.since[up.index]!, since);
      }
      let at: Sharer = leaf;
      while (at.parent && this.places[at.index] === nowhere) {
        const parent: Branch = at.parent;
        let heap = this.heaps[parent.index];
        if (!heap) {
          heap = this.heaps[parent.index] = [];
          open.push(parent);
        }
        this.shares[at.index] = weightedShare(at, whole);
        this.places[at.index] = heap.push(at) - 1;
        at = parent;
      }
    }
    for (const { index } of open) {
      const heap = this.heaps[index]!;
      for (let place = (heap.length >> 1) - 1; place >= 0; place--) this.sink(heap, place);
    }
  }

  has({ index }: Leaf): boolean {
    return (this.places[index] ?? nowhere) !== nowhere;
  }

  top(branch: Branch): Sharer | undefined {
    return this.heaps[branch.index]?.[0];
  }

  /** The tenant's share has changed, and with it those of all above it. */
  follow(leaf: Leaf, whole: Whole): void {
    for (let at: Sharer = leaf; at.parent; at = at.parent) {
      const place = this.places[at.index] ?? nowhere;
      if (place === nowhere) continue;
      this.shares[at.index] = weightedShare(at, whole);
      this.settle(this.heaps[at.parent.index]!, place);
    }
  }

  /** A branch that nobody waits below goes with the last of them. */
  remove(leaf: Leaf): void {
    for (let at: Sharer = leaf; at.parent; at = at.parent) {
      const heap: Sharer[] = this.heaps[at.parent.index]!;
      const place = this.places[at.index]!;
      this.places[at.index] = nowhere;
      const last = heap.pop()!;
      if (last !== at) {
        this.put(heap, { at: last, place });
        this.settle(heap, place);
      }
      if (heap.length > 0) return;
    }
  }

  private settle(heap: Sharer[], place: number): void {
    this.sink(heap, this.rise(heap, place));
  }

  private rise(heap: Sharer[], from: number): number {
    const at = heap[from]!;
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!this.isBefore(at, heap[above]!)) break;
      this.put(heap, { at: heap[above]!, place });
      place = above;
    }
    this.put(heap, { at, place });
    return place;
  }

  private sink(heap: Sharer[], from: number): void {
    const at = heap[from]!;
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const below = right < heap.length && this.isBefore(heap[right]!, heap[left]!) ? right : left;
      if (!this.isBefore(heap[below]!, at)) break;
      this.put(heap, { at: heap[below]!, place });
      place = below;
    }
    this.put(heap, { at, place });
  }

  private put(heap: Sharer[], { at, place }: { at: Sharer; place: number }): void {
    heap[place] = at;
    this.places[at.index] = place;
  }

  private isBefore(a: Sharer, b: Sharer): boolean {
    const less = this.shares[a.index]! - this.shares[b.index]!;
    if (less !== 0) return less < 0;
    const older = this.since[a.index]! - this.since[b.index]!;
    if (older !== 0 && !Number.isNaN(older)) return older < 0; // never is as old as never
    return a.id === b.id ? a.kind === "branch" : a.id < b.id;
  }
}
