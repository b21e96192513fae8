import { expect, test } from "vitest";
import {
  aCap,
  aCase,
  aClaim,
  aLine,
  aPart,
  aProgramme,
  aSettlement,
  day,
  decided,
  money,
  share,
  text,
} from "./builders.testing.ts";
import { noCounters, overlay, redeem, release, type Claim } from "./index.ts";

/* What the oracle and the laws once found, each by its smallest case. */

const asOf = day("2024-06-30");
const settle = (rules: ReturnType<typeof aProgramme>, claim: Claim, amounts: readonly string[]) => {
  let { progress } = claim;
  return amounts.map((amount, index) => {
    const settlement = aSettlement(amount, { last: index === amounts.length - 1 });
    const of = { ...claim, progress };
    const answer = redeem({ rules, claim: of, settlement, counters: noCounters, asOf });
    ({ progress } = answer);
    return text(answer.redeemed);
  });
};

test("a claim that is given back takes nothing off what another one had counted", () => {
  const rules = aProgramme({
    parts: [
      aPart("rate", "0.1"),
      aPart("once", { once: { rows: [{ when: null, amount: money("5.00") }], per: "contract" } }),
    ],
  });
  const { counters, add } = overlay(noCounters);
  const [first, second] = ["a", "b"].map((claim) => {
    const one = aClaim(rules, aCase({ claim }), { counters });
    add(one.decision.touched);
    return one;
  }) as [Claim, Claim];
  expect(first.decision.granted - second.decision.granted).toBe(money("5.00"));
  add(release({ rules, claim: second, counters }).touched);
  expect(counters("programme/ai/once/once/contract/k1")).toBe(1n);
});

test("bands over a year give nothing to a claim without a line for them", () => {
  const rows = [{ from: money("0"), to: null, rate: share("0.5") }];
  const faces = { amounts: [money("100.00")], fill: "one" as const };
  const when = { fact: "line.class", is: "compute" } as const;
  const rules = aProgramme({
    parts: [
      aPart(
        "bands",
        { bands: { counting: "marginal", over: "calendar-year", rows }, faces },
        { when },
      ),
    ],
  });
  const { counters, add } = overlay(noCounters);
  add(decided(rules, aCase({ lines: [aLine("a", "500.00")] }), { counters }).touched);
  const storage = aLine("a", "500.00", { "line.class": "storage" });
  expect(decided(rules, aCase({ lines: [storage] }), { counters }).granted).toBe(0n);
});

test("what a cap at a rate of the base held back is paid when more is settled", () => {
  const rules = aProgramme({
    parts: [
      aPart("rate", "0.2"),
      aPart("once", { once: { rows: [{ when: null, amount: money("100.00") }], per: "claim" } }),
    ],
    caps: [aCap("ceiling", "0", { per: "claim", period: "none", limit: { rate: share("0.3") } })],
  });
  const claim = aClaim(rules, aCase({ lines: [aLine("compute", "1,000.00")] }));
  expect(text(claim.decision.granted)).toBe("300.00");
  expect(settle(rules, claim, ["500.00", "500.00"])).toEqual(["150.00", "150.00"]);
});

test("two bills that together fall into a lower whole band give what one of both would", () => {
  const rows = [
    { from: money("0"), to: money("100,000.00"), rate: share("0.5") },
    { from: money("100,000.00"), to: null, rate: share("0.2") },
  ];
  const rules = aProgramme({
    parts: [aPart("bands", { bands: { counting: "whole", over: "claim", rows } })],
  });
  const claim = aClaim(rules, aCase({ lines: [aLine("compute", "150,000.00")] }));
  expect(settle(rules, claim, ["120,000.00"])).toEqual(["24000.00"]);
  expect(settle(rules, claim, ["90,000.00", "30,000.00"])).toEqual(["20000.00", "4000.00"]);
  // Nothing more comes: the higher band is certain, as far as the grant goes.
  expect(settle(rules, claim, ["60,000.00"])).toEqual(["30000.00"]);
});

test("which counters are read does not depend on what stands on them", () => {
  const exclusions = [{ once: "contract" as const, code: "had", text: { en: "x", zh: "x" } }];
  const rules = aProgramme({ exclusions, caps: [aCap("cap", "5.00", { per: "tier" })] });
  const read = (standing: bigint) => {
    const keys = new Set<string>();
    decided(rules, aCase(), {
      counters: (key) => {
        keys.add(key);
        return standing;
      },
    });
    return [...keys].toSorted();
  };
  // Incomplete without the tier, refused where the contract had a grant.
  expect(read(0n)).toEqual(read(1n));
});
