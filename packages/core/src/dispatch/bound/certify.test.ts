import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { microYuan } from "../../units/index.ts";
import { aGroup, anOption, aPool, aProblem, now, poolId, yuan } from "./builders.testing.ts";
import { certify } from "./certify.ts";
import { compile } from "./compile.ts";
import { lowerBound, priceOut, scarceOf } from "./price-out.ts";
import type { BoundGroup, BoundOption, BoundPool, BoundProblem } from "./problem.ts";
import { marginalWorth } from "./scarcity.ts";
import { hourMs } from "./windows.ts";

/** As near to the best bound of its kind as the arithmetic goes. */
const thorough = { gap: 1e-6, rounds: 400 };
const inYuan = (amount: bigint | null) => Number(amount) / 1_000_000;

describe("worked by hand", () => {
  test("where nothing is scarce each job costs its own least, and no card is worth more", () => {
    const group = aGroup("a", [anOption("p"), anOption("q")], { jobs: 3 });
    const pools = [aPool("p", [9, 9], 2), aPool("q", [9, 9], 1.5)];
    const made = certify(aProblem(pools, [group]), thorough);
    expect(inYuan(made.lower)).toBeCloseTo(4.5, 5);
    expect(made.lower).toBeLessThanOrEqual(4_500_000n);
    expect(made.scarcity.perCardHour.get(poolId("q"))).toStrictEqual([0, 0]);
    expect(made.usedCards.get(poolId("q"))).toStrictEqual([3, 0]);
  });

  test("two jobs for one card: the second waits, and the card is worth its waiting now", () => {
    const group = aGroup("a", [anOption("p")], { jobs: 2 });
    const made = certify(aProblem([aPool("p", [1, 2, 2])], [group]), thorough);
    expect(inYuan(made.lower)).toBeCloseTo(1 + 1 + 1, 4); // two hours of cards, one of waiting
    expect(inYuan(made.relaxed)).toBeCloseTo(3, 4);
    const worth = (atMs: number) =>
      inYuan(marginalWorth(made.scarcity, { pool: poolId("p"), atMs }));
    expect(worth(now + hourMs / 2)).toBeCloseTo(1, 1);
    expect(worth(now + 2 * hourMs)).toBe(0);
    expect(worth(now - 1)).toBe(0);
    expect(worth(now + 9 * hourMs)).toBe(0);
    expect(marginalWorth(made.scarcity, { pool: poolId("other"), atMs: now })).toBe(0n);
  });

  test("a job with another pool almost as cheap leaves the scarce one to those without", () => {
    const bound = aGroup("bound", [anOption("p")], { jobs: 4, waitingPerHour: yuan(9) });
    const free = aGroup("free", [anOption("p"), anOption("q")], { jobs: 4 });
    const pools = [aPool("p", [4, 4], 1), aPool("q", [4, 4], 1.2)];
    const made = certify(aProblem(pools, [bound, free]), thorough);
    expect(inYuan(made.lower)).toBeCloseTo(4 * 1 + 4 * 1.2, 3);
    expect(marginalWorth(made.scarcity, { pool: poolId("p"), atMs: now })).toBeGreaterThan(
      190_000n,
    );
  });

  test("a job waits for the cheap hour when waiting costs less than it saves", () => {
    const pools = [aPool("p", [1, 1, 1], [5, 5, 1])];
    const cheap = aGroup("a", [anOption("p")]);
    expect(inYuan(certify(aProblem(pools, [cheap])).lower)).toBeCloseTo(2 + 1, 5);
    const urgent = aGroup("a", [anOption("p")], { waitingPerHour: yuan(3) });
    expect(inYuan(certify(aProblem(pools, [urgent])).lower)).toBeCloseTo(5, 5);
  });

  test("no run touches an hour in which the pool is closed or too small for it", () => {
    const long = aGroup("a", [anOption("p", { runMs: 1.5 * hourMs })]);
    const problem = aProblem([aPool("p", [1, 0, 1, 1])], [long]);
    expect(inYuan(certify(problem).lower)).toBeCloseTo(1.5 + 2, 5); // starts in the third hour
    const wide = aGroup("a", [anOption("p", { cards: 3 })]);
    const narrow = aProblem([aPool("p", [2, 2])], [wide]);
    expect(inYuan(certify(narrow).lower)).toBeCloseTo(3 + 2, 5); // starts after the last hour
  });

  test("data, losses and the first possible start are part of what a job costs", () => {
    const option = anOption("p", { readyMs: now + hourMs / 2, fixed: yuan(0.25), loss: 0.1 });
    const made = certify(aProblem([aPool("p", [1, 1], 2)], [aGroup("a", [option])]));
    expect(inYuan(made.lower)).toBeCloseTo(2 * 1.1 + 0.5 + 0.25, 5);
  });

  test("what must start in time and finds no room has a lower bound, and none from above", () => {
    const option = anOption("p", { latestStartMs: now });
    const made = certify(aProblem([aPool("p", [1, 1])], [aGroup("a", [option], { jobs: 2 })]));
    expect(made.relaxed).toBeNull();
    expect(inYuan(made.lower)).toBeGreaterThanOrEqual(1.99);
    const closed = certify(aProblem([aPool("p", [0, 0])], [aGroup("a", [option])]));
    expect(closed.lower).toBe(0n);
    expect(closed.leftOut).toStrictEqual(["a"]);
  });

  test("of nothing the bound is nothing", () => {
    expect(certify(aProblem([aPool("p", [1])], [])).lower).toBe(0n);
    expect(certify(aProblem([aPool("p", [1])], [aGroup("a", [])])).relaxed).toBe(0n);
  });
});

/* Small problems whose every schedule can be tried. Cards change on the half hour. */

const halfMs = hourMs / 2;
const hours = 3;

interface Tiny {
  readonly problem: BoundProblem;
  /** By pool, in each half hour. */
  readonly cards: readonly (readonly number[])[];
}

const anyTinyPool = fc.record({
  cards: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2 * hours, maxLength: 2 * hours }),
  prices: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: hours, maxLength: hours }),
  after: fc.integer({ min: 0, max: 6 }),
});

const anyTinyOption = fc.record({
  pool: fc.integer({ min: 0, max: 1 }),
  cards: fc.constantFrom(0.5, 1, 2),
  runHalves: fc.integer({ min: 1, max: 5 }),
  readyHalves: fc.integer({ min: 0, max: 3 }),
  latestHalves: fc.option(fc.integer({ min: 4, max: 12 })),
  fixed: fc.integer({ min: 0, max: 3 }),
  loss: fc.constantFrom(0, 0.25),
});

const anyTinyGroup = fc.record({
  jobs: fc.integer({ min: 1, max: 2 }),
  waiting: fc.integer({ min: 0, max: 4 }),
  options: fc.array(anyTinyOption, { minLength: 1, maxLength: 2 }),
});

const anyTiny: fc.Arbitrary<Tiny> = fc
  .record({
    pools: fc.array(anyTinyPool, { minLength: 2, maxLength: 2 }),
    groups: fc.array(anyTinyGroup, { minLength: 1, maxLength: 2 }),
  })
  .map(({ pools, groups }) => {
    const made = pools.map(({ cards, prices, after }, p): BoundPool => {
      const pairs = prices.map((_, hour) => [cards[2 * hour]!, cards[2 * hour + 1]!] as const);
      return {
        ...aPool(`p${p}`, [], []),
        freeCards: pairs.map(([a, b]) => (a + b) / 2),
        mostFree: pairs.map(([a, b]) => Math.max(a, b)),
        perCardHour: prices.map(yuan),
        perCardHourAfter: yuan(after),
      };
    });
    const asked = groups.map(({ jobs, waiting, options }, g) =>
      aGroup(
        `g${g}`,
        options.map((one) =>
          anOption(`p${one.pool}`, {
            ...{ cards: one.cards, loss: one.loss, fixed: yuan(one.fixed) },
            runMs: one.runHalves * halfMs,
            readyMs: now + one.readyHalves * halfMs,
            latestStartMs: one.latestHalves === null ? null : now + one.latestHalves * halfMs,
          }),
        ),
        { jobs, waitingPerHour: yuan(waiting) },
      ),
    );
    return { problem: aProblem(made, asked), cards: pools.map((pool) => pool.cards) };
  });

/** The least that whole jobs cost that start on half hours; infinite when they do not fit. */
function cheapestSchedule({ problem, cards }: Tiny): number {
  const free = cards.map((list) => [...list]);
  const jobs = problem.groups.flatMap((group) => Array.from({ length: group.jobs }, () => group));
  const place = (at: number): number => {
    const group = jobs[at];
    if (group === undefined) return 0;
    let least = Infinity;
    for (const option of group.options) {
      for (let half = 0; half <= 12; half++) {
        const cost = costAt(problem, { group, option, half });
        const room = free[poolAt(option)]!;
        if (cost === null || !holds(room, { option, half, cards: option.cards })) continue;
        least = Math.min(least, cost + place(at + 1));
        holds(room, { option, half, cards: -option.cards });
      }
    }
    return least;
  };
  return place(0);
}

const poolAt = ({ pool }: BoundOption) => Number(pool.slice(1));

/** Takes the cards if they are free for all of the run. After the last hour all is free. */
function holds(room: number[], run: { option: BoundOption; half: number; cards: number }): boolean {
  const until = Math.min(room.length, run.half + run.option.runMs / halfMs);
  for (let half = run.half; half < until; half++) if (room[half]! < run.cards) return false;
  for (let half = run.half; half < until; half++) room[half]! -= run.cards;
  return true;
}

function costAt(
  problem: BoundProblem,
  { group, option, half }: { group: BoundGroup; option: BoundOption; half: number },
): number | null {
  const startMs = now + half * halfMs;
  if (startMs < option.readyMs || startMs > (option.latestStartMs ?? Infinity)) return null;
  const pool = problem.pools[poolAt(option)]!;
  let paid = 0;
  for (let at = half; at < half + option.runMs / halfMs; at++) {
    paid += (pool.perCardHour[Math.floor(at / 2)] ?? pool.perCardHourAfter) / 2;
  }
  if (half >= 2 * (hours - 1)) paid = Math.max(paid, option.perCardAfter ?? 0);
  const waited = (group.waitingPerHour * half) / 2;
  return option.cards * paid * (1 + option.loss) + waited + option.fixed;
}

test("whatever is asked, no schedule costs less than the bound", () => {
  fc.assert(
    fc.property(anyTiny, fc.integer({ min: 1, max: 40 }), (tiny, rounds) => {
      const cheapest = cheapestSchedule(tiny);
      const { lower } = certify(tiny.problem, { gap: 0, rounds });
      expect(Number(lower)).toBeLessThanOrEqual(cheapest);
    }),
    { numRuns: 300 },
  );
});

test("nor where it is known what a whole run costs at least from the last hour on", () => {
  fc.assert(
    fc.property(anyTiny, fc.integer({ min: 0, max: 12 }), ({ problem, cards }, perHour) => {
      const groups = problem.groups.map((group) => ({
        ...group,
        options: group.options.map((option) => {
          return { ...option, perCardAfter: (yuan(perHour) * option.runMs) / (2 * halfMs) };
        }),
      }));
      const known = { ...problem, groups };
      const { lower } = certify(known, { gap: 0, rounds: 20 });
      expect(Number(lower)).toBeLessThanOrEqual(cheapestSchedule({ problem: known, cards }));
    }),
    { numRuns: 300 },
  );
});

test("whatever scarcity is said to be worth, no schedule costs less than the bound", () => {
  const anyPrices = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(anyTiny, anyPrices, (tiny, prices) => {
      const lower = boundAt(tiny.problem, prices);
      expect(lower).toBeLessThanOrEqual(cheapestSchedule(tiny));
    }),
    { numRuns: 300 },
  );
});

/** Prices in yuan, of each hour of each pool. */
function boundAt(problem: BoundProblem, prices: readonly number[]): number {
  const compiled = compile(problem);
  const perCardHour = new Float64Array(compiled.capacity.length);
  prices.forEach((price, i) => {
    perCardHour[Math.floor(i / hours) * compiled.stride + (i % hours)] = yuan(price);
  });
  const scarce = scarceOf(compiled, perCardHour);
  const bars = new Float64Array(compiled.groups.length).fill(Infinity);
  return lowerBound(compiled, scarce, priceOut(compiled, scarce, bars).least);
}

const withMoreCards = (problem: BoundProblem, more: number): BoundProblem => ({
  ...problem,
  pools: problem.pools.map((pool) => ({
    ...pool,
    freeCards: pool.freeCards.map((cards) => cards + more),
    mostFree: pool.mostFree.map((cards) => cards + more),
  })),
});

test("more cards never raise the bound", () => {
  fc.assert(
    fc.property(anyTiny, fc.constantFrom(0.5, 1, 3), ({ problem }, more) => {
      const few = certify(problem, thorough);
      fc.pre(few.leftOut.length === 0); // with more cards those would count
      const many = certify(withMoreCards(problem, more), thorough);
      // The split jobs of few cards fit into many: no bound of many is above what they cost.
      expect(many.lower).toBeLessThanOrEqual(few.relaxed ?? many.lower);
      const room = Number(few.lower) * 1e-3 + 1000;
      const converged = few.relaxed !== null && Number(few.relaxed - few.lower) <= room;
      expect(converged && Number(many.lower) > Number(few.lower) + room).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test("at the same prices of scarcity more cards never raise the bound", () => {
  const anyPrices = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(anyTiny, anyPrices, fc.constantFrom(0.5, 1, 3), ({ problem }, prices, more) => {
      fc.pre(compile(problem).leftOut.length === 0);
      const many = boundAt(withMoreCards(problem, more), prices);
      expect(many).toBeLessThanOrEqual(boundAt(problem, prices));
    }),
  );
});

test("the order of lists changes nothing", () => {
  fc.assert(
    fc.property(anyTiny, ({ problem }) => {
      const turned: BoundProblem = {
        ...problem,
        pools: problem.pools.toReversed(),
        groups: problem.groups
          .toReversed()
          .map((group) => ({ ...group, options: group.options.toReversed() })),
      };
      expect(certify(turned, { rounds: 12 })).toStrictEqual(certify(problem, { rounds: 12 }));
    }),
    { numRuns: 60 },
  );
});

describe("an earlier certificate", () => {
  const group = (i: number, jobs: number) =>
    aGroup(`g${i}`, [anOption("p"), anOption("q", { runMs: (1 + (i % 5)) * halfMs })], {
      jobs,
      waitingPerHour: yuan(1 + (i % 7)),
    });
  const pools = [aPool("p", Array(24).fill(10), 2), aPool("q", Array(24).fill(6), 1)];
  const problem = aProblem(
    pools,
    Array.from({ length: 30 }, (_, i) => group(i, 1 + (i % 9))),
  );
  const cold = certify(problem, { gap: 0.002, rounds: 400 });

  test("of the same problem is taken up where it left off", () => {
    const again = certify(problem, { gap: 0.003, rounds: 400, from: cold });
    expect(again.rounds).toBeLessThanOrEqual(2);
  });

  test("saves most of the work after a small change, and the bound is as good", () => {
    const groups = problem.groups.map((one, i) => (i === 3 ? { ...one, jobs: 5 } : one));
    const changed = { ...problem, groups: [...groups.slice(1), group(99, 2)] };
    const effort = { gap: 0.002, rounds: 400 };
    const fresh = certify(changed, effort);
    const warm = certify(changed, { ...effort, from: cold });
    expect(warm.rounds).toBeLessThan(fresh.rounds);
    expect(Number(warm.lower)).toBeGreaterThan(Number(fresh.relaxed) * 0.995);
  });

  test("of another time and other pools does no harm", () => {
    const other = aProblem([aPool("r", [1, 1])], [aGroup("g1", [anOption("r")], { jobs: 2 })]);
    const made = certify(other, { ...thorough, from: cold });
    expect(inYuan(made.lower)).toBeCloseTo(3, 3);
  });
});

test("hours need not be of one length, nor begin on the clock's", () => {
  const quarter = hourMs / 4;
  const problem: BoundProblem = {
    nowMs: now + quarter,
    edgesMs: [now + quarter, now + hourMs, now + 4 * hourMs],
    pools: [{ ...aPool("p", [1, 1], [1, 1]) }],
    groups: [aGroup("a", [anOption("p", { readyMs: now + quarter })], { jobs: 3 })],
  };
  const made = certify(problem, thorough);
  expect(made.scarcity.fromMs).toBe(now);
  expect(made.scarcity.perCardHour.get(poolId("p"))).toHaveLength(4);
  expect(made.lower).toBeGreaterThan(microYuan(3_000_000));
  expect(Number(made.lower)).toBeLessThanOrEqual(yuan(3 + 0 + 1 + 2)); // one after the other
});

describe("a problem that cannot be is refused, with the field, the value and what is right", () => {
  const good = aProblem([aPool("p", [1, 1])], [aGroup("a", [anOption("p")])]);
  const pool = good.pools[0]!;
  const withGroup = (differs: Partial<BoundOption>) => ({
    ...good,
    groups: [aGroup("a", [anOption("p", differs)])],
  });
  test.each<[string, BoundProblem, string]>([
    ["no hour", { ...good, edgesMs: [now] }, "edgesMs is 1; it must be at least two times"],
    ["hours before now", { ...good, nowMs: now + 1 }, `edgesMs[0] is ${now}; it must be nowMs`],
    ["hours that fall", { ...good, edgesMs: [now, now, now] }, "it must be later than the one"],
    ["a pool twice", { ...good, pools: [pool, pool] }, "pools: id is p; it must be there once"],
    ["an hour missing", { ...good, pools: [{ ...pool, freeCards: [1] }] }, "freeCards is 1; it"],
    [
      "a mean above the most",
      { ...good, pools: [{ ...pool, mostFree: [0, 1] }] },
      "pool p: freeCards[0] is 1; it must be mostFree, 0, or less",
    ],
    [
      "a price that is no number",
      { ...good, pools: [{ ...pool, perCardHour: [1, Number.NaN] }] },
      "pool p: perCardHour is NaN; it must be a number of at least 0",
    ],
    ["another pool", withGroup({ pool: poolId("x") }), "pool is x; it must be one of pools"],
    ["no time", withGroup({ runMs: 0 }), "group a in pool p: runMs is 0; it must be above 0"],
    ["a start before now", withGroup({ readyMs: now - 1 }), "or later"],
  ])("%s", (_, problem, message) => {
    expect(() => certify(problem)).toThrow(message);
  });
});
