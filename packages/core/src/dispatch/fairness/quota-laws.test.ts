import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openFairness } from "./fairness.ts";
import type { FairnessReason } from "./refusal.ts";
import {
  ascend,
  h100,
  aTenant,
  aUse,
  inLineOf,
  mayReclaim,
  theTotals,
} from "./builders.testing.ts";
import {
  anyRegion,
  anyRun,
  cardsOf,
  classOf,
  figuresOf,
  homesOf,
  tenantIds,
  totalOf,
  usedBelow,
  type TestRegion,
  type TestRun,
} from "./regions.testing.ts";

const classes = ["hopper", ascend];
const anyWishes = fc.array(anyRun, { maxLength: 40 });

/** Starts whatever is allowed and there are cards for; now and then a run ends. */
function play(region: TestRegion, wishes: readonly TestRun[]) {
  const fairness = openFairness(region);
  let runs: TestRun[] = [];
  const end = (run: TestRun) => {
    fairness.release(run.tenant, run.use);
    runs = runs.filter((one) => one !== run);
  };
  for (const [index, wish] of wishes.entries()) {
    const cards = classOf(wish.use.model);
    const free = totalOf(region, cards) - usedBelow(region, { runs, home: null, cards });
    if (cardsOf(wish.use) <= free && !fairness.check(wish.tenant, wish.use)) {
      fairness.place(wish.tenant, wish.use);
      runs.push(wish);
    } else if (index % 3 === 0 && runs.length > 0) end(runs[index % runs.length]!);
  }
  return { fairness, runs, end, now: () => runs };
}

test("no organisation uses more than all its quota and what it may borrow", () => {
  fc.assert(
    fc.property(anyRegion(), anyWishes, (region, wishes) => {
      const { runs } = play(region, wishes);
      for (const home of region.policy.organisations) {
        for (const { cards, borrow } of home.quotas) {
          if (borrow === null) continue;
          const { total, idle } = figuresOf(region, { runs, home, cards });
          const kept = idle - ownIdle(region, { runs, home, cards });
          const used = usedBelow(region, { runs, home: home.id, cards });
          expect(used + kept).toBeLessThanOrEqual(total + 1000 * borrow);
        }
      }
    }),
  );
});

/** Of its idle, what it keeps itself: the rest those below it keep. */
function ownIdle(region: TestRegion, at: Parameters<typeof figuresOf>[1]): number {
  const lending = { ...at.home, quotas: at.home.quotas.map((one) => ({ ...one, lend: null })) };
  return figuresOf(region, at).idle - figuresOf(region, { ...at, home: lending }).idle;
}

test("what an organisation does not lend is there for it whenever it asks", () => {
  // As many cards as all quotas can come to: more cannot be promised than there is.
  const enough = fc.integer({ min: 60, max: 90 });
  fc.assert(
    fc.property(anyRegion(enough), anyWishes, (region, wishes) => {
      const { fairness, runs } = play(region, wishes);
      for (const home of region.policy.organisations) {
        for (const cards of classes) {
          const idle = ownIdle(region, { runs, home, cards });
          const free = totalOf(region, cards) - usedBelow(region, { runs, home: null, cards });
          expect(free).toBeGreaterThanOrEqual(idle);
          const model = cards === ascend ? ascend : h100;
          const asked = { model, cards: 1, share: idle };
          const said = home.tenants.map((tenant) => fairness.check(tenant, asked));
          expect(said.filter((reason) => reason !== undefined)).toStrictEqual([]);
        }
      }
    }),
  );
});

test("who may not have some cards may not have more", () => {
  fc.assert(
    fc.property(anyRegion(), anyWishes, anyRun, (region, wishes, { tenant, use }) => {
      const { fairness } = play(region, wishes);
      const some = fairness.check(tenant, use);
      const more = fairness.check(tenant, { ...use, cards: use.cards + 1 });
      expect(some === undefined || more !== undefined).toBe(true);
    }),
  );
});

test("the facts of a refusal add up to more than there is", () => {
  fc.assert(
    fc.property(anyRegion(), anyWishes, anyRun, (region, wishes, { tenant, use }) => {
      const { fairness, runs } = play(region, wishes);
      const reason = fairness.check(tenant, use);
      const asked = { tenant, use };
      expect(reason ? contradictions(reason, { region, runs, asked }) : []).toStrictEqual([]);
    }),
  );
});

/** What in the facts is not so. */
function contradictions(
  { code, facts: told }: FairnessReason,
  { region, runs, asked }: { region: TestRegion; runs: readonly TestRun[]; asked: TestRun },
): string[] {
  const facts = told as Record<string, number>;
  const cards = classOf(asked.use.model);
  const home = (facts["organisation"] ?? null) as string | null;
  const used = usedBelow(region, { runs, home, cards });
  const fact = (name: string) => Math.round(1000 * facts[name]!);
  const wanted = used + cardsOf(asked.use);
  const above = homesOf(region, asked.tenant).map(({ id }) => id);
  const holds: Record<string, boolean> = {
    inUse: fact("inUse") === used,
    needed: fact("needed") === cardsOf(asked.use),
    organisation: home === null ? code === "cards-kept" : above.includes(home),
    ...(code === "organisation-quota" && {
      tooMuch: wanted + fact("kept") > fact("nominal") + fact("borrow"),
    }),
    ...(code === "cards-kept" && {
      total: fact("total") === totalOf(region, cards),
      tooMuch: wanted + fact("kept") > fact("total"),
    }),
    ...(code === "quota-taken" && {
      within: wanted <= fact("nominal"),
      tooMuch: wanted + fact("taken") > fact("nominal"),
    }),
  };
  return Object.keys(holds).filter((name) => !holds[name]);
}

test("who stays within its quota gets its cards back from those who borrow them", () => {
  const cases = { room: 0, taken: 0 };
  fc.assert(
    fc.property(promised, manySmall, (region, wishes) => {
      for (const by of tenantIds) {
        const { fairness, end, now } = play(region, wishes);
        const asked = { model: h100, cards: 2 };
        const lacks = () => {
          const used = usedBelow(region, { runs: now(), home: null, cards: "hopper" });
          const taken = fairness.check(by, asked)?.code === "quota-taken";
          return taken ? "taken" : used + 2000 > totalOf(region, "hopper") ? "room" : undefined;
        };
        const why = lacks();
        if (!why || (why === "room" && fairness.check(by, asked))) continue;
        if (!fairness.wouldBeWithinQuota(by, asked)) continue;
        cases[why] += 1;
        while (lacks()) {
          const victim = now().find(
            ({ tenant, use }) =>
              classOf(use.model) === "hopper" && mayReclaim(fairness, { by, from: tenant }, asked),
          );
          expect(victim).toBeDefined();
          expect(fairness.isBorrowing(victim!.tenant, h100)).toBe(true);
          end(victim!);
        }
        expect(fairness.check(by, asked)).toBeUndefined();
      }
    }),
    { numRuns: 200 },
  );
  expect(cases.room).toBeGreaterThan(0);
  expect(cases.taken).toBeGreaterThan(0);
});

/** Cards for all quotas and a few more: nothing is promised that is not there. */
const promised = fc.tuple(anyRegion(), fc.integer({ min: 0, max: 3 })).map(([region, more]) => {
  const quotas = region.policy.organisations.flatMap((one) => one.quotas);
  const nominal = (cards: string) =>
    quotas.reduce((sum, one) => sum + (one.cards === cards ? one.nominal : 0), more);
  return { ...region, totals: theTotals({ [h100]: nominal("hopper"), [ascend]: nominal(ascend) }) };
});

const manySmall = fc.array(
  anyRun.map((run) => ({ ...run, use: aUse(1, { model: run.use.model }) })),
  { minLength: 60, maxLength: 120 },
);

/** All that can be asked of it. */
const answers = (fairness: ReturnType<typeof openFairness>) => ({
  checks: tenantIds.flatMap((tenant) =>
    [1, 3, 9].map((cards) => fairness.check(tenant, { model: h100, cards })),
  ),
  shares: tenantIds.map((tenant) => fairness.shareOf(tenant)),
  borrowing: tenantIds.map((tenant) => fairness.isBorrowing(tenant, h100)),
  order: lineOf(fairness),
});

function lineOf(fairness: ReturnType<typeof openFairness>) {
  const line = fairness.lineUp(inLineOf(tenantIds));
  return tenantIds.map(() => {
    const first = line.first()!;
    line.leave(first);
    return first;
  });
}

test("taking back what was placed, in any order, leaves all as it was", () => {
  const placed = fc
    .array(anyRun, { maxLength: 20 })
    .chain((runs) =>
      fc.tuple(fc.constant(runs), fc.shuffledSubarray(runs, { minLength: runs.length })),
    );
  fc.assert(
    fc.property(anyRegion(), anyWishes, placed, (region, wishes, [runs, inOtherOrder]) => {
      const { fairness } = play(region, wishes);
      const before = answers(fairness);
      for (const { tenant, use } of runs) fairness.place(tenant, use);
      for (const { tenant, use } of inOtherOrder) fairness.takeBack(tenant, use);
      expect(answers(fairness)).toStrictEqual(before);
    }),
  );
});

test("in whatever order organisations, tenants, totals and runs come, the answers are one", () => {
  const twice = fc.tuple(anyRegion(), fc.array(anyRun, { maxLength: 30 })).chain(([region, runs]) =>
    fc.record({
      region: fc.constant(region),
      runs: fc.constant(runs),
      otherRuns: fc.shuffledSubarray(runs, { minLength: runs.length }),
      organisations: shuffled(region.policy.organisations),
      tenants: shuffled([...region.tenants]),
      cards: shuffled([...region.totals.cards]),
    }),
  );
  fc.assert(
    fc.property(twice, ({ region, runs, otherRuns, organisations, tenants, cards }) => {
      const one = openFairness(region);
      const other = openFairness({
        policy: { ...region.policy, organisations },
        tenants: new Map(tenants),
        totals: { ...region.totals, cards: new Map(cards) },
      });
      for (const { tenant, use } of runs) one.occupy(tenant, use);
      for (const { tenant, use } of otherRuns) other.occupy(tenant, use);
      expect(answers(other)).toStrictEqual(answers(one));
    }),
  );
});

const shuffled = <V>(list: readonly V[]) =>
  fc.shuffledSubarray([...list], { minLength: list.length });

test("what is set later holds as if it had been so from the start", () => {
  fc.assert(
    fc.property(anyRegion(), anyRegion(), anyWishes, (region, later, runs) => {
      const changed = openFairness(region);
      for (const { tenant, use } of runs) changed.occupy(tenant, use);
      changed.setTotals(later.totals);
      for (const [tenant, now] of later.tenants) changed.setTenant(tenant, now);

      const fresh = openFairness({ ...later, policy: region.policy });
      for (const { tenant, use } of runs) fresh.occupy(tenant, use);
      expect(answers(changed)).toStrictEqual(answers(fresh));
    }),
  );
});

test("no tenant has more cards than its own quota", () => {
  fc.assert(
    fc.property(anyRegion(), anyWishes, fc.integer({ min: 0, max: 9 }), (region, wishes, quota) => {
      const tenants = new Map(tenantIds.map((id) => [id, aTenant({ cardQuota: quota })]));
      const { runs } = play({ ...region, tenants }, wishes);
      for (const id of tenantIds) {
        const held = runs.filter(({ tenant }) => tenant === id).map(({ use }) => cardsOf(use));
        expect(held.reduce((sum, cards) => sum + cards, 0)).toBeLessThanOrEqual(1000 * quota);
      }
    }),
  );
});
