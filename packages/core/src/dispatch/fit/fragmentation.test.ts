import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mebibytes, milliCores } from "../../units/index.ts";
import type { Need } from "../snapshot.ts";
import { cardValues, fits, fragmentation, roomIn, scarcityWeight } from "./fragmentation.ts";

const aNeed = (differs: { cards?: number; share?: number; cpu?: number } = {}): Need => ({
  cards: differs.cards ?? 1,
  share: differs.share ?? 1000,
  cpu: milliCores(differs.cpu ?? 4000),
  memory: mebibytes(1024),
});
const aHost = (cards: readonly number[], cpu = 64_000) => ({ cards, cpu, memory: 1_000_000 });
const typical = (need: Need, weight = 1) => ({ need, weight });

describe("card values", () => {
  test.each([
    // shares of the mix          left   worth
    [[500, 500], 500, 1 / 2],
    [[500], 499, 0],
    [[400], 800, 1],
    [[400], 799, 1 / 2],
    [[600, 300, 300], 300, 1 / 3],
    [[600, 300, 300], 600, 2 / 3],
    [[600, 600, 300], 600, 1], // some cards hold one 600 only: 400 beside it is of no use
    [[600, 600, 300], 300, 0],
    [[810, 810, 160], 190, 0],
  ])("of typical shares %j, %d left is worth %d cards", (shares, left, worth) => {
    const values = cardValues(shares.map((share) => typical(aNeed({ share }))));
    expect(values[left]).toBeCloseTo(worth, 9);
  });

  test("without shares only a whole card has value", () => {
    const values = cardValues([typical(aNeed()), typical(aNeed({ cards: 8 }))]);
    expect([values[0], values[999], values[1000]]).toStrictEqual([0, 0, 1]);
  });

  test("more left is never worth less, and no card is worth more than one", () => {
    const anyMix = fc.array(
      fc.record({
        share: fc.integer({ min: 20, max: 999 }),
        weight: fc.integer({ min: 1, max: 99 }),
      }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(anyMix, (mix) => {
        const values = cardValues(
          mix.map(({ share, weight }) => typical(aNeed({ share }), weight)),
        );
        for (let left = 1; left <= 1000; left++) {
          expect(values[left]).toBeGreaterThanOrEqual(values[left - 1]!);
        }
        expect(values[1000]).toBe(1);
        expect(values[999]).toBeLessThanOrEqual(1 + 1e-6);
      }),
      { numRuns: 50 },
    );
  });
});

describe("room", () => {
  test.each([
    // cards left          cpu      need                      copies
    [[1000, 1000], 64_000, { cards: 1 }, 2],
    [[1000, 1000], 4000, { cards: 1 }, 1.5], // one by its cpu, two by its cards
    [[1000, 1000], 3999, { cards: 1 }, 0],
    [[1000, 900], 64_000, { cards: 2 }, 0],
    [[1000, 450], 64_000, { cards: 1, share: 500 }, 2],
    [[], 64_000, { cards: 0 }, 16],
  ])("cards %j and %d thousandths of a core, %j: %d", (cards, cpu, need, copies) => {
    expect(roomIn(aHost(cards, cpu), aNeed(need))).toBe(copies);
  });

  test("a need that few hosts serve weighs more", () => {
    const need = aNeed();
    const scarce = scarcityWeight(need, { frequency: 0.1, roomInFleet: 9 });
    const plenty = scarcityWeight(need, { frequency: 0.1, roomInFleet: 999 });
    expect([scarce, plenty]).toStrictEqual([0.01, 0.0001]);
  });
});

describe("fragmentation", () => {
  const shares = [typical(aNeed({ share: 600 })), typical(aNeed({ share: 400 }))];
  const by = { mix: shares, values: cardValues(shares) };

  test("a part of a card goes where its rest is of use", () => {
    const fit = fragmentation(aHost([1000, 400, 700]), aNeed({ share: 400 }), by);
    expect(fit).toMatchObject({ card: 1, left: { cards: [1000, 0, 700], cpu: 60_000 } });
  });

  test("whole cards are the first idle ones", () => {
    const fit = fragmentation(aHost([700, 1000, 1000, 1000]), aNeed({ cards: 2 }), by);
    expect(fit).toMatchObject({ card: null, left: { cards: [700, 0, 0, 1000] } });
  });

  test("what keeps a host's cards usable costs less than what takes its last cpu", () => {
    const mix = [typical(aNeed({ cpu: 12_000 }))];
    const values = cardValues(mix);
    const need = aNeed({ cpu: 20_000 });
    const tight = fragmentation(aHost([1000, 1000, 1000], 24_000), need, { mix, values });
    const wide = fragmentation(aHost([1000, 1000, 1000], 96_000), need, { mix, values });
    expect(tight!.loss).toBeGreaterThan(wide!.loss);
  });

  test.each([
    ["cards", aNeed({ cards: 4 })],
    ["cpu", aNeed({ cpu: 65_000 })],
    ["one card's share", aNeed({ share: 800 })],
  ])("a host short of %s takes none", (_, need) => {
    expect(fragmentation(aHost([700, 700]), need, by)).toBeNull();
    expect(fits(aHost([700, 700]), need)).toStrictEqual([]);
  });
});
