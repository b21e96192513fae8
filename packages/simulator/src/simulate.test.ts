import { flatPrice, priceSchedule, weekdays } from "@wadi/core/capacity";
import { asId, yuan } from "@wadi/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bestFit,
  cheapestPrice,
  cheapestWithData,
  fifoPerCentre,
  leastLoaded,
  race,
} from "./baselines/index.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { noFaults, type Breakable } from "./faults/index.ts";
import {
  aHost,
  aJob,
  aLink,
  aPool,
  aWorkload,
  hour,
  minute,
  noon,
  someWorkload,
} from "./play/builders.testing.ts";
import { simulate, type SimOptions } from "./simulate.ts";

const oneHost = { pools: [aPool("east")], links: [] };

const play = (differs: Partial<SimOptions> & Pick<SimOptions, "workload">) =>
  simulate({ fleet: oneHost, dispatcher: cheapestPrice(), seed: 1, ...differs });

/** When each job started and ended, in minutes after noon, by id. */
const timeline = (options: Parameters<typeof play>[0]) =>
  Object.fromEntries(
    play(options).jobs.map(({ id, startedMs, endedMs }) => [
      id,
      [sinceNoon(startedMs), sinceNoon(endedMs)],
    ]),
  );
const sinceNoon = (atMs: number | null) => (atMs === null ? null : (atMs - noon) / minute);

test("a job starts when it comes and ends after its true time, whatever was declared", () => {
  const workload = aWorkload(aJob("a", { declared: 3 }));
  expect(timeline({ workload })).toEqual({ a: [0, 60] });
});

test("a job without room waits for the first that ends, then for the next decision", () => {
  const workload = aWorkload(
    aJob("a", { cards: 8 }),
    aJob("b", { cards: 8, submittedMs: noon + 10 * minute }),
  );
  expect(timeline({ workload })).toEqual({ a: [0, 60], b: [60, 120] });
});

test("decisions are a round apart: what comes in between is decided together", () => {
  const workload = aWorkload(
    aJob("a"),
    aJob("b", { submittedMs: noon + minute }),
    aJob("c", { submittedMs: noon + 2 * minute }),
  );
  const roundEveryMs = 5 * minute;
  expect(timeline({ workload, roundEveryMs })).toEqual({ a: [0, 60], b: [5, 65], c: [5, 65] });
  expect(play({ workload, roundEveryMs }).rounds.count).toBe(2);
});

test("data is brought before the run begins; its way, its cards and its wait are paid", () => {
  const data = [{ places: [asId("ningbo"), asId("jinhua")], bytes: 1_800_000_000_000n }] as never;
  const workload = aWorkload(aJob("a", { data, cards: 2, waitingCostPerHour: yuan(6n) }));
  const links = [
    aLink("ningbo", "hangzhou", { perGB: yuan(1n) }),
    aLink("jinhua", "hangzhou", { perGB: 500_000n as never, megabitsPerSecond: 4000 }),
  ];
  const fleet = { pools: [aPool("east")], links };
  // 1,800 GB over 4 Gbit/s take an hour, and cost 900 yuan; two cards for an hour cost 20.
  expect(timeline({ workload, fleet })).toEqual({ a: [0, 120] });
  const [job] = play({ workload, fleet }).jobs;
  expect(job!.cost).toMatchObject({ compute: 20, data: 900, waiting: 6, loss: 0 });
});

test("a run that takes longer than it may is stopped, and its job has failed", () => {
  const workload = aWorkload(aJob("a", { maxRunTime: (30 * minute) as never }));
  const { jobs } = play({ workload });
  expect(jobs[0]).toMatchObject({ startedMs: noon, endedMs: null, cost: { compute: 5 } });
});

test("a part of a card costs its part; power and carbon go by the pool's figures", () => {
  const pool = aPool("east", {
    minimumSlice: 100,
    wattsPerCard: 500,
    powerPricePerKwh: yuan(1n),
    carbonGramsPerKwh: 600,
  });
  const workload = aWorkload(aJob("a", { share: 250 }), aJob("b", { cards: 2 }));
  const { jobs } = play({ workload, fleet: { pools: [pool], links: [] } });
  expect(jobs[0]!.cost).toMatchObject({ compute: 2.5, power: 0.5, carbon: 0 });
  expect(jobs[1]!.cost).toMatchObject({ compute: 20, power: 1 });
});

test("a run over a change of price pays each hour its own", () => {
  const night = priceSchedule({
    timeZone: "Asia/Shanghai",
    periods: [
      {
        from: null,
        to: null,
        rules: [
          { days: weekdays, fromHour: 0, toHour: 13, perCardHour: yuan(10n) },
          { days: weekdays, fromHour: 13, toHour: 24, perCardHour: yuan(4n) },
        ],
      },
    ],
    specialDates: [],
  });
  if (night.kind !== "ok") throw new Error("the schedule is refused");
  const workload = aWorkload(aJob("a", { hours: { "h100-sxm": 3 } }));
  const fleet = { pools: [aPool("east", { prices: night.value })], links: [] };
  expect(play({ workload, fleet }).jobs[0]!.cost.compute).toBe(18);
});

test("a gang over hosts that share nothing runs as much longer as the policy says", () => {
  const fleet = { pools: [aPool("east", { hostCount: 2 })], links: [] };
  const workload = aWorkload(aJob("a", { replicas: 2, cards: 8 }));
  expect(timeline({ workload, fleet })).toEqual({ a: [0, 66] });
});

test("a host that breaks ends what runs there; without a checkpoint all is done again", () => {
  const what: Breakable = { kind: "host", pool: asId("east"), host: asId("east-host-1") };
  const fault = { what, fromMs: noon + 25 * minute, toMs: noon + 40 * minute };
  const faults = { ...noFaults, planned: [fault] };
  const workload = aWorkload(aJob("a"), aJob("b", { checkpoints: true }));
  const fleet = {
    pools: [aPool("east", { hosts: [aHost("east-host-1", { cards: 2 })] })],
    links: [],
  };
  expect(timeline({ workload, faults, fleet })).toEqual({ a: [40, 100], b: [40, 80] });
  const [a, b] = play({ workload, faults, fleet }).jobs;
  expect(a).toMatchObject({ faults: 1, preemptions: 0 });
  expect(a!.cost.compute).toBe(10);
  expect(a!.cost.loss).toBeCloseTo((10 * 25) / 60, 5);
  expect(a!.cost.waiting).toBeCloseTo(15 / 60, 5);
  // Two checkpoints of ten minutes were kept; five minutes were lost.
  expect(b!.cost.compute).toBeCloseTo(10, 5);
  expect(b!.cost.loss).toBeCloseTo((10 * 5) / 60, 5);
});

test("what is broken twice is whole when both are repaired; a centre away takes nothing", () => {
  const what: Breakable = { kind: "centre", centre: asId("centre-of-east") };
  const planned = [
    { what, fromMs: noon - 10 * minute, toMs: noon + 20 * minute },
    { what, fromMs: noon + 10 * minute, toMs: noon + 30 * minute },
  ] as const;
  const workload = aWorkload(
    aJob("z", { submittedMs: noon - hour, hours: { "h100-sxm": 0.5 } }),
    aJob("a"),
  );
  expect(timeline({ workload, faults: { ...noFaults, planned } })).toEqual({
    z: [-60, -30],
    a: [30, 90],
  });
});

test("a link that is cut ends the runs whose data still comes over it, and no others", () => {
  const data = [{ places: [asId("ningbo")], bytes: 3_600_000_000_000n }] as never;
  const links = [aLink("ningbo", "hangzhou")]; // an hour at 8 Gbit/s
  const what: Breakable = { kind: "link", from: asId("ningbo"), to: asId("hangzhou") };
  const fault = { what, fromMs: noon + 30 * minute, toMs: noon + 45 * minute };
  const workload = aWorkload(aJob("a", { data }), aJob("b"));
  const faults = { ...noFaults, planned: [fault] };
  const fleet = { pools: [aPool("east")], links };
  expect(timeline({ workload, faults, fleet })).toEqual({ a: [45, 165], b: [0, 60] });
});

test("a preempted run is gone after the time that stopping takes and resumes what it kept", () => {
  const stopper = stopsOnce("a", noon + 35 * minute);
  const workload = aWorkload(
    aJob("a", { cards: 8, checkpoints: true, preemptible: true }),
    aJob("b", { cards: 8, priority: "urgent", submittedMs: noon + 35 * minute }),
  );
  const stopMs = 2 * minute;
  const result = play({ workload, dispatcher: stopper, stopMs });
  const [a, b] = result.jobs;
  expect(sinceNoon(b!.startedMs)).toBe(37);
  expect(sinceNoon(a!.startedMs)).toBe(97);
  expect(sinceNoon(a!.endedMs)).toBe(127); // 30 of its 60 minutes were kept
  expect(a).toMatchObject({ preemptions: 1, faults: 0 });
  expect(a!.cost.loss).toBeCloseTo((80 * 7) / 60, 5);
});

test.each([
  ["starts a job twice", { job: "a", twice: true }, "it is running already"],
  ["starts what nobody asked for", { job: "x" }, "nobody asked for it"],
  ["gives out more than there is", { job: "a", cards: 9 }, "it asked for something else"],
  ["starts in a pool that is not there", { job: "a", pool: "west" }, "there is no such pool"],
])("a dispatcher that %s ends the play", (_, differs, message) => {
  const workload = aWorkload(aJob("a"));
  expect(() => play({ workload, dispatcher: lawless(differs) })).toThrow(message);
});

test("a dispatcher that exceeds a host ends the play, which names the host", () => {
  const workload = aWorkload(aJob("a", { cards: 8 }), aJob("b", { cards: 1 }));
  const greedy = lawless({ job: "a", also: "b" });
  expect(() => play({ workload, dispatcher: greedy })).toThrow("9 cards would be taken of 8");
});

const baselines: readonly (readonly [string, (seed: number) => Dispatcher])[] = [
  ["fifo per centre", fifoPerCentre],
  ["cheapest price", cheapestPrice],
  ["cheapest with data", cheapestWithData],
  ["race", race],
  ["least loaded", leastLoaded],
  ["best fit", bestFit],
];

test.each(baselines)(
  "%s: whatever comes and breaks, all ends, and equal seeds play alike",
  (_, make) => {
    const pools = [
      aPool("east", { hostCount: 3, reclaimsPer1000Hours: 20 }),
      aPool("west", { hostCount: 2, model: "ascend-910b2", prices: flatPrice(yuan(4n)) }),
    ];
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const faults = {
          ...noFaults,
          hosts: { everyMs: 200 * hour, lastsMs: 3 * hour },
          centres: { everyMs: 300 * hour, lastsMs: 2 * hour },
        };
        const workload = someWorkload(seed, { count: 60, everyMs: 20 * minute });
        const once = () =>
          play({ workload, fleet: { pools, links: [] }, dispatcher: make(seed), seed, faults });
        const { rounds, ...first } = once();
        const { rounds: again, ...second } = once();
        expect(second).toEqual(first);
        expect(again.count).toBe(rounds.count);
        for (const job of first.jobs) {
          expect(job.endedMs, job.id).not.toBeNull();
          expect(job.startedMs!).toBeGreaterThanOrEqual(job.submittedMs);
        }
      }),
      { numRuns: 15 },
    );
  },
);

test("a play with jobs that nothing can run comes to its end", () => {
  const workload = aWorkload(aJob("a"), aJob("b", { cards: 9 }));
  const { jobs } = play({ workload });
  expect(jobs[1]).toMatchObject({ startedMs: null, endedMs: null, pool: null });
});

test("samples are even, and count who waits and what is used", () => {
  const workload = aWorkload(aJob("a", { cards: 8 }), aJob("b", { cards: 4 }));
  const { samples, centres } = play({ workload, sampleEveryMs: 30 * minute });
  expect(centres).toEqual([{ id: "centre-of-east", cards: 8 }]);
  expect(
    samples.map(({ atMs, queuedCards, usedCards }) => [sinceNoon(atMs), queuedCards, usedCards[0]]),
  ).toEqual([
    [30, 4, 8],
    [60, 0, 4],
    [90, 0, 4],
  ]);
});

test("progress is told up to the last job", () => {
  const told: number[] = [];
  const workload = aWorkload(aJob("a"), aJob("b"), aJob("c", { submittedMs: noon + hour }));
  play({ workload, onProgress: ({ ended }) => void told.push(ended) });
  expect(told).toEqual([1, 2, 3]);
});

/** Cheapest price, but it stops one run at one instant. */
function stopsOnce(job: string, atMs: number): Dispatcher {
  const inner = cheapestPrice();
  return {
    ...inner,
    decide(nowMs) {
      const decision = inner.decide(nowMs);
      if (nowMs !== atMs) return decision;
      const loss = yuan(0n);
      const facts = { pool: asId("east"), cards: 8, loss, for: asId("b"), rule: "class" };
      return { ...decision, preemptions: [{ job: asId(job), ...facts }] as never };
    },
  };
}

interface Lawless {
  readonly job: string;
  readonly also?: string;
  readonly twice?: boolean;
  readonly cards?: number;
  readonly pool?: string;
}

/** Starts what it is told to on the first host, whether that may be or not. */
function lawless({ job, also, twice = false, cards, pool = "east" }: Lawless): Dispatcher {
  const inner = cheapestPrice();
  return {
    ...inner,
    decide(nowMs) {
      const { placements } = inner.decide(nowMs);
      const [first] = placements;
      const need = { ...first!.need, cards: cards ?? first!.need.cards };
      const wrong = { ...first!, job: asId(job), pool: asId(pool), need } as typeof first & {};
      const other = {
        ...first!,
        job: asId(also ?? job),
        need: { ...need, cards: 1 },
      } as typeof wrong;
      const extra = also || twice ? [other] : [];
      return { placements: [wrong, ...extra], preemptions: [], bookings: [] };
    },
  };
}
