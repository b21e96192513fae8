import { asId, yuan } from "@wadi/core/units";
import { expect, test } from "vitest";
import type { Dispatcher } from "../dispatcher.ts";
import { noFaults, type PlannedFault } from "../faults/index.ts";
import {
  aHost,
  aJob,
  aLink,
  aPool,
  aWorkload,
  hour,
  minute,
  noon,
} from "../play/builders.testing.ts";
import { simulate, type SimOptions } from "../simulate.ts";
import type { SimJob } from "../workload.ts";
import {
  bestFit,
  cheapestPrice,
  cheapestWithData,
  fifoPerCentre,
  leastLoaded,
  race,
} from "./index.ts";

const oneCard = (id: string, differs: Parameters<typeof aPool>[1] = {}) =>
  aPool(id, { hosts: [aHost(`${id}-host`, { cards: 1 })], ...differs });

/** Where each job ran and when it started, in whole minutes after noon. */
function played(
  dispatcher: Dispatcher,
  jobs: readonly SimJob[],
  fleet: Partial<SimOptions["fleet"]>,
) {
  const workload = aWorkload(...jobs);
  const { jobs: outcomes } = simulate({
    workload,
    fleet: { pools: [], links: [], ...fleet },
    dispatcher,
    seed: 1,
  });
  return Object.fromEntries(
    outcomes.map(({ id, pool, startedMs }) => [
      id,
      [pool, Math.floor((startedMs! - noon) / minute)],
    ]),
  );
}

test("fifo per centre: dealt by size, a job waits in its centre though another idles", () => {
  const pools = [aPool("big", { hosts: [aHost("h1", { cards: 2 })] }), oneCard("small")];
  const jobs = [
    aJob("a"),
    aJob("b"),
    aJob("c", { hours: { "h100-sxm": 0.25 } }),
    aJob("d"),
    aJob("e"),
  ];
  expect(played(fifoPerCentre(), jobs, { pools })).toEqual({
    a: ["big", 0],
    b: ["small", 0],
    c: ["big", 0],
    d: ["big", 15],
    e: ["small", 60], // though a card of `big` is free at 60 as well, it is not asked
  });
});

test("fifo per centre: the first in line holds up those behind it that would fit", () => {
  const pools = [aPool("east", { hosts: [aHost("h1", { cards: 2 })] })];
  const jobs = [aJob("a"), aJob("b", { cards: 2 }), aJob("c")];
  expect(played(fifoPerCentre(), jobs, { pools })).toEqual({
    a: ["east", 0],
    b: ["east", 60],
    c: ["east", 120],
  });
});

test("fifo per centre: who comes while a host is down goes where it can run later", () => {
  const pools = [
    aPool("able", { hostCount: 2 }),
    aPool("other", { model: "ascend-910b2", hostCount: 9 }),
  ];
  const what = { kind: "host", pool: asId("able"), host: asId("able-host-1") } as const;
  const planned = [{ what, fromMs: noon - hour, toMs: noon + hour } as PlannedFault];
  const workload = aWorkload(
    aJob("a", { submittedMs: noon - 2 * hour, cards: 8 }),
    aJob("b", { cards: 8, replicas: 2 }),
    aJob("c", { cards: 9, submittedMs: noon + minute }),
    aJob("d", { cards: 8, submittedMs: noon + 2 * minute }),
  );
  const faults = { ...noFaults, planned };
  const fleet = { pools, links: [] };
  const { jobs } = simulate({ workload, fleet, dispatcher: fifoPerCentre(), seed: 1, faults });
  expect(jobs.map(({ pool }) => pool)).toEqual(["able", "able", null, "able"]);
  expect(jobs[1]!.startedMs).toBe(noon + hour);
});

test("cheapest price: the cheapest card with room now, however slow it is and far its data", () => {
  const pools = [
    oneCard("dear", { price: yuan(9n) }),
    oneCard("cheap", { price: yuan(8n), model: "ascend-910b2", place: "ningbo" }),
  ];
  const hours = { "h100-sxm": 1, "ascend-910b2": 10 };
  const data = [{ places: [asId("hangzhou")], bytes: 1_000_000_000n }] as never;
  const links = [aLink("hangzhou", "ningbo", { perGB: yuan(1000n) })];
  const jobs = [aJob("a", { hours, data }), aJob("b", { hours, data })];
  expect(played(cheapestPrice(), jobs, { pools, links })).toEqual({
    a: ["cheap", 0],
    b: ["dear", 0],
  });
});

test("cheapest with data: price × time + egress of the job alone; there it waits", () => {
  const pools = [
    oneCard("near", { price: yuan(9n) }),
    oneCard("far", { price: yuan(8n), place: "ningbo" }),
  ];
  const data = [{ places: [asId("hangzhou")], bytes: 2_000_000_000n }] as never;
  const links = [aLink("hangzhou", "ningbo", { perGB: yuan(1n) })];
  const jobs = [
    aJob("a", { data }), // 9 beside 8 + 2
    aJob("b", { data }),
    aJob("c", { data, hours: { "h100-sxm": 3 } }), // 27 beside 24 + 2
    aJob("d"), // 9 beside 8: behind the three hours of c
  ];
  expect(played(cheapestWithData(), jobs, { pools, links })).toEqual({
    a: ["near", 0],
    b: ["near", 60],
    c: ["far", 0],
    d: ["far", 180],
  });
});

test("race: chance says which free pool is first; what does not fit is passed over", () => {
  const pools = ["p1", "p2", "p3", "p4"].map((id) => oneCard(id));
  const jobs = [aJob("a"), aJob("b", { cards: 1, replicas: 2 }), aJob("c")];
  const first = (seed: number) => played(race(seed), jobs, { pools })["a"]![0];
  const firsts = Array.from({ length: 40 }, (_, seed) => first(seed));
  expect(new Set(firsts).size).toBe(4);
  const wide = [aPool("east", { hosts: [aHost("h1", { cards: 2 })] })];
  expect(played(race(1), jobs, { pools: wide })).toEqual({
    a: ["east", 0],
    b: ["east", 60],
    c: ["east", 0],
  });
});

test("least loaded: the pool with the smallest share of its cards in use", () => {
  const pools = [
    aPool("big", { hosts: [aHost("h1", { cards: 6 })] }),
    aPool("small", { hosts: [aHost("h2", { cards: 2 })] }),
  ];
  const jobs = ["a", "b", "c", "d"].map((id) => aJob(id));
  const ran = played(leastLoaded(), jobs, { pools });
  // Used of 6 and of 2: 0 0, 1 0, 1 1, 2 1.
  expect(["a", "b", "c", "d"].map((id) => ran[id]![0])).toEqual(["big", "small", "big", "big"]);
});

test("best fit: the host, of all pools, that is left the least free", () => {
  const pools = [
    aPool("east", { hosts: [aHost("h1"), aHost("h2", { cards: 4 })] }),
    aPool("west", { hosts: [aHost("h3", { cards: 3 })] }),
  ];
  const jobs = [aJob("a", { cards: 2 }), aJob("b", { cards: 2 }), aJob("c", { cards: 8 })];
  expect(played(bestFit(), jobs, { pools })).toEqual({
    a: ["west", 0],
    b: ["east", 0], // on h2, so that c finds h1 whole
    c: ["east", 0],
  });
});

test.each([
  ["fifo per centre", fifoPerCentre()],
  ["cheapest price", cheapestPrice()],
  ["cheapest with data", cheapestWithData()],
  ["race", race(1)],
  ["least loaded", leastLoaded()],
  ["best fit", bestFit()],
])("%s: higher classes first, then who came first", (_, dispatcher) => {
  const jobs = [
    aJob("a", { submittedMs: noon }),
    aJob("b", { submittedMs: noon + 2 * minute }),
    aJob("c", { submittedMs: noon + minute }),
    aJob("d", { submittedMs: noon + 3 * minute, priority: "urgent" }),
    aJob("e", { submittedMs: noon + hour + minute, priority: "low" }),
  ];
  const ran = played(dispatcher, jobs, { pools: [oneCard("east")] });
  expect(Object.fromEntries(Object.entries(ran).map(([id, [, at]]) => [id, at]))).toEqual({
    a: 0,
    d: 60,
    c: 120,
    b: 180,
    e: 240,
  });
});
