import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { microYuan, noMoney, plus, total, type MicroYuan } from "../units/index.ts";
import { aSettlement, money } from "./builders.testing.ts";
import { chance } from "./chance.testing.ts";
import {
  checkRules,
  decide,
  decideBatch,
  keysOf,
  noCounters,
  noProgress,
  overlay,
  redeem,
  release,
  shareOut,
  type Case,
  type Claim,
  type Counters,
  type Decision,
  type ProgrammeRules,
} from "./index.ts";
import { firstDay, randomAmount, randomCase } from "./random-case.testing.ts";
import { randomProgramme } from "./random-programme.testing.ts";

/** A programme, a few claims under it, and counters on which something stands already. */
interface Scene {
  readonly rules: ProgrammeRules;
  readonly cases: readonly Case[];
  readonly asOf: Temporal.PlainDate;
  readonly counters: Counters;
}

const asOf = firstDay.add({ days: 100 });
const anyScene = fc.integer({ min: 0, max: 2 ** 31 }).map((seed): Scene => {
  const draw = chance(seed);
  const rules = randomProgramme(draw);
  const cases = Array.from({ length: 4 }, (_, index) =>
    randomCase(draw, { claim: `claim-${index}`, appliedOn: asOf }),
  );
  const { counters, add } = overlay(noCounters);
  for (const one of cases.slice(1)) add(decide({ rules, case: one, counters, asOf }).touched);
  return { rules, cases, asOf, counters };
});

const law = (holds: (scene: Scene) => void) =>
  fc.assert(fc.property(anyScene, holds), { numRuns: 400 });

const first = (
  { rules, cases, counters }: Scene,
  differs: Partial<ProgrammeRules> = {},
): Decision => decide({ rules: { ...rules, ...differs }, case: cases[0]!, counters, asOf });

/** What is granted and open of the first claim. */
const claimOf = (scene: Scene, rules = scene.rules): Claim => ({
  case: scene.cases[0]!,
  decision: decide({ rules, case: scene.cases[0]!, counters: noCounters, asOf }),
  issuedOn: asOf,
  progress: noProgress,
});

describe("a decision", () => {
  test("is pure: it says the same again, and changes nothing that it was given", () => {
    law((scene) => {
      const again = { ...scene, cases: [frozen(scene.cases[0]!)], rules: frozen(scene.rules) };
      expect(first(again)).toEqual(first(scene));
    });
  });

  test("does not look at the order of facts, lines, evidence or relations", () => {
    law((scene) => {
      const [of] = scene.cases as [Case];
      const turned: Case = {
        ...of,
        facts: Object.fromEntries(Object.entries(of.facts).toReversed()),
        lines: of.lines.toReversed(),
        relations: {
          holdings: of.relations.holdings?.toReversed() ?? null,
          controllers: of.relations.controllers?.toReversed() ?? null,
          officers: of.relations.officers?.toReversed() ?? null,
        },
        approvals: of.approvals.toReversed(),
      };
      expect(first({ ...scene, cases: [turned] })).toEqual(first(scene));
    });
  });

  test("accounts for every fen: what the parts come to is granted or refused with a reason", () => {
    law((scene) => {
      const { outcome, parts, granted, refused, payers } = first(scene);
      if (outcome === "incomplete") return;
      const standing = parts.filter(({ surpassedBy }) => surpassedBy === null);
      const worth = total(standing.map(({ amount }) => amount));
      expect(plus(granted, total(refused.map(({ amount }) => amount)))).toBe(worth);
      expect(total(payers.map(({ amount }) => amount))).toBe(granted);
      expect(total(parts.map((part) => part.granted))).toBe(granted);
      expect(granted % 10_000n).toBe(0n);
    });
  });

  test("is never above a cap, a ceiling or a budget", () => {
    law((scene) => {
      const { touched } = first(scene);
      const over = touched.filter(({ by, after, limit }) => by > 0n && after > (limit ?? after));
      expect(over).toEqual([]);
      expect(touched.filter(({ before, by, after }) => after !== before + by)).toEqual([]);
    });
  });

  test("is never above a rate: each row is its rate of its base at most", () => {
    law((scene) => {
      for (const { rows } of first(scene).parts) {
        for (const { rate, base, amount, lines } of rows) {
          if (rate === null || lines.length === 0) continue;
          expect(amount * 1_000_000n).toBeLessThanOrEqual(base * rate);
        }
      }
    });
  });

  test("never gives less where there is more budget, of the programme or of a payer", () => {
    const anyBudget = fc.bigInt({ min: 0n, max: 600_000_000_000n }).map(microYuan);
    fc.assert(
      fc.property(anyScene, anyBudget, anyBudget, (scene, amount, more) => {
        const all = (budget: MicroYuan): Partial<ProgrammeRules> => ({
          budget: { amount: budget, period: "none" },
        });
        const onePayer = (budget: MicroYuan): Partial<ProgrammeRules> => ({
          payers: scene.rules.payers.map((payer, index) =>
            index > 0 ? payer : { ...payer, budget: { amount: budget, period: "none" } },
          ),
        });
        for (const having of [all, onePayer]) {
          const [less, least] = [
            first(scene, having(plus(amount, more))),
            first(scene, having(amount)),
          ];
          expect(least.granted).toBeLessThanOrEqual(less.granted);
        }
      }),
      { numRuns: 400 },
    );
  });

  test("reads no counter that was not said before", () => {
    law((scene) => {
      const { rules, cases } = scene;
      const keys = new Set(keysOf({ rules, case: cases[0]!, asOf }));
      const read = (key: string) => {
        expect(keys).toContain(key);
        return scene.counters(key);
      };
      const { touched } = first({ ...scene, counters: read });
      for (const { key } of touched) expect(keys).toContain(key);
    });
  });
});

describe("a redemption", () => {
  /** Without counters that count what is redeemed. */
  const free = ({ rules }: Scene): ProgrammeRules => ({
    ...rules,
    caps: rules.caps.filter(({ counts }) => counts === "granted"),
    lifecycle: { ...rules.lifecycle, reserves: "grant", validity: null },
  });
  const settle = (
    rules: ProgrammeRules,
    claim: Claim,
    amounts: readonly MicroYuan[],
    last = false,
  ) => {
    const lines = claim.case.lines.map(({ id }, index) => ({ line: id, amount: amounts[index]! }));
    const settlement = aSettlement("0", { on: asOf, lines, last });
    return redeem({ rules, claim, settlement, counters: noCounters, asOf });
  };

  test("in two parts gives what it gives in one", () => {
    fc.assert(
      fc.property(anyScene, fc.integer(), (scene, seed) => {
        const rules = free(scene);
        const claim = claimOf(scene, rules);
        const draw = chance(seed);
        const amounts = claim.case.lines.map(
          () => [randomAmount(draw), randomAmount(draw)] as const,
        );
        const inOne = settle(
          rules,
          claim,
          amounts.map(([a, b]) => plus(a, b)),
        );
        const once = settle(
          rules,
          claim,
          amounts.map(([a]) => a),
        );
        const twice = settle(
          rules,
          { ...claim, progress: once.progress },
          amounts.map(([, b]) => b),
        );
        if (inOne.outcome === "incomplete") return;
        expect(plus(once.redeemed, twice.redeemed)).toBe(inOne.redeemed);
      }),
      { numRuns: 400 },
    );
  });

  test("never gives more than the grant, and with the rest given back exactly the grant", () => {
    fc.assert(
      fc.property(anyScene, fc.integer(), (scene, seed) => {
        const { rules } = scene;
        const draw = chance(seed);
        const claim = claimOf(scene);
        let { progress } = claim;
        let redeemed = noMoney;
        for (let turn = 0; turn < 3; turn += 1) {
          const amounts = claim.case.lines.map(() => randomAmount(draw));
          const answer = settle(rules, { ...claim, progress }, amounts);
          redeemed = plus(redeemed, answer.redeemed);
          ({ progress } = answer);
          const shares = total(answer.payers.map(({ amount }) => amount));
          expect(shares).toBe(answer.redeemed);
        }
        const { released } = release({
          rules,
          claim: { ...claim, progress },
          counters: noCounters,
        });
        expect(plus(redeemed, released)).toBe(claim.decision.granted);
      }),
      { numRuns: 400 },
    );
  });
});

describe("claims decided together", () => {
  test("in equal ratio get no more than there is", () => {
    law(({ rules, cases }) => {
      const budget = { amount: money("250,000.00"), period: "none" as const };
      const redemption = { ...rules.redemption, shortage: "equal-ratio" as const };
      const shared = { ...rules, budget, redemption };
      const all = decideBatch({ rules: shared, cases, counters: noCounters, asOf });
      const granted = total(all.map(({ decision }) => decision.granted));
      expect(granted).toBeLessThanOrEqual(budget.amount);
      expect(all).toHaveLength(cases.length);
    });
  });

  test("by points fill the places, and no more of them, whatever the others would have had", () => {
    law(({ rules, cases, counters }) => {
      const cadence = { kind: "competitive" as const, windows: [], places: 2 };
      const competitive = {
        ...{
          ...rules,
          budget: null,
          payers: rules.payers.map((one) => ({ ...one, budget: null })),
        },
        lifecycle: { ...rules.lifecycle, cadence },
      };
      const inquiry = { rules: competitive, cases, counters, asOf };
      const all = decideBatch(inquiry);
      const wide = { ...cadence, places: cases.length };
      const every = decideBatch({
        ...inquiry,
        rules: { ...competitive, lifecycle: { ...rules.lifecycle, cadence: wide } },
      });
      const grants = (of: typeof all) =>
        of.flatMap(({ claim, decision }) => (decision.outcome === "granted" ? [claim] : []));
      expect(grants(all)).toEqual(grants(every).slice(0, cadence.places));
    });
  });

  test("can be decided again one by one, each by what its turn left to it", () => {
    law(({ rules, cases, counters }) => {
      const budget = { amount: money("250,000.00"), period: "none" as const };
      const redemption = { ...rules.redemption, shortage: "equal-ratio" as const };
      const shared = { ...rules, budget, redemption };
      const taken = overlay(counters);
      const all = decideBatch({ rules: shared, cases, counters, asOf });
      const touchedOf = new Map(all.map(({ claim, decision }) => [claim, decision.touched]));
      for (const one of all) {
        const of = cases.find(({ claim }) => claim === one.claim)!;
        const before = touchedOf.get(one.insteadOf ?? "") ?? [];
        taken.add(before.map(({ key, by }) => ({ key, by: -by })));
        const inquiry = { rules: shared, case: of, counters: taken.counters, asOf };
        expect(decide(inquiry, one.turn)).toEqual(one.decision);
        taken.add(one.decision.touched);
      }
    });
  });

  test("share out all there is, in ratio to the fen", () => {
    const anyAmounts = fc.array(fc.bigInt({ min: 0n, max: 10n ** 13n }).map(microYuan), {
      maxLength: 9,
    });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 13n }), anyAmounts, (available, asked) => {
        const fen = (amount: bigint) => amount / 10_000n;
        const wanted = asked.map(fen);
        const shares = shareOut(microYuan(available), asked).map(fen);
        const sum = wanted.reduce((a, b) => a + b, 0n);
        const most = fen(available) < sum ? fen(available) : sum;
        expect(shares.reduce((a, b) => a + b, 0n)).toBe(most);
        for (const [index, share] of shares.entries()) {
          expect(share).toBeLessThanOrEqual(wanted[index]!);
          expect(share * sum).toBeGreaterThanOrEqual(wanted[index]! * most - sum);
          expect(share * sum).toBeLessThanOrEqual(wanted[index]! * most + sum);
        }
      }),
    );
  });
});

test("programmes made of rules that go together are let in", () => {
  law(({ rules }) => {
    expect(checkRules(rules)).toEqual([]);
  });
});

function frozen<V>(value: V): V {
  if (typeof value === "object" && value !== null && !(value instanceof Temporal.PlainDate)) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}
