import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { microYuan, noMoney } from "../../units/index.ts";
import {
  aCase,
  aClaim,
  aLine,
  aPart,
  aProgramme,
  aSettlement,
  day,
  decided,
  share,
} from "../builders.testing.ts";
import { chance, type Chance } from "../chance.testing.ts";
import {
  decide,
  isInKind,
  keysOfRelease,
  noCounters,
  noProgress,
  overlay,
  redeem,
  release,
  rulesToRedeem,
  type Case,
  type Claim,
  type ProgrammeRules,
  type Quantities,
} from "../index.ts";
import { firstDay, randomAmount, randomCase, randomQuantities } from "../random-case.testing.ts";
import { randomProgramme } from "../random-programme.testing.ts";

/* R25 after the grant: units are drawn by bills, and what is left is given back. */

const quotas = [
  { code: "firm", per: "applicant", period: "calendar-year", amount: 1_500n },
  { code: "pool", per: "programme", period: "none", amount: 10_000n },
] as const;
const hours = (differs: object = {}) =>
  aPart("hours", {
    inKind: { unit: "card-hours", share: share("0.5"), most: null, quotas, ...differs },
  });
const rulesWith = (lifecycle: Partial<ProgrammeRules["lifecycle"]> = {}, differs: object = {}) =>
  aProgramme({ parts: [hours(differs)], lifecycle });

/** One line of nothing but card-hours; its contract comes to nothing in money. */
const asking = (count: bigint, differs: Partial<Case> = {}): Case =>
  aCase({
    lines: [aLine("a", "0", {}, { amounts: {}, quantities: { "card-hours": count } })],
    ...differs,
  });

const bill = (quantities: Quantities, differs: Parameters<typeof aSettlement>[1] = {}) =>
  aSettlement("0", {
    lines: [{ line: "a", amount: noMoney, quantities }],
    last: false,
    ...differs,
  });

const settle = (rules: ProgrammeRules, claim: Claim, settlement: ReturnType<typeof bill>) =>
  redeem({ rules, claim, settlement, counters: noCounters, asOf: settlement.on });

/** Bills of so many card-hours, one after the other. */
function drawn(rules: ProgrammeRules, claim: Claim, counts: readonly bigint[]) {
  let { progress } = claim;
  return counts.map((count) => {
    const answer = settle(rules, { ...claim, progress }, bill({ "card-hours": count }));
    ({ progress } = answer);
    return answer.inKind[0]!;
  });
}

describe("a bill of units", () => {
  const rules = rulesWith();
  const claim = aClaim(rules, asking(2_001n));

  test("draws the part's share of all that was used, in whole units", () => {
    expect(claim.decision.inKind[0]!.granted).toBe(1_000n);
    const bills = drawn(rules, claim, [3n, 3n, 1_000n, 1_000n]);
    expect(bills.map((one) => one.drawn)).toEqual([1n, 2n, 500n, 497n]);
    expect(bills.map((one) => one.used)).toEqual([3n, 3n, 1_000n, 1_000n]);
    expect(bills.at(-1)!.refused).toEqual([{ code: "above-grant", amount: 3n }]);
    expect(drawn(rules, claim, [2_006n])[0]).toMatchObject({ used: 2_006n, drawn: 1_000n });
  });
  test("is refused the units that the bills together are worth beyond the grant", () => {
    const above = drawn(rules, claim, [2_001n, 2n, 1n]).map(({ refused }) => refused);
    const one = [{ code: "above-grant", amount: 1n }];
    expect(above).toEqual([[], one, one]);
  });
  test("never draws more than is open, though a later version gave another share before", () => {
    const all = rulesWith({}, { share: share("1") });
    const first = settle(all, claim, bill({ "card-hours": 600n }));
    const open = { ...claim, progress: first.progress };
    const next = settle(rules, open, bill({ "card-hours": 1_400n })).inKind[0]!;
    expect(next).toMatchObject({ drawn: 400n, refused: [{ code: "above-grant", amount: 300n }] });
  });
  test("draws all that was used where redemption is not limited to rates", () => {
    const whole = rulesWith({ redeemLimitedToRate: false });
    expect(drawn(whole, claim, [600n, 600n]).map((one) => one.drawn)).toEqual([600n, 400n]);
  });
  test("is redeemed though no money moves, and of another unit draws nothing", () => {
    const some = settle(rules, claim, bill({ "card-hours": 2n }));
    expect([some.outcome, some.redeemed, some.applicantPays]).toEqual(["redeemed", 0n, 0n]);
    const other = settle(rules, claim, bill({ tokens: 2_000n }));
    expect(other.outcome).toBe("refused");
    expect(other.inKind[0]).toMatchObject({ used: 0n, drawn: 0n, refused: [] });
  });
  test("that comes too late draws nothing, and says how much it would have", () => {
    const short = rulesWith({ validity: { months: 1 } });
    const late = bill({ "card-hours": 3_000n }, { on: claim.issuedOn.add({ months: 2 }) });
    expect(settle(short, claim, late).inKind[0]).toMatchObject({
      drawn: 0n,
      refused: [
        { code: "above-grant", amount: 500n },
        { code: "expired", amount: 1_000n },
      ],
    });
    const { used, drawn: taken } = settle(short, claim, late).progress;
    expect([used, taken]).toEqual([{}, { hours: 0n }]);
  });
  test("below 0 is no bill", () => {
    expect(() => settle(rules, claim, bill({ "card-hours": -1n }))).toThrow("-1 card-hours");
  });
});

describe("what is not drawn", () => {
  const given = (lifecycle: Partial<ProgrammeRules["lifecycle"]>) => {
    const rules = rulesWith(lifecycle);
    const claim = aClaim(rules, asking(2_000n));
    const half = settle(rules, claim, bill({ "card-hours": 800n }));
    const { counters, add } = overlay(noCounters);
    add(claim.decision.touched);
    const open = { ...claim, progress: half.progress };
    return release({ rules, claim: open, counters });
  };
  const backTo = ({ touched }: ReturnType<typeof given>) =>
    touched.filter(({ key }) => key.includes("in-kind")).map(({ code, by }) => `${code} ${by}`);

  test.each([
    [true, true, ["firm -600", "pool -600"]],
    [true, false, ["firm -600"]],
    [false, true, ["pool -600"]],
    [false, false, []],
  ])("goes back: to firms %s, to the programme %s", (room, budget, expected) => {
    const rest = given({ releasedRoomReturns: room, releasedBudgetReturns: budget });
    expect(rest.inKind).toEqual([{ code: "hours", unit: "card-hours", released: 600n }]);
    expect(rest.progress).toMatchObject({ drawn: { hours: 400n }, givenBack: { hours: 600n } });
    expect(backTo(rest).toSorted()).toEqual(expected);
  });
  test("goes back with the last bill", () => {
    const rules = rulesWith();
    const claim = aClaim(rules, asking(2_000n));
    const last = settle(rules, claim, bill({ "card-hours": 800n }, { last: true }));
    expect(last.inKind[0]).toMatchObject({ drawn: 400n, released: 600n });
    expect(backTo(last)).toEqual(["firm -600", "pool -600"]);
  });
  test("goes back to the quotas that the grant took up, whatever a later version says", () => {
    const rules = rulesWith();
    const later: ProgrammeRules = {
      ...rulesWith({}, { quotas: [{ ...quotas[0], code: "other" }], share: share("1") }),
      version: {
        ...{ number: 2, openClaims: "follow", decidedBy: "applied" },
        inForce: { from: day("2024-01-01"), until: null },
      },
    };
    const of = { decidedBy: rules, redeemedOn: day("2024-06-30") };
    const claim = aClaim(rules, asking(2_000n));
    const followed = rulesToRedeem([rules, later], { ...of, decision: claim.decision });
    expect(keysOfRelease({ rules: followed, claim })).toEqual(keysOfRelease({ rules, claim }));
    expect(settle(followed, claim, bill({ "card-hours": 800n })).inKind[0]!.drawn).toBe(800n);
    const inMoney = { ...later, parts: [aPart("hours", "0.5")] };
    const kept = rulesToRedeem([rules, inMoney], { ...of, decision: claim.decision });
    expect(kept).toBe(rules);
  });
});

test("a claim for units alone is asked for no amounts, unless a floor looks at them", () => {
  expect(decided(rulesWith(), asking(10n)).outcome).toBe("granted");
  const money = aProgramme({ parts: [hours(), aPart("rate", "0.1")] });
  expect(decided(money, asking(10n)).missing.map(({ name }) => name)).toEqual(["amounts.contract"]);
});

describe("whatever the programme, the claim and its bills", () => {
  interface Scene {
    readonly rules: ProgrammeRules;
    readonly claim: Claim;
    readonly draw: Chance;
    readonly counters: ReturnType<typeof overlay>;
  }
  const asOf = firstDay.add({ days: 100 });
  const anyScene = fc
    .integer({ min: 0, max: 2 ** 31 })
    .map((seed): Scene => {
      const draw = chance(seed);
      const rules = randomProgramme(draw);
      const counters = overlay(noCounters);
      const [of] = [0, 1, 2, 3].map((index) => {
        const one = randomCase(draw, { claim: `claim-${index}`, appliedOn: asOf });
        const decision = decide({ rules, case: one, counters: counters.counters, asOf });
        counters.add(decision.touched);
        return { case: one, decision, issuedOn: asOf, progress: noProgress };
      });
      return { rules, claim: of!, draw, counters };
    })
    .filter(({ claim }) => claim.decision.inKind.some(({ granted }) => granted > 0n));
  const law = (holds: (scene: Scene) => void) =>
    fc.assert(fc.property(anyScene, holds), { numRuns: 150 });
  const randomBill = ({ claim, draw }: Scene, last = false) =>
    aSettlement("0", {
      on: asOf,
      last,
      lines: claim.case.lines.map(({ id }) => {
        return { line: id, amount: randomAmount(draw), quantities: randomQuantities(draw) };
      }),
    });

  test("granted = drawn + open + given back at every instant, and no quota is passed", () => {
    law((scene) => {
      const { rules, counters, claim } = scene;
      const taken = claim.decision.touched.filter(({ key }) => isInKind(rules.id, key));
      const stands = ({ key }: { key: string }) => counters.counters(key);
      expect(taken.filter((quota) => stands(quota) > quota.limit!)).toEqual([]);
      let { progress } = claim;
      for (let turn = 0; turn < 4; turn += 1) {
        const of = { rules, claim: { ...claim, progress }, counters: counters.counters };
        const answer = redeem({ ...of, settlement: randomBill(scene, turn === 3), asOf });
        counters.add(answer.touched);
        ({ progress } = answer);
        const rest = release({ ...of, claim: { ...claim, progress } });
        const sums = claim.decision.inKind.map(({ code }, index) => {
          const open = rest.inKind[index]!.released;
          return (progress.drawn[code] ?? 0n) + (progress.givenBack[code] ?? 0n) + open;
        });
        expect(sums).toEqual(claim.decision.inKind.map(({ granted }) => granted));
        expect(rest.inKind.filter(({ released }) => released < 0n)).toEqual([]);
        expect(taken.filter((quota) => stands(quota) < 0n)).toEqual([]);
        const isOver = turn === 3 && answer.outcome !== "incomplete";
        const open = rest.inKind.filter(({ released }) => isOver && released > 0n);
        expect(open).toEqual([]);
      }
    });
  });

  test("two bills draw what one of both would", () => {
    law((scene) => {
      const rules: ProgrammeRules = {
        ...scene.rules,
        lifecycle: { ...scene.rules.lifecycle, validity: null },
      };
      const [one, other] = [randomBill(scene), randomBill(scene)];
      const both = {
        ...one,
        lines: one.lines.map((line, index) => ({
          ...line,
          amount: microYuan(line.amount + other.lines[index]!.amount),
          quantities: sumOf(line.quantities, other.lines[index]!.quantities),
        })),
      };
      const drawnBy = (settlements: readonly (typeof one)[]) => {
        let { progress } = scene.claim;
        for (const settlement of settlements) {
          const claim: Claim = { ...scene.claim, progress };
          ({ progress } = redeem({ rules, claim, settlement, counters: noCounters, asOf }));
        }
        return progress.drawn;
      };
      expect(drawnBy([one, other])).toEqual(drawnBy([both]));
    });
  });

  const sumOf = (a: Quantities = {}, b: Quantities = {}): Quantities => ({
    "card-hours": (a["card-hours"] ?? 0n) + (b["card-hours"] ?? 0n),
    tokens: (a.tokens ?? 0n) + (b.tokens ?? 0n),
  });
});
