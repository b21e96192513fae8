import { expect } from "vitest";
import { asId, type HostId } from "@wadi/core/units";
import { RunRefused, type EngineRef } from "../engine.ts";
import {
  aRun,
  cardsInAll,
  cardsPerHost,
  ended,
  model,
  reportOf,
  runToEnd,
  soon,
  slotsOf,
  startRun,
  type ContractTests,
} from "./world.ts";

const oneCard = { cards: { model, count: 1 } };

/** Who holds which cards, and what is counted for it. */
export const cardTests: ContractTests = {
  "no two runs ever hold the same slot, and a full centre refuses": async (world, commands) => {
    const { engine } = world;
    const specs = Array.from({ length: cardsInAll + 3 }, () =>
      aRun(commands.endingAfter(30_000), oneCard),
    );
    const started = await Promise.allSettled(specs.map((spec) => startRun(engine, spec)));
    const refs = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const reports = await engine.observe(refs, soon());
    expect(slotsOf(reports)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const one of started.filter(({ status }) => status === "rejected")) {
      expect(one).toMatchObject({ reason: { reason: "no-free-cards" } });
    }
  },

  "cards are free again when a run has ended": async (world, commands) => {
    const all = { cards: { model, count: cardsPerHost }, replicas: 2 };
    for (let round = 0; round < 3; round++) {
      const report = await runToEnd(world, aRun(commands.endingAfter(20), all));
      expect(slotsOf([report])).toHaveLength(cardsInAll);
    }
  },

  "a gang gets all its cards, or none and is refused": async (world, commands) => {
    const { engine } = world;
    const three = { cards: { model, count: 3 } };
    const gang = aRun(commands.endingAfter(30_000), { ...three, replicas: 2 });
    const ref = await startRun(engine, gang);
    const { placement } = await reportOf(engine, ref);
    expect(placement.map(({ slots }) => slots.length)).toEqual([3, 3]);
    expect(new Set(placement.map(({ host }) => host)).size).toBe(2);

    const more = aRun(commands.endingAfter(30_000), { ...oneCard, replicas: 3 });
    await expect(startRun(engine, more)).rejects.toMatchObject({ reason: "no-free-cards" });
    const rest = await startRun(engine, aRun(commands.endingAfter(0), { ...oneCard, replicas: 2 }));
    const report = await ended(world, rest);
    expect(slotsOf([report, await reportOf(engine, ref)])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  },

  "use only ever grows, and cards are counted for as long as they are held": async (
    world,
    commands,
  ) => {
    const spec = aRun(commands.endingAfter(600), { cards: { model, count: 2 }, replicas: 2 });
    const ref = await startRun(world.engine, spec);
    const seen = [];
    do {
      seen.push(await reportOf(world.engine, ref));
      await world.pass(50);
    } while (seen.at(-1)?.state === "running");
    for (const [i, { usage }] of seen.entries()) {
      expect(usage.cardMs).toBe(usage.heldMs * 4);
      const before = seen[i - 1]?.usage ?? usage;
      expect(usage.heldMs).toBeGreaterThanOrEqual(before.heldMs);
      expect(usage.cpuMs).toBeGreaterThanOrEqual(before.cpuMs);
      expect(usage.peakMemoryBytes).toBeGreaterThanOrEqual(before.peakMemoryBytes);
    }
    expect(seen.at(-1)?.usage.heldMs).toBeGreaterThanOrEqual(550);
  },

  "parts of a card add up to no more than the card, or are refused for good": async (
    world,
    commands,
  ) => {
    const { engine } = world;
    const part = (share: number, card: number) =>
      aRun(commands.endingAfter(30_000), {
        cards: { model, count: 1, share, on: [{ host: asId<HostId>("h1"), card }] },
      });
    const first = await startRun(engine, part(300, 0)).catch((error: unknown) => error);
    if (first instanceof RunRefused) {
      expect(first.reason).toBe("cannot-share");
      expect(await engine.holding(soon())).toEqual([]);
      return;
    }
    // By their count alone the first two would fit on one card, and the last on none.
    const asked = [part(300, 1), part(700, 0), part(700, 1)];
    const others = await Promise.all(asked.map((spec) => startRun(engine, spec)));
    const reports = await engine.observe([first as EngineRef, ...others], soon());
    const [a, b, withA, withB] = reports.map((report) => slotsOf([report]));
    expect([withA, withB]).toEqual([a, b]);
    expect(a).not.toEqual(b);
    expect(reports[0]!.usage.cardMs).toBeCloseTo(reports[0]!.usage.heldMs * 0.3, 6);

    const whole = { cards: { model, count: cardsPerHost - 2 } };
    for (const replicas of [1, 2]) {
      const rest = startRun(engine, aRun(commands.endingAfter(30_000), { ...whole, replicas }));
      await expect(rest).resolves.toBeDefined();
    }
    await expect(startRun(engine, part(1, 5))).rejects.toMatchObject({ reason: "no-free-cards" });
  },

  "a part that makes no sense is refused, and the refusal names the field": async (
    { engine },
    commands,
  ) => {
    for (const [share, count] of [
      [0, 1],
      [1001, 1],
      [0.5, 1],
      [500, 2],
    ] as const) {
      const spec = aRun(commands.endingAfter(0), { cards: { model, count, share } });
      await expect(engine.start(spec, soon())).rejects.toMatchObject({
        reason: "bad-spec",
        message: expect.stringContaining("cards.share") as unknown,
      });
    }
  },

  "cards that are only counted say so, and nothing of how busy they are": async (
    world,
    commands,
  ) => {
    const { engine } = world;
    const { hosts, isolation } = await engine.describe(soon());
    expect(hosts.map(({ cards }) => cards.length)).toEqual([cardsPerHost, cardsPerHost]);
    const cards = hosts.flatMap((host) => host.cards);
    expect(cards.map(({ slot }) => slot)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(cards.every(({ emulated }) => emulated)).toBe(true);
    expect(isolation.means).not.toBe("");
    expect(cards.filter(({ serial }) => serial !== undefined)).toEqual([]);
    const { usage } = await runToEnd(world, aRun(commands.endingAfter(50), oneCard));
    expect(usage.busyMs).toBeUndefined();
  },
};
