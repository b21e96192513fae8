import { expect } from "vitest";
import {
  aRun,
  ended,
  model,
  reportOf,
  runToEnd,
  soon,
  startRun,
  type ContractTests,
  type SeenWorld,
} from "./world.ts";

const twoCards = { cards: { model, count: 2 } };

/** What is told of cards that can be looked at. */
export const looks: ContractTests<SeenWorld> = {
  "every card has a serial number of its own, and keeps it": async (world) => {
    const first = await serialsOf(world, world.engine);
    expect(first.length).toBeGreaterThanOrEqual(4);
    expect(new Set(first).size).toBe(first.length);
    expect(await serialsOf(world, await world.reopen())).toEqual(first);
  },

  "busy time only ever grows, and is never more than the cards were held": async (
    world,
    commands,
  ) => {
    const { engine } = world;
    const spec = aRun(world.working(commands.endingAfter(1500), 500), twoCards);
    const ref = await startRun(engine, spec);
    const seen = [];
    do {
      seen.push((await reportOf(engine, ref)).usage);
      await world.pass(50);
    } while ((await reportOf(engine, ref)).state === "running");
    const last = (await ended(world, ref)).usage;
    for (const [i, usage] of [...seen, last].entries()) {
      expect(usage.busyMs ?? 0).toBeLessThanOrEqual(usage.cardMs);
      const before = seen[i - 1]?.busyMs;
      if (before !== undefined) expect(usage.busyMs).toBeGreaterThanOrEqual(before);
    }
    expect(Math.abs(last.busyMs! - last.cardMs / 2)).toBeLessThanOrEqual(1);
    expect((await reportOf(engine, ref)).usage).toEqual(last);
  },

  "cards that do nothing are said to do nothing": async (world, commands) => {
    const spec = aRun(world.working(commands.endingAfter(600), 0), twoCards);
    const { usage } = await runToEnd(world, spec);
    expect(usage.busyMs).toBe(0);
  },

  "where nobody can say how busy they are nothing is said, and runs are as ever": async (
    world,
    commands,
  ) => {
    const spec = aRun(world.working(commands.endingAfter(600, 3), null), twoCards);
    const { state, exitCode, usage } = await runToEnd(world, spec);
    expect({ state, exitCode }).toEqual({ state: "failed", exitCode: 3 });
    expect(usage.busyMs).toBeUndefined();
  },

  "a run without cards has no busy time": async (world, commands) => {
    const { usage } = await runToEnd(world, aRun(world.working(commands.endingAfter(300), 500)));
    expect(usage.busyMs ?? 0).toBe(0);
  },
};

/** Of the cards that are really there, as soon as they are known. */
async function serialsOf(world: SeenWorld, engine: SeenWorld["engine"]): Promise<string[]> {
  for (let passedMs = 0; ; passedMs += 20) {
    const { hosts } = await engine.describe(soon());
    const real = hosts.flatMap(({ cards }) => cards).filter(({ emulated }) => !emulated);
    const serials = real.flatMap(({ serial }) => (serial === undefined ? [] : [serial]));
    if (serials.length === real.length) return serials;
    if (passedMs > 20_000) throw new Error(`only ${serials.length} of ${real.length} are known`);
    await world.pass(20);
  }
}
