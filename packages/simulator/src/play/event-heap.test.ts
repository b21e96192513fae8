import fc from "fast-check";
import { expect, test } from "vitest";
import { eventHeap } from "./event-heap.ts";

test("events come by time, then by rank, then as they were pushed", () => {
  const event = fc.record({ atMs: fc.nat(5), rank: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const heap = eventHeap<{ atMs: number; rank: number; place: number }>();
      events.forEach((one, place) => heap.push({ ...one, place }));
      const popped = events.map(() => heap.pop()!);
      const sorted = events
        .map((one, place) => ({ ...one, place }))
        .sort((a, b) => a.atMs - b.atMs || a.rank - b.rank || a.place - b.place);
      expect(popped).toEqual(sorted);
      expect(heap.pop()).toBeUndefined();
      expect(heap.nextMs()).toBe(Infinity);
    }),
  );
});
