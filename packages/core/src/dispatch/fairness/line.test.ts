import * as fc from "fast-check";
import { expect, test } from "vitest";
import { mebibytes, milliCores, type TenantId } from "../../units/index.ts";
import type { Organisation } from "../policy.ts";
import {
  aFairness,
  anOrganisation,
  aPolicy,
  ascend,
  aTenant,
  aUse,
  h100,
  inLineOf,
  tenant,
} from "./builders.testing.ts";
import { openFairness, type Fairness } from "./fairness.ts";
import type { Line } from "./line.ts";
import {
  anyRegion,
  anyRun,
  cardsOf,
  classOf,
  homesOf,
  tenantIds,
  totalOf,
  type TestRegion,
  type TestRun,
} from "./regions.testing.ts";

const north = anOrganisation("north", { tenants: ["n1", "n2"] });
const south = anOrganisation("south", { tenants: ["s1"] });
const four = ["n1", "n2", "s1", "solo"].map(tenant);

/** Whom a line serves, one card each time. */
function served(fairness: Fairness, times: number, use = aUse(1)): TenantId[] {
  const line = fairness.lineUp(inLineOf(four));
  return Array.from({ length: times }, () => {
    const first = line.first()!;
    fairness.occupy(first, use);
    return first;
  });
}

test("between equal shares whoever has waited longest is served first", () => {
  const waiting = new Map([
    [tenant("n1"), 200],
    [tenant("n2"), 100],
  ]);
  expect(aFairness([]).lineUp(waiting).first()).toBe("n2");
});

test("the organisation with the smallest share comes first, inside it the tenant that has", () => {
  expect(served(aFairness([north, south]), 8)).toStrictEqual(
    ["n1", "solo", "s1", "n2", "solo", "s1", "n1", "solo"].map(tenant),
  );
});

test("an organisation of twice the weight is served twice as often", () => {
  const order = served(aFairness([{ ...north, weight: 2 }, south]), 40);
  const times = four.map((id) => order.filter((one) => one === id).length);
  expect(times).toStrictEqual([10, 10, 10, 10]);
});

test("what one has most of counts: half the memory is more than a third of cards", () => {
  const fairness = aFairness();
  fairness.occupy(tenant("n1"), aUse(1, { memory: mebibytes(5_000_000) }));
  fairness.occupy(tenant("n2"), aUse(33));
  fairness.occupy(tenant("s1"), aUse(1, { cpu: milliCores(400_000) }));
  fairness.occupy(tenant("solo"), aUse(45, { model: ascend }));
  const line = fairness.lineUp(inLineOf(four));
  const order = four.map(() => {
    const first = line.first()!;
    line.leave(first);
    return first;
  });
  expect(order).toStrictEqual(["n2", "s1", "solo", "n1"].map(tenant));
  expect(fairness.shareOf(tenant("n1"))).toBe(0.5);
});

test("who has always held a tenth counts for as much as who holds a tenth now", () => {
  // 200 cards, a half-life of 604,800 s: the decayed sum of a tenth of them for ever.
  const pastCardSeconds = (20 * 604_800) / Math.LN2;
  const fairness = aFairness([], { tenants: { n1: aTenant({ pastCardSeconds }) } });
  expect(fairness.shareOf(tenant("n1"))).toBeCloseTo(0.1, 6);
  const none = aFairness([], { tenants: { n1: aTenant({ pastCardSeconds }) }, pastWeight: 0 });
  expect(none.shareOf(tenant("n1"))).toBe(0);
});

test("a card model of which the region has none counts for nothing", () => {
  const fairness = openFairness({
    policy: aPolicy(),
    tenants: new Map(),
    totals: { cards: new Map(), cpu: milliCores(0), memory: mebibytes(0) },
  });
  fairness.occupy(tenant("n1"), aUse(5));
  expect(fairness.shareOf(tenant("n1"))).toBe(0);
});

test("a line that all have left is empty, and who was never in it may leave", () => {
  const fairness = aFairness([north]);
  const line = fairness.lineUp(inLineOf([tenant("n1"), tenant("n1")]));
  line.leave(tenant("s1"));
  line.leave(tenant("n1"));
  expect(line.first()).toBeUndefined();
  const other = fairness.lineUp(inLineOf([tenant("n1"), tenant("solo")]));
  expect(other.first()).toBe(tenant("n1"));
  other.leave(tenant("n1"));
  other.leave(tenant("n1"));
  expect(other.first()).toBe(tenant("solo"));
  other.leave(tenant("solo"));
  expect(other.first()).toBeUndefined();
  expect(fairness.lineUp(inLineOf([])).first()).toBeUndefined();
});

test("an organisation and a tenant of one name: the organisation first", () => {
  const twin = anOrganisation("acme", { tenants: ["zeta"] });
  const line = aFairness([twin]).lineUp(inLineOf([tenant("acme"), tenant("zeta")]));
  expect(line.first()).toBe(tenant("zeta"));
});

type Step =
  | { kind: "occupy"; run: TestRun }
  | { kind: "past"; run: TestRun }
  | { kind: "release"; nth: number }
  | { kind: "leave"; nth: number }
  | { kind: "totals"; cards: number };

const anySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: anyRun.map((run): Step => ({ kind: "occupy", run })) },
    { weight: 1, arbitrary: anyRun.map((run): Step => ({ kind: "past", run })) },
    { weight: 3, arbitrary: fc.nat().map((nth): Step => ({ kind: "release", nth })) },
    { weight: 1, arbitrary: fc.nat(7).map((nth): Step => ({ kind: "leave", nth })) },
    {
      weight: 1,
      arbitrary: fc.nat(50).map((cards): Step => ({ kind: "totals", cards })),
    },
  ),
  { maxLength: 60 },
);

test("whatever happens meanwhile, a line serves whom a look at all of them would find", () => {
  fc.assert(
    fc.property(anyRegion(), anySteps, fc.shuffledSubarray(tenantIds), (opened, steps, inLine) => {
      const now = { region: opened, runs: [] as TestRun[], waiting: inLine };
      const fairness = openFairness(opened);
      const line = fairness.lineUp(inLineOf(inLine));
      for (const step of steps) {
        take(step, { now, fairness, line });
        expect(line.first()).toBe(firstOf(now));
      }
    }),
  );
});

/** Does the step in both. A line is asked after each, and so also falls behind by none. */
function take(
  step: Step,
  { now, fairness, line }: { now: Standing; fairness: Fairness; line: Line },
): void {
  const { region, runs } = now;
  if (step.kind === "occupy") {
    fairness.occupy(step.run.tenant, step.run.use);
    now.runs = [...runs, step.run];
  } else if (step.kind === "past") {
    const known = aTenant({ pastCardSeconds: 1000 * step.run.use.cpu });
    fairness.setTenant(step.run.tenant, known);
    const tenants = new Map([...region.tenants, [step.run.tenant, known]]);
    now.region = { ...region, tenants };
  } else if (step.kind === "release") {
    const run = runs[step.nth % runs.length];
    if (run) fairness.release(run.tenant, run.use);
    now.runs = runs.filter((one) => one !== run);
  } else if (step.kind === "leave") {
    line.leave(tenantIds[step.nth]!);
    now.waiting = now.waiting.filter((one) => one !== tenantIds[step.nth]);
  } else {
    const cards = new Map([...region.totals.cards].map(([model], at) => [model, step.cards + at]));
    now.region = { ...region, totals: { ...region.totals, cards } };
    fairness.setTotals(now.region.totals);
  }
}

interface Standing {
  region: TestRegion;
  runs: readonly TestRun[];
  waiting: readonly TenantId[];
}

/** Walks down from the root and looks at every child each time. */
function firstOf({ region, runs, waiting }: Standing): TenantId | undefined {
  let home: string | null = null;
  for (;;) {
    const at: string | null = home;
    const below = (id: TenantId) => homesOf(region, id).map((one) => one.id);
    const tenants = waiting.filter((id) => (below(id)[0] ?? null) === at);
    const children: Child[] = tenants.map((id) => ({
      id,
      next: null,
      share: shareOf(region, { runs, has: (one) => one === id }),
    }));
    for (const { id, parent, weight } of region.policy.organisations) {
      if (parent !== at || !waiting.some((one) => below(one).includes(id))) continue;
      const share = shareOf(region, { runs, has: (one) => below(one).includes(id) });
      children.push({ id, next: id, share: share / weight });
    }
    const first: Child | undefined = children.toSorted(bySmallest)[0];
    if (!first) return undefined;
    if (first.next === null) return tenant(first.id);
    home = first.next;
  }
}

interface Child {
  readonly id: string;
  /** The organisation to go on from; null: it is a tenant. */
  readonly next: string | null;
  readonly share: number;
}

const bySmallest = (a: Child, b: Child) =>
  Math.abs(a.share - b.share) > 1e-11 ? a.share - b.share : a.id < b.id ? -1 : 1;

function shareOf(
  region: TestRegion,
  { runs, has }: { runs: readonly TestRun[]; has: (tenant: TenantId) => boolean },
): number {
  const own = runs.filter((run) => has(run.tenant));
  const ratio = (used: number, total: number) => (total === 0 ? 0 : used / total);
  const sum = (of: (run: TestRun) => number) => own.reduce((before, run) => before + of(run), 0);
  const shares = ["hopper", ascend].map((cards) =>
    ratio(
      sum(({ use }) => (classOf(use.model) === cards ? cardsOf(use) : 0)),
      totalOf(region, cards),
    ),
  );
  const cpu = ratio(
    sum(({ use }) => use.cpu),
    region.totals.cpu,
  );
  const memory = ratio(
    sum(({ use }) => use.memory),
    region.totals.memory,
  );
  let past = 0;
  for (const [id, now] of region.tenants) if (has(id)) past += now.pastCardSeconds;
  let cards = 0;
  for (const count of region.totals.cards.values()) cards += count;
  const { halfLife, pastWeight } = region.policy;
  const always = (cards * halfLife) / 1000 / Math.LN2;
  return Math.max(...shares, cpu, memory) + pastWeight * ratio(past, always);
}

/** Without a past: what is served alone makes the shares. */
const freshRegion = anyRegion(fc.integer({ min: 40, max: 60 })).map((region) => ({
  ...region,
  tenants: new Map(),
}));

test("with equal jobs, shares come to the weights within one job, and nobody is left out", () => {
  fc.assert(
    fc.property(freshRegion, fc.integer({ min: 1, max: 3 }), (region, cards) => {
      const fairness = openFairness(region);
      const line = fairness.lineUp(inLineOf(tenantIds));
      const count = new Map<string, number>();
      const groups = groupsOf(region);
      for (let step = 0; step < 600; step++) {
        const first = line.first()!;
        fairness.occupy(first, aUse(cards, { model: h100 }));
        for (const { id } of [{ id: first }, ...homesOf(region, first)]) {
          count.set(id, (count.get(id) ?? 0) + 1);
        }
        for (const sisters of groups) {
          const jobs = sisters.map(({ id, weight }) => (count.get(id) ?? 0) / weight);
          const oneLess = sisters.map(({ weight }, at) => jobs[at]! - 1 / weight);
          // One was served last when it had the least: so without that job it still has.
          expect(Math.max(...oneLess)).toBeLessThanOrEqual(Math.min(...jobs) + 1e-9);
        }
      }
    }),
    { numRuns: 30 },
  );
});

/** Who stands side by side: all children of one organisation that have a tenant below them. */
function groupsOf(region: TestRegion): { id: string; weight: number }[][] {
  const { organisations } = region.policy;
  const homes = new Map(tenantIds.map((id) => [id, homesOf(region, id).map((one) => one.id)]));
  const some = ({ id }: Organisation) => tenantIds.some((one) => homes.get(one)!.includes(id));
  return [null, ...organisations.map(({ id }) => id)].map((at) => [
    ...organisations.filter((one) => one.parent === at && some(one)),
    ...tenantIds
      .filter((id) => (homes.get(id)![0] ?? null) === at)
      .map((id) => ({ id, weight: 1 })),
  ]);
}
