import { expect } from "vitest";
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

  "cards that are only counted say so": async ({ engine }) => {
    const { hosts, isolation } = await engine.describe(soon());
    expect(hosts.map(({ cards }) => cards.length)).toEqual([cardsPerHost, cardsPerHost]);
    const cards = hosts.flatMap((host) => host.cards);
    expect(cards.map(({ slot }) => slot)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(cards.every(({ emulated }) => emulated)).toBe(true);
    expect(isolation.means).not.toBe("");
  },
};
