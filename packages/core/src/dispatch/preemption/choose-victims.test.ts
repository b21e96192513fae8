import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Priority } from "../../job/index.ts";
import { asId, durationOf, mebibytes, microYuan, milliCores } from "../../units/index.ts";
import { openHosts } from "../fit/index.ts";
import { defaultPolicy } from "../policy.ts";
import type { HostNow, Need, PoolNow, RunNow, Shape } from "../snapshot.ts";
import { cardModel, flatPrice } from "../../capacity/index.ts";
import { chooseVictims, type PreemptionContext, type Victims, type Wanted } from "./index.ts";

const nowMs = 10_000;

const aNeed = (cards: number, cpu = 1): Need => ({
  cards,
  share: 1000,
  cpu: milliCores(cpu),
  memory: mebibytes(0),
});

const aHost = (index: number, cards = 8, cpu = 100): HostNow => ({
  id: asId(`host-${String(index).padStart(5, "0")}`),
  cards,
  cpu: milliCores(cpu),
  memory: mebibytes(10),
  domain: null,
  rack: null,
  block: null,
});

const aShape = (priority: Priority, preemptible = true): Shape => ({
  key: "shape",
  family: "family",
  priority,
  replicas: 1,
  cards: { choose: "first", options: [] },
  cpu: milliCores(1),
  memory: mebibytes(0),
  maxRunTime: durationOf(10),
  deadlineMs: null,
  budget: null,
  waitingCostPerHour: null,
  constraints: { places: [], domesticOnly: false, allowCentres: [], denyCentres: [] },
  ruledOut: [],
  data: [],
  checkpoints: true,
  preemptible,
});

interface RunDiffers {
  readonly id: number;
  readonly hosts: readonly number[];
  readonly cards?: number;
  readonly cpu?: number;
  /** Since its last checkpoint: its loss, at a micro-yuan per millisecond and card. */
  readonly lostMs?: number;
  readonly priority?: Priority;
  readonly preemptible?: boolean;
  readonly stopping?: boolean;
  readonly tenant?: string;
  readonly sinceMs?: number;
  readonly remainingMs?: number;
}

const aRun = (one: RunDiffers): RunNow => ({
  job: asId(`job-${String(one.id).padStart(6, "0")}`),
  tenant: asId(one.tenant ?? "acme"),
  shape: aShape(one.priority ?? "low", one.preemptible),
  pool: asId("pool-1"),
  need: aNeed(one.cards ?? 8, one.cpu),
  hosts: one.hosts.map((host) => ({ host: aHost(host).id, replicas: 1 })),
  sinceMs: one.sinceMs ?? 0,
  expectedEndMs: nowMs + (one.remainingMs ?? 100),
  latestEndMs: nowMs + 1000,
  checkpointedMs: one.lostMs === undefined ? null : nowMs - one.lostMs,
  stopping: one.stopping ?? false,
});

const aPool = (hosts: readonly HostNow[]): PoolNow => ({
  id: asId("pool-1"),
  centre: asId("centre-1"),
  place: asId("hangzhou"),
  model: cardModel(asId("h100-sxm"))!,
  emulated: false,
  prices: flatPrice(microYuan(1n)),
  minimumSlice: 1000,
  wattsPerCard: null,
  powerPricePerKwh: null,
  carbonGramsPerKwh: null,
  reclaimsPer1000Hours: 0,
  closed: null,
  maintenance: [],
  leasesMax: null,
  hosts,
});

const wants = (replicas: number, need: Need, differs: Partial<Wanted> = {}): Wanted => ({
  tenant: asId("bolt"),
  priority: "urgent",
  expectedMs: 100,
  gang: { replicas, need },
  ...differs,
});

type ContextDiffers = Partial<Omit<PreemptionContext, "policy">> & {
  policy?: Partial<PreemptionContext["policy"]>;
};

function aContext(
  hosts: readonly HostNow[],
  runs: readonly RunNow[],
  { policy, ...differs }: ContextDiffers = {},
): PreemptionContext {
  const pool = aPool(hosts);
  const room = openHosts(pool, defaultPolicy.layout);
  for (const run of runs) room.occupy(run);
  return {
    nowMs,
    pool,
    hosts: room,
    policy: {
      ...{ classes: ["urgent"], reclaim: false, shorter: null, leastRun: durationOf(0) },
      ...policy,
    },
    runsLeft: 1000,
    borrowed: () => [{ organisation: "all", cards: Infinity }],
    isWithinQuota: () => true,
    lossOf: (run) => microYuan(lostBy(run) * run.need.cards * run.hosts.length),
    ...differs,
  };
}

const lostBy = (run: RunNow) => nowMs - (run.checkpointedMs ?? run.sinceMs);

const lossOf = (runs: readonly RunNow[], context: PreemptionContext) =>
  runs.reduce((sum, run) => sum + Number(context.lossOf(run)), 0);

/** Whether the gang fits when these runs, and those that are being stopped, are gone. */
function fitsWithout({ hosts, runs }: Scene, { gang }: Wanted, gone: ReadonlySet<RunNow>): boolean {
  const there = runs.filter((run) => !run.stopping && !gone.has(run));
  const { hosts: room } = aContext(hosts, there);
  const replicas = hosts.reduce((sum, { id }) => {
    const free = room.freeOf(id);
    const by = (has: number, takes: number) => (takes === 0 ? 1e9 : Math.floor(has / takes));
    return sum + Math.min(by(free.cards, gang.need.cards), by(free.cpu, gang.need.cpu));
  }, 0);
  return replicas >= gang.replicas;
}

interface Scene {
  readonly hosts: readonly HostNow[];
  readonly runs: readonly RunNow[];
}

const wishOf = {
  hosts: fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 }),
  cards: fc.integer({ min: 1, max: 4 }),
  lostMs: fc.nat(20),
};
const anyWish = fc.record({
  ...wishOf,
  cpu: fc.nat(3),
  priority: fc.constantFrom<Priority>("urgent", "high", "normal", "low", "low"),
  preemptible: fc.constantFrom(true, true, true, false),
  stopping: fc.constantFrom(false, false, false, true),
  tenant: fc.constantFrom("acme", "calm"),
  sinceMs: fc.constantFrom(0, 9_990),
  remainingMs: fc.nat(400),
});

const anyScene: fc.Arbitrary<Scene> = fc
  .record({
    cards: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 4 }),
    wishes: fc.array(anyWish, { maxLength: 9, size: "max" }),
  })
  .map(({ cards, wishes }) =>
    fill(
      cards.map((count, index) => aHost(index, count, 6)),
      wishes,
    ),
  );

/** The hosts with those of the runs that find room, in turn. */
function fill(hosts: readonly HostNow[], wishes: readonly Omit<RunDiffers, "id">[]): Scene {
  const runs: RunNow[] = [];
  for (const [id, wish] of wishes.entries()) {
    const run = aRun({ ...wish, id });
    const { hosts: room } = aContext(hosts, runs);
    const fits = run.hosts.every(({ host }) => {
      const free = room.freeOf(host);
      return free.cards >= run.need.cards && free.cpu >= run.need.cpu;
    });
    if (fits) runs.push(run);
  }
  return { hosts, runs };
}

const anyWanted = fc
  .record({
    replicas: fc.integer({ min: 1, max: 5 }),
    cards: fc.integer({ min: 1, max: 4 }),
    cpu: fc.nat(3),
    priority: fc.constantFrom<Priority>("urgent", "high", "normal"),
    expectedMs: fc.integer({ min: 1, max: 200 }),
  })
  .map(({ replicas, cards, cpu, ...others }) => wants(replicas, aNeed(cards, cpu), others));

const anyPolicy = fc.record({
  classes: fc.subarray<Priority>(["urgent", "high"]),
  reclaim: fc.boolean(),
  shorter: fc.constantFrom(null, 1, 2),
  leastRun: fc.constantFrom(durationOf(0), durationOf(100)),
});

/** Of the job ids: what `aRun` made them from; undefined when nothing may be stopped. */
const choose = (
  hosts: readonly HostNow[],
  differs: readonly RunDiffers[],
  { wanted, ...context }: ContextDiffers & { wanted: Wanted },
) => {
  const runs = differs.map(aRun);
  const victims = chooseVictims(wanted, runs, aContext(hosts, runs, context));
  return victims?.map(({ run }) => Number(run.job.slice(4)));
};

const rank = (priority: Priority) => ["low", "normal", "high", "urgent"].indexOf(priority);

function mayBeStopped(run: RunNow, wanted: Wanted, { policy }: PreemptionContext): boolean {
  const isClass =
    policy.classes.includes(wanted.priority) && rank(wanted.priority) > rank(run.shape.priority);
  const leftMs = run.expectedEndMs - nowMs;
  const isShorter =
    policy.shorter !== null && leftMs > 0 && leftMs >= policy.shorter * wanted.expectedMs;
  const isOld = nowMs - run.sinceMs >= policy.leastRun;
  const isOpen = run.shape.preemptible && !run.stopping && isOld;
  return isOpen && (isClass || isShorter || policy.reclaim);
}

const subsetsOf = <T>(items: readonly T[]): T[][] =>
  items.reduce<T[][]>((sets, item) => sets.concat(sets.map((set) => set.concat(item))), [[]]);

/** Of all sets of runs that may be stopped and make room: the least loss. */
function leastLoss(scene: Scene, wanted: Wanted, context: PreemptionContext): number | undefined {
  const open = scene.runs.filter((run) => mayBeStopped(run, wanted, context));
  const losses = subsetsOf(open)
    .filter((set) => fitsWithout(scene, wanted, new Set(set)))
    .map((set) => lossOf(set, context));
  return losses.length === 0 ? undefined : Math.min(...losses);
}

const runsOf = (victims: Victims | undefined) => (victims ?? []).map(({ run }) => run);

describe("whatever is asked", () => {
  test("the victims may be stopped, make room, and none of them could be spared", () => {
    fc.assert(
      fc.property(anyScene, anyWanted, anyPolicy, (scene, wanted, policy) => {
        const context = aContext(scene.hosts, scene.runs, { policy });
        const victims = chooseVictims(wanted, scene.runs, context);
        const isPossible = leastLoss(scene, wanted, context) !== undefined;
        expect(victims !== undefined).toBe(isPossible);
        if (!victims) return;
        const stopped = new Set(runsOf(victims));
        expect(stopped.size).toBe(victims.length);
        for (const run of stopped) expect(mayBeStopped(run, wanted, context)).toBe(true);
        expect(fitsWithout(scene, wanted, stopped)).toBe(true);
        for (const run of stopped) {
          const others = new Set([...stopped].filter((one) => one !== run));
          expect(fitsWithout(scene, wanted, others)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("for one replica nothing loses less", () => {
    fc.assert(
      fc.property(anyScene, anyWanted, ({ hosts, runs }, { gang }) => {
        const wanted = wants(1, gang.need);
        const context = aContext(hosts, runs);
        const victims = chooseVictims(wanted, runs, context);
        const least = leastLoss({ hosts, runs }, wanted, context);
        expect(victims && lossOf(runsOf(victims), context)).toBe(least);
      }),
      { numRuns: 500 },
    );
  });

  test("for one replica nothing loses less on a host with many runs of unlike sizes", () => {
    const wish = fc.record({
      hosts: fc.constant([0]),
      cards: fc.nat(5),
      cpu: fc.nat(5),
      lostMs: fc.nat(9),
    });
    const need = fc.record({ cards: fc.integer({ min: 1, max: 16 }), cpu: fc.nat(16) });
    fc.assert(
      fc.property(
        fc.array(wish, { minLength: 6, maxLength: 9 }),
        need,
        (wishes, { cards, cpu }) => {
          const scene = fill([aHost(0, 20, 24)], wishes);
          const wanted = wants(1, aNeed(cards, cpu));
          const context = aContext(scene.hosts, scene.runs, {
            lossOf: (run) => microYuan(lostBy(run)),
          });
          const victims = chooseVictims(wanted, scene.runs, context);
          const least = leastLoss(scene, wanted, context);
          expect(victims && lossOf(runsOf(victims), context)).toBe(least);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("the order of hosts and runs changes nothing", () => {
    fc.assert(
      fc.property(anyScene, anyWanted, ({ hosts, runs }, wanted) => {
        const there = chooseVictims(wanted, runs, aContext(hosts, runs));
        const turned = aContext(hosts.toReversed(), runs.toReversed());
        expect(chooseVictims(wanted, runs.toReversed(), turned)).toEqual(there);
      }),
    );
  });

  test("never more runs than may still be stopped within the hour", () => {
    fc.assert(
      fc.property(anyScene, anyWanted, fc.nat(3), ({ hosts, runs }, wanted, runsLeft) => {
        const context = aContext(hosts, runs, { runsLeft });
        const victims = chooseVictims(wanted, runs, context);
        expect(runsOf(victims).length).toBeLessThanOrEqual(runsLeft);
      }),
    );
  });

  test("a reclaim leaves each organisation what is its own", () => {
    const anyLent = fc.record({ acme: fc.nat(12), calm: fc.nat(12) });
    fc.assert(
      fc.property(anyScene, anyWanted, anyLent, ({ hosts, runs }, wanted, lent) => {
        const context = aContext(hosts, runs, {
          policy: { classes: [], reclaim: true },
          borrowed: ({ tenant }) => [
            { organisation: tenant, cards: tenant === asId("acme") ? lent.acme : lent.calm },
          ],
        });
        const stopped = runsOf(chooseVictims(wanted, runs, context));
        for (const tenant of ["acme", "calm"] as const) {
          const cards = stopped
            .filter((run) => run.tenant === asId(tenant))
            .reduce((sum, run) => sum + run.need.cards * run.hosts.length, 0);
          expect(cards).toBeLessThanOrEqual(lent[tenant]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("for a gang", () => {
  /** Four hosts full of runs that may all be stopped, many of them on several hosts. */
  const fullScene = anyScene
    .map(({ hosts }) => hosts)
    .chain((hosts) =>
      fc
        .array(fc.record({ ...wishOf, lostMs: fc.integer({ min: 1, max: 20 }) }), {
          minLength: 12,
          maxLength: 12,
        })
        .map((wishes) => fill(hosts, wishes)),
    );

  test("nothing loses less in most cases, and in sum little more is lost than must be", () => {
    let chosen = 0;
    let least = 0;
    let exact = 0;
    let cases = 0;
    const anyGang = fc.record({
      replicas: fc.integer({ min: 2, max: 5 }),
      cards: fc.constantFrom(1, 2, 2, 3),
    });
    const scenes = fc.sample(fc.tuple(fullScene, anyGang), { numRuns: 500, seed: 1 });
    for (const [{ hosts, runs }, { replicas, cards }] of scenes) {
      const wanted = wants(replicas, aNeed(cards));
      const context = aContext(hosts, runs);
      const victims = chooseVictims(wanted, runs, context);
      if (!victims || victims.length === 0) continue;
      const loss = lossOf(runsOf(victims), context);
      const best = leastLoss({ hosts, runs }, wanted, context)!;
      expect(loss).toBeGreaterThanOrEqual(best);
      cases += 1;
      exact += loss === best ? 1 : 0;
      chosen += loss;
      least += best;
    }
    expect(cases).toBeGreaterThan(200);
    expect(exact / cases).toBeGreaterThan(0.9);
    expect(chosen / least).toBeLessThan(1.05);
  });
});

describe("what is lost", () => {
  const hosts = [aHost(0), aHost(1)];
  const wanted = wants(1, aNeed(8));

  test("is the work since the last checkpoint, or all of it where there is none", () => {
    const runs = [
      { id: 1, hosts: [0] },
      { id: 2, hosts: [1], lostMs: 30 },
    ].map(aRun);
    const [victim] = chooseVictims(wanted, runs, aContext(hosts, runs))!;
    expect(victim).toMatchObject({ run: { job: "job-000002" }, loss: 240n, rule: "class" });
    const alone = chooseVictims(wanted, [runs[0]!], aContext([hosts[0]!], [runs[0]!]));
    expect(alone).toMatchObject([{ loss: 80_000n }]);
  });

  test("two cheap runs go before a dear one, one run before two of the same loss", () => {
    const small = [1, 2].map((id) => ({ id, hosts: [0], cards: 4, lostMs: 10 }));
    const dear = { id: 3, hosts: [1], lostMs: 11 };
    const equal = { id: 3, hosts: [1], lostMs: 10 };
    expect(choose(hosts, [...small, dear], { wanted })).toEqual([1, 2]);
    expect(choose(hosts, [...small, equal], { wanted })).toEqual([3]);
  });

  test("of equals the host of smaller id is cleared", () => {
    const runs = [1, 0].map((host, id) => ({ id, hosts: [host], lostMs: 10 }));
    expect(choose(hosts, runs, { wanted })).toEqual([1]);
  });

  test("a run on many hosts is lost whole, and makes room on all of them", () => {
    const runs = [
      { id: 1, hosts: [0, 1], lostMs: 10 },
      { id: 2, hosts: [2], lostMs: 15 },
      { id: 3, hosts: [3], lostMs: 15 },
    ];
    const four = [0, 1, 2, 3].map((index) => aHost(index));
    expect(choose(four, runs, { wanted })).toEqual([2]);
    expect(choose(four, runs, { wanted: wants(2, aNeed(8)) })).toEqual([1]);
  });
});

describe("who may be stopped", () => {
  const hosts = [aHost(0)];
  const run = { id: 1, hosts: [0], lostMs: 10 };
  const wanted = wants(1, aNeed(8));

  test.each([
    ["a lower class", {}, {}, [1]],
    ["its equal", { priority: "urgent" } as const, {}, undefined],
    ["by a class that is not named", {}, { classes: ["high"] as Priority[] }, undefined],
    ["what is not preemptible", { preemptible: false }, {}, undefined],
    [
      "what is younger than it must be",
      { sinceMs: 9_990 },
      { leastRun: durationOf(11) },
      undefined,
    ],
    ["what is as old as it must be", { sinceMs: 9_990 }, { leastRun: durationOf(10) }, [1]],
  ])("%s", (_, differs, policy, expected) => {
    expect(choose(hosts, [{ ...run, ...differs }], { wanted, policy })).toEqual(expected);
  });

  test("a run that has so many times the job's own time left, where the policy says so", () => {
    const policy = { classes: [], shorter: 4 };
    const left = (remainingMs: number) =>
      choose(hosts, [{ ...run, remainingMs }], {
        wanted: wants(1, aNeed(8), { expectedMs: 20 }),
        policy,
      });
    expect([left(80), left(79)]).toEqual([[1], undefined]);
  });

  test("a run of those who borrow, by those within their quota", () => {
    const policy = { classes: [], reclaim: true };
    const reclaim = (differs: ContextDiffers) =>
      choose(hosts, [run], { wanted, policy, ...differs });
    expect(reclaim({})).toEqual([1]);
    expect(reclaim({ borrowed: () => [] })).toBeUndefined();
    expect(reclaim({ isWithinQuota: () => false })).toBeUndefined();
    expect(reclaim({ policy: { classes: [] } })).toBeUndefined();
  });

  test("no more of one organisation's runs than leave it what is its own", () => {
    const policy = { classes: [], reclaim: true };
    const runs = [1, 2, 3].map((id) => ({ id, hosts: [id - 1], lostMs: id }));
    const three = [0, 1, 2].map((index) => aHost(index));
    const reclaim = (cards: number, replicas: number) =>
      choose(three, runs, {
        wanted: wants(replicas, aNeed(8)),
        policy,
        borrowed: () => [{ organisation: "acme", cards }],
      });
    expect([reclaim(16, 2), reclaim(15, 2), reclaim(15, 1)]).toEqual([[1, 2], undefined, [1]]);
    const ofTwo = (above: number) =>
      choose(three, runs, {
        wanted: wants(2, aNeed(8)),
        policy,
        borrowed: () => [
          { organisation: "acme", cards: 24 },
          { organisation: "above", cards: above },
        ],
      });
    expect([ofTwo(16), ofTwo(15)]).toEqual([[1, 2], undefined]);
  });
});

describe("beside others", () => {
  const hosts = [aHost(0), aHost(1)];
  const runs = [
    { id: 1, hosts: [0], stopping: true },
    { id: 2, hosts: [1], lostMs: 10 },
  ];

  test("nobody is stopped for what those leave free that are being stopped already", () => {
    expect(choose(hosts, runs, { wanted: wants(1, aNeed(8)) })).toEqual([]);
    expect(choose(hosts, runs, { wanted: wants(2, aNeed(8)) })).toEqual([2]);
  });

  test("room that is promised to another is not counted on", () => {
    const promised = [{ need: aNeed(8), hosts: [{ host: aHost(0).id, replicas: 1 }] }];
    expect(choose(hosts, runs, { wanted: wants(1, aNeed(8)), promised })).toEqual([2]);
    expect(choose(hosts, runs, { wanted: wants(2, aNeed(8)), promised })).toBeUndefined();
  });

  test("where the cheapest are too many to stop within the hour, fewer are stopped", () => {
    const small = [1, 2, 3, 4].map((id) => ({ id, hosts: [id % 2], cards: 4, lostMs: 1 }));
    const large = [5, 6].map((id) => ({ id, hosts: [id - 3], lostMs: 50 }));
    const four = [0, 1, 2, 3].map((index) => aHost(index));
    const ask = (runsLeft: number) =>
      choose(four, [...small, ...large], { wanted: wants(2, aNeed(8)), runsLeft });
    expect([ask(4), ask(3), ask(1)]).toEqual([[1, 2, 3, 4], [5, 6], undefined]);
  });
});
