import * as fc from "fast-check";
import { expect, test } from "vitest";
import { eventQueue } from "./event-queue.ts";

test("events come out by time, and as they came where their times are equal", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const queue = eventQueue<{ time: number; order: number }>();
      for (const [order, time] of times.entries()) queue.add(time, { time, order });
      const taken = [];
      while (queue.nextAtMs !== undefined) taken.push(queue.take()!);
      expect(taken).toEqual(
        times
          .map((time, order) => ({ time, order }))
          .sort((a, b) => a.time - b.time || a.order - b.order),
      );
    }),
  );
});

test("an empty queue has nothing to give", () => {
  const queue = eventQueue<number>();
  expect(queue.take()).toBeUndefined();
  queue.add(5, 1);
  expect(queue.nextAtMs).toBe(5);
  expect(queue.take()).toBe(1);
  expect(queue.nextAtMs).toBeUndefined();
});
