import * as fc from "fast-check";
import { expect, test } from "vitest";

import { gather, TooBusy } from "./gather.ts";

const never = (): boolean => false;

/** A `run` that waits until it is let go, and remembers its batches. */
function gate() {
  const batches: number[][] = [];
  let waiting: (() => void)[] = [];
  return {
    batches,
    release: async () => {
      const all = waiting;
      waiting = [];
      for (const go of all) go();
      await new Promise(setImmediate);
    },
    run: async (items: readonly number[]) => {
      batches.push([...items]);
      await new Promise<void>((go) => waiting.push(go));
      return items.map((item) => item * 10);
    },
  };
}

test("callers of the same turn share a batch, and each gets its own outcome", async () => {
  const { add } = gather({
    run: async (items: readonly number[]) => items.map((item) => `${item} of ${items.length}`),
    itemsMax: 10,
    isOutage: never,
  });
  expect(await Promise.all([add(1), add(2), add(3)])).toEqual(["1 of 3", "2 of 3", "3 of 3"]);
});

test("the next batch forms while the former runs", async () => {
  const { run, batches, release } = gate();
  const { add, settled } = gather({ run, itemsMax: 2, isOutage: never });
  const first = add(1);
  await new Promise(setImmediate);
  const others = [add(2), add(3), add(4)];
  expect(batches).toEqual([[1]]);

  await release();
  expect(await first).toBe(10);
  await release();
  await release();
  expect(await Promise.all(others)).toEqual([20, 30, 40]);
  expect(batches).toEqual([[1], [2, 3], [4]]);
  await settled();
});

test("a full queue refuses at once and harms nobody", async () => {
  const { run, release } = gate();
  const { add } = gather({ run, itemsMax: 2, waitingMax: 3, isOutage: never });
  const running = add(0);
  await new Promise(setImmediate);
  const waiting = [add(1), add(2), add(3)];
  await expect(add(4)).rejects.toThrow(TooBusy);

  for (let i = 0; i < 3; i += 1) await release();
  expect(await Promise.all([running, ...waiting])).toEqual([0, 10, 20, 30]);
  const later = add(5);
  await new Promise(setImmediate);
  await release();
  expect(await later).toBe(50);
});

test("an outage ends its batch without further tries", async () => {
  let runs = 0;
  const away = new Error("away");
  const { add } = gather({
    run: async () => {
      runs += 1;
      throw away;
    },
    itemsMax: 8,
    isOutage: (error) => error === away,
  });
  const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map(add));
  expect(outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason)).toEqual([
    away,
    away,
    away,
    away,
    away,
  ]);
  expect(runs).toBe(1);
});

test("a run that answers for fewer items is a bug, told to all, and not repeated", async () => {
  let runs = 0;
  const { add } = gather({
    run: async () => {
      runs += 1;
      return [1];
    },
    itemsMax: 8,
    isOutage: never,
  });
  await expect(Promise.all([add(1), add(2)])).rejects.toThrow(
    "a batch of 2 items returned 1 outcomes",
  );
  expect(runs).toBe(1);
});

test("poisoned items fail alone; all others are done once, in order, in few runs", async () => {
  const bursts = fc.array(
    fc.array(fc.record({ poisoned: fc.boolean() }), { minLength: 1, maxLength: 30 }),
    { minLength: 1, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(bursts, fc.integer({ min: 1, max: 16 }), async (shape, itemsMax) => {
      let runs = 0;
      const done: number[] = [];
      const run = async (items: readonly { id: number; poisoned: boolean }[]) => {
        runs += 1;
        await Promise.resolve();
        expect(items.length).toBeLessThanOrEqual(itemsMax);
        if (items.some(({ poisoned }) => poisoned)) throw new Error("poison");
        done.push(...items.map(({ id }) => id)); // all or nothing, like a transaction
        return items.map(({ id }) => id);
      };
      const { add, settled } = gather({ run, itemsMax, waitingMax: 1000, isOutage: never });

      let id = 0;
      const asked: { id: number; poisoned: boolean; outcome: Promise<number> }[] = [];
      for (const burst of shape) {
        for (const { poisoned } of burst) {
          id += 1;
          asked.push({ id, poisoned, outcome: add({ id, poisoned }) });
        }
        await Promise.resolve();
      }
      const outcomes = await Promise.allSettled(asked.map(({ outcome }) => outcome));
      await settled();

      const clean = asked.filter(({ poisoned }) => !poisoned);
      expect(done).toEqual(clean.map((item) => item.id));
      for (const [i, item] of asked.entries()) {
        expect(outcomes[i]?.status).toBe(item.poisoned ? "rejected" : "fulfilled");
      }
      const bad = asked.length - clean.length;
      const batches = Math.ceil(asked.length / itemsMax) + shape.length * 2;
      expect(runs).toBeLessThanOrEqual(batches + bad * 2 * (1 + Math.ceil(Math.log2(itemsMax))));
    }),
    { numRuns: 200 },
  );
});
