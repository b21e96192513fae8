import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cardSeconds, microYuan, noMoney, rate, total, yuan } from "../units/index.ts";
import {
  isPublished,
  judgeStep,
  monthStates,
  monthSteps,
  net,
  reconcile,
  splitCost,
  stretchOfMonth,
  type MonthState,
  type MonthStep,
  type Said,
} from "./index.ts";

describe("a cost over projects", () => {
  test("the last absorbs the remainder", () => {
    const thirds = ["a", "b", "c"].map((project) => ({ project, weight: 1n }));
    expect(splitCost(yuan(100), thirds).map(({ amount }) => amount)).toEqual([
      33_333_333n,
      33_333_333n,
      33_333_334n,
    ]);
  });

  test("where no project has any weight, the last takes all", () => {
    const none = ["a", "b"].map((project) => ({ project, weight: 0n }));
    expect(splitCost(yuan(1), none).map(({ amount }) => amount)).toEqual([0n, 1_000_000n]);
  });

  test("no project and weights below zero are refused", () => {
    expect(() => splitCost(yuan(1), [])).toThrow("no projects");
    expect(() => splitCost(yuan(1), [{ project: "a", weight: -1n }])).toThrow("below zero");
  });

  test("the parts sum to the whole, and a credit takes back just what was given", () => {
    const anyCost = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
    const anyWeights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(anyCost, anyWeights, (cost, weights) => {
        const shares = weights.map((weight, i) => ({ project: `p${i}`, weight }));
        const parts = splitCost(microYuan(cost), shares).map(({ amount }) => amount);
        const back = splitCost(microYuan(-cost), shares).map(({ amount }) => amount);
        expect(total(parts)).toBe(cost);
        expect(back).toEqual(parts.map((part) => 0n - part));
      }),
    );
  });
});

describe("netting", () => {
  test.each([
    // payable, receivable, deposit  offset, from deposit, pay, collect
    [100n, 30n, 50n, 30n, 0n, 70n, 0n],
    [30n, 100n, 50n, 30n, 50n, 0n, 20n],
    [0n, 0n, 50n, 0n, 0n, 0n, 0n],
    [10n, 10n, 0n, 10n, 0n, 0n, 0n],
  ])("%d owed to them, %d by them, %d kept", (payable, receivable, deposit, ...expected) => {
    const [offset, fromDeposit, pay, collect] = expected;
    const standing = { payable: microYuan(payable), receivable: microYuan(receivable) };
    const netted = net({ ...standing, deposit: microYuan(deposit) });
    expect(netted).toEqual({ offset, fromDeposit, pay, collect });
  });

  test("nothing is lost, at most one side pays, no deposit is used up beyond itself", () => {
    const any = fc.bigInt({ min: 0n, max: 10n ** 15n }).map(microYuan);
    fc.assert(
      fc.property(any, any, any, (payable, receivable, deposit) => {
        const { offset, fromDeposit, pay, collect } = net({ payable, receivable, deposit });
        expect(offset + pay).toBe(payable);
        expect(offset + fromDeposit + collect).toBe(receivable);
        expect(fromDeposit).toBeLessThanOrEqual(deposit);
        expect(pay * (collect + fromDeposit)).toBe(0n);
      }),
    );
  });

  test("what is below zero is refused", () => {
    const none = { payable: noMoney, receivable: noMoney };
    expect(() => net({ ...none, deposit: yuan(-1) })).toThrow("deposit is -1000000 micro-yuan");
  });
});

describe("the states of a month", () => {
  const states = Object.keys(monthStates) as MonthState[];
  const steps = Object.keys(monthSteps) as MonthStep[];

  test("every state is reached from a draft, and nothing leads out of a void one", () => {
    const reached = new Set<MonthState>(["draft"]);
    for (const state of reached) {
      for (const step of monthStates[state]) reached.add(monthSteps[step].to);
    }
    expect([...reached].sort()).toEqual([...states].sort());
    expect(monthStates.void).toEqual([]);
  });

  test("a published month is only ever taken back, never made anew", () => {
    expect(monthStates.published).toEqual(["ask-void"]);
    for (const state of states) {
      const anew = monthStates[state].some((step) => monthSteps[step].anew);
      expect(anew).toBe(!isPublished(state) && state !== "void");
    }
  });

  test("publishing takes another person than computing did; so does taking back", () => {
    const at = (state: MonthState, step: MonthStep, by: string) =>
      judgeStep(step, { state, by, lastBy: "ann" });
    expect(at("computed", "publish", "ann")).toBe("needs-another-person");
    expect(at("computed", "publish", "ben")).toBeUndefined();
    expect(at("published", "ask-void", "ann")).toBeUndefined();
    expect(at("published", "void", "ben")).toBe("not-now");
    expect(at("void-asked", "void", "ann")).toBe("needs-another-person");
    expect(at("void-asked", "void", "ben")).toBeUndefined();
    expect(at("computed", "void", "ann")).toBeUndefined();
    expect(at("draft", "publish", "ben")).toBe("not-now");
  });

  test("no step is allowed that the table does not have", () => {
    for (const state of states) {
      for (const step of steps) {
        const has = (monthStates[state] as readonly MonthStep[]).includes(step);
        expect(judgeStep(step, { state, by: "a", lastBy: "b" })).toBe(has ? undefined : "not-now");
      }
    }
  });

  test("a month starts and ends at midnight of its time zone", () => {
    const november = Temporal.PlainYearMonth.from("2026-11");
    const { from, until } = stretchOfMonth(november, "Asia/Shanghai");
    expect([String(from), String(until)]).toEqual(["2026-10-31T16:00:00Z", "2026-11-30T16:00:00Z"]);
  });
});

describe("contract, metering and invoice", () => {
  const said = (hours: bigint | null, amount: bigint | null): Said => ({
    cardSeconds: hours === null ? null : cardSeconds(hours * 3600n),
    amount: amount === null ? null : yuan(amount),
  });
  const tolerance = { share: rate(10_000n), cardSeconds: cardSeconds(60n), amount: yuan(1) };
  const found = (invoice: Said | null, metering = said(100n, 200n)) =>
    reconcile([{ key: "k", contract: said(100n, 80n), metering, invoice }], tolerance).map(
      ({ what, difference }) => [what, difference],
    );

  test("three that agree, or nearly, are no finding", () => {
    expect(found(said(100n, 80n))).toEqual([]);
    expect(found(said(101n, 79n))).toEqual([]); // 1 % and 1 yuan
  });

  test("each that differs is one", () => {
    expect(found(said(103n, 80n))).toEqual([["card-seconds", 10_800n]]);
    expect(found(said(100n, 90n))).toEqual([["amount", 10_000_000n]]);
    expect(found(said(90n, 70n))).toEqual([
      ["card-seconds", -36_000n],
      ["amount", -10_000_000n],
    ]);
  });

  test("an invoice that is missing, and one for what nobody metered", () => {
    expect(found(null)).toEqual([["no-invoice", null]]);
    expect(found(said(1n, 1n), said(null, null))).toEqual([["not-metered", null]]);
  });

  test("by key, whatever the order", () => {
    const one = (key: string) => ({
      key,
      contract: said(1n, 9n),
      metering: said(1n, 9n),
      invoice: null,
    });
    const keys = (order: string[]) => reconcile(order.map(one), tolerance).map(({ key }) => key);
    expect(keys(["b", "a"])).toEqual(keys(["a", "b"]));
  });
});
