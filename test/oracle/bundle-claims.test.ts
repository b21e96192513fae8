import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { downToFen, microYuan, minus, noMoney, plus, type TenantId } from "@wadi/core/units";
import {
  decide,
  decideBatch,
  noCounters,
  noProgress,
  overlay,
  redeem,
  type Case,
  type Claim,
  type Counters,
  type Decision,
  type ProgrammeRules,
  type Progress,
} from "@wadi/core/vouchers";
import {
  redecide,
  saidOf,
  saidOfRedemption,
  wrongInCourse,
  type Bundle,
  type BundleClaim,
  type BundleRedemption,
} from "@wadi/core/proof";
import { aSettlement, money } from "../../packages/core/src/vouchers/builders.testing.ts";
import { chance, type Chance } from "../../packages/core/src/vouchers/chance.testing.ts";
import {
  firstDay,
  randomAmount,
  randomCase,
} from "../../packages/core/src/vouchers/random-case.testing.ts";
import { randomProgramme } from "../../packages/core/src/vouchers/random-programme.testing.ts";

const asOf = firstDay.add({ days: 100 });
const at = Temporal.Instant.from(`${asOf}T04:00:00Z`);

interface Scene {
  readonly draw: Chance;
  readonly rules: ProgrammeRules;
  readonly cases: readonly Case[];
  readonly counters: Counters;
  readonly add: ReturnType<typeof overlay>["add"];
}

/** A random programme, claims under it, and counters on which others' claims stand already. */
const anyScene = fc.integer({ min: 0, max: 2 ** 31 }).map((seed): Scene => {
  const draw = chance(seed);
  const rules = randomProgramme(draw);
  const cases = Array.from({ length: 4 }, (_, index) =>
    randomCase(draw, { claim: `claim-${index}`, appliedOn: asOf }),
  );
  const { counters, add } = overlay(noCounters);
  for (const one of cases.slice(1)) add(decide({ rules, case: one, counters, asOf }).touched);
  return { draw, rules, cases, counters, add };
});

const claimOf = (
  { rules, cases }: Scene,
  decision: Decision,
  differs: Partial<BundleClaim> = {},
): BundleClaim => ({
  ...{ claim: "claim-0", programme: rules.id, version: rules.version.number, case: cases[0]! },
  ...{
    decision: saidOf(decision),
    turn: null,
    issuedOn: asOf,
    redemptions: [],
    end: null,
    byJobs: noMoney,
  },
  ...differs,
});

describe("a grant", () => {
  test("is made anew from what its decision said of the counters, whatever stood there", () => {
    let granted = 0;
    fc.assert(
      fc.property(anyScene, (scene) => {
        const { rules, cases, counters } = scene;
        const decision = decide({ rules, case: cases[0]!, counters, asOf });
        if (decision.outcome !== "granted") return;
        granted += 1;
        expect(redecide(claimOf(scene, decision), rules)).toEqual(decision);
      }),
      { numRuns: 1500 },
    );
    expect(granted).toBeGreaterThan(150);
  });

  test("of a round is made anew by what the round left for it", () => {
    let granted = 0;
    fc.assert(
      fc.property(anyScene, (scene) => {
        const budget = { amount: money("250,000.00"), period: "none" as const };
        const redemption = { ...scene.rules.redemption, shortage: "equal-ratio" as const };
        const cadence = { kind: "batch" as const, windows: [{ from: firstDay, until: asOf }] };
        const lifecycle = { ...scene.rules.lifecycle, cadence };
        const rules = { ...scene.rules, budget, redemption, lifecycle };
        const all = decideBatch({ rules, cases: scene.cases, counters: noCounters, asOf });
        for (const { claim, decision, turn } of all) {
          if (claim !== "claim-0" || decision.outcome !== "granted") continue;
          granted += 1;
          const again = redecide(claimOf(scene, decision, { turn }), rules);
          expect(again).toEqual(decision);
        }
      }),
      { numRuns: 600 },
    );
    expect(granted).toBeGreaterThan(30);
  });
});

describe("bills under a grant", () => {
  /** Three bills, each by the counters as others left them; jobs may use some in between. */
  function bills(
    scene: Scene,
    decision: Decision,
    byJobs: (progress: Progress) => Progress = (same) => same,
  ): BundleRedemption[] {
    const { draw, rules, cases, counters, add } = scene;
    let progress = noProgress;
    return [0, 1, 2].flatMap((turn): BundleRedemption[] => {
      const lines = cases[0]!.lines.map(({ id }) => ({ line: id, amount: randomAmount(draw) }));
      const settlement = aSettlement("0", { id: `b${turn}`, on: asOf, lines, last: turn === 2 });
      progress = byJobs(progress);
      const claim: Claim = { case: cases[0]!, decision, issuedOn: asOf, progress };
      const right = redeem({ rules, claim, settlement, counters, asOf });
      if (right.outcome === "incomplete") return []; // asked for evidence, and not kept
      add(right.touched);
      ({ progress } = right);
      return [{ at: at.add({ seconds: turn }), settlement, ...saidOfRedemption(right) }];
    });
  }
  const approvedAt = at.subtract({ hours: 1 });
  const wrongWith = (
    scene: Scene,
    decision: Decision,
    redemptions: BundleRedemption[],
    byJobs = noMoney,
  ) => {
    const { rules } = scene;
    const bundle = { tenant: "" as TenantId, rules: [{ rules, approvedAt }] } as unknown as Bundle;
    const claim = claimOf(scene, decision, { redemptions, byJobs });
    return [...wrongInCourse(bundle, { claim, rules, decision })];
  };
  const granting = (scene: Scene, holds: (decision: Decision) => void) => {
    const { rules, cases, counters, add } = scene;
    const decision = decide({ rules, case: cases[0]!, counters, asOf });
    if (decision.outcome !== "granted") return;
    add(decision.touched);
    holds(decision);
  };

  test("are made anew one after the other, also where caps on redemptions cut them", () => {
    let made = 0;
    fc.assert(
      fc.property(anyScene, (scene) => {
        granting(scene, (decision) => {
          made += 1;
          expect(wrongWith(scene, decision, bills(scene, decision))).toEqual([]);
        });
      }),
      { numRuns: 1500 },
    );
    expect(made).toBeGreaterThan(150);
  });

  test("are within their bounds where jobs used the voucher between them", () => {
    let made = 0;
    fc.assert(
      fc.property(anyScene, (scene) => {
        // Jobs use vouchers only where nothing counts what is redeemed.
        const caps = scene.rules.caps.filter(({ counts }) => counts === "granted");
        const lifecycle = { ...scene.rules.lifecycle, reserves: "grant" as const };
        const free = { ...scene, rules: { ...scene.rules, caps, lifecycle } };
        granting(free, (decision) => {
          let used = noMoney;
          const jobs = (progress: Progress): Progress => {
            const redeemed = { ...progress.redeemed };
            for (const { code, granted } of decision.parts) {
              const had = plus(redeemed[code] ?? noMoney, progress.released[code] ?? noMoney);
              const part = downToFen(microYuan((granted - had) / BigInt(1 + free.draw.below(4))));
              redeemed[code] = plus(redeemed[code] ?? noMoney, part);
              used = plus(used, part);
            }
            return { ...progress, redeemed };
          };
          const all = bills(free, decision, jobs);
          if (used === 0n || all.length < 3) return;
          made += 1;
          expect(wrongWith(free, decision, all, used)).toEqual([]);
        });
      }),
      { numRuns: 1000 },
    );
    expect(made).toBeGreaterThan(50);
  });

  test("are not what they were when one of them gave a fen less", () => {
    let seen = 0;
    fc.assert(
      fc.property(anyScene, (scene) => {
        granting(scene, (decision) => {
          const right = bills(scene, decision);
          const [first, ...rest] = right;
          const fen = money("0.01");
          if (!first || first.redeemed < fen) return;
          seen += 1;
          const less = { ...first, redeemed: minus(first.redeemed, fen) };
          expect(wrongWith(scene, decision, [less, ...rest])).not.toEqual([]);
        });
      }),
      { numRuns: 600 },
    );
    expect(seen).toBeGreaterThan(20);
  });
});
