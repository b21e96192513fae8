import { defaultPolicy, type Policy } from "@wadi/core/dispatch";
import { asId, durationOf, yuan, type CardModelId, type TenantId } from "@wadi/core/units";
import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";

import { policySpec, type policyDocument } from "./policy.ts";

/** In every field something else than by default. */
const another: Policy = {
  waitingCostPerHour: { urgent: yuan(21n), high: yuan(6n), normal: yuan(2n), low: yuan(1n) },
  order: "shortest",
  ageing: null,
  fairness: {
    halfLife: durationOf(3_600_000),
    pastWeight: 0.5,
    cardClasses: { domestic: [asId<CardModelId>("ascend-910b2")] },
    organisations: [
      {
        id: "institutes",
        parent: null,
        weight: 2,
        tenants: [asId<TenantId>("reed")],
        quotas: [{ cards: "domestic", nominal: 8, borrow: 4, lend: 0 }],
        startsPerHour: 100,
      },
    ],
  },
  booking: { depth: null, within: durationOf(86_400_000) },
  waitForCheaper: durationOf(0),
  preemption: {
    classes: ["urgent", "high"],
    reclaim: false,
    shorter: 1.5,
    moves: yuan(5n),
    runsPerHour: 10,
    leastRun: durationOf(0),
  },
  layout: {
    gangs: "spread",
    crossing: { host: 1, domain: 2, rack: 3, block: 4, pool: 5 },
  },
  carbonPricePerTonne: yuan(80n),
  pace: { unacknowledgedMin: 1, unacknowledgedMax: 2 },
};

test("the grammar has every field of a policy, and no other", () => {
  type Written = Omit<z.output<typeof policyDocument>, "version">;
  expectTypeOf<keyof Written>().toEqualTypeOf<keyof Policy>();
  for (const part of ["fairness", "booking", "preemption", "layout", "pace"] as const) {
    expectTypeOf<keyof Written[typeof part]>().toEqualTypeOf<keyof Policy[typeof part]>();
  }
  for (const policy of [defaultPolicy, another]) {
    const written = JSON.parse(JSON.stringify(z.encode(policySpec, policy))) as never;
    expect(z.decode(policySpec, written)).toEqual(policy);
  }
});

test("the two policies of this test differ in every field", () => {
  const leaves = (value: unknown, at = ""): string[] =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${at}/${key}`))
      : [`${at} ${String(value)}`];
  const usual = new Set(leaves(defaultPolicy));
  expect(leaves(another).filter((leaf) => usual.has(leaf))).toEqual([]);
});

test("what is left out is as by default", () => {
  expect(z.decode(policySpec, { version: 1 })).toEqual(defaultPolicy);
});
