import { certify, type BoundProblem } from "@wadi/core/dispatch";
import { describe, expect, test } from "vitest";
import { provinceProblem, type ProvinceSize } from "./province-problem.testing.ts";
import { solveTimeIndexed } from "./time-indexed.testing.ts";

/** HiGHS works to a ten-millionth. */
const exact = 1e-6;

const aProvince = (differs: Partial<ProvinceSize> & { seed: number }): BoundProblem =>
  provinceProblem({
    ...{ groups: 20, pools: 10, eligible: 6, hours: 24, cardsMax: 300, load: 0.8 },
    ...differs,
  });

describe("the bound beside the exact optimum of the program written out in full", () => {
  test.each([
    // seed  load   what it is like
    [1, 0.3, "there is room"],
    [2, 0.8, "the cheap hours are full"],
    [3, 1.5, "not all can start within the hours"],
    [4, 4, "few can"],
    [5, 0.8, "other jobs"],
    [6, 1.5, "other jobs"],
  ])("seed %d, load %d: %s", async (seed, load) => {
    const problem = aProvince({ seed, load });
    const program = await solveTimeIndexed(problem, { whole: false, secondsMax: 20 });
    expect(program.status).toBe("optimal");

    const { lower, relaxed } = certify(problem, { gap: 0.001, rounds: 100 });
    expect(Number(lower)).toBeLessThanOrEqual(program.cost * (1 + exact));
    expect(Number(lower)).toBeGreaterThan(program.cost * 0.98);
    expect(Number(relaxed)).toBeGreaterThanOrEqual(program.cost * (1 - exact));
  });
});

test.each([7, 8, 9])("seed %d: whole jobs cost at least the bound", async (seed) => {
  const small = { groups: 6, pools: 4, eligible: 3, hours: 8, cardsMax: 24, load: 0.9 };
  const problem = aProvince({ seed, ...small });
  const program = await solveTimeIndexed(problem, { whole: true, secondsMax: 15 });
  expect(program.status).toBe("optimal");

  const { lower } = certify(problem, { gap: 0.001 });
  expect(Number(lower)).toBeLessThanOrEqual(program.cost * (1 + exact));
  expect(Number(lower)).toBeGreaterThan(program.cost * 0.9); // whole jobs leave gaps
});

test("a card is worth what the optimum falls by when there is one more", async () => {
  const problem = aProvince({ seed: 2, load: 1.2 });
  const { scarcity } = certify(problem, { gap: 1e-5, rounds: 400 });
  const before = await solveTimeIndexed(problem, { whole: false, secondsMax: 20 });
  const worths = problem.pools.flatMap(({ id }) =>
    (scarcity.perCardHour.get(id) ?? []).map((worth, hour) => ({ id, hour, worth })),
  );
  const dearest = worths.toSorted((a, b) => b.worth - a.worth).slice(0, 4);
  for (const { id, hour, worth } of dearest) {
    const pools = problem.pools.map((pool) => (pool.id === id ? withOneMore(pool, hour) : pool));
    const after = await solveTimeIndexed({ ...problem, pools }, { whole: false, secondsMax: 20 });
    const length = (problem.edgesMs[hour + 1]! - problem.edgesMs[hour]!) / 3_600_000;
    // Never worth more than it is said to be; less where the next card is worth less than this one.
    expect(before.cost - after.cost).toBeLessThanOrEqual(worth * length * 1.05 + 1000);
    expect(before.cost - after.cost).toBeGreaterThan(worth * length * 0.3);
  }
});

function withOneMore(pool: BoundProblem["pools"][number], at: number) {
  const more = (cards: number, hour: number) => (hour === at ? cards + 1 : cards);
  return { ...pool, freeCards: pool.freeCards.map(more), mostFree: pool.mostFree.map(more) };
}
