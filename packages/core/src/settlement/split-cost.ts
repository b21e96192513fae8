import { minus, noMoney, plus, type MicroYuan } from "../units/index.ts";

/** One of those that share a cost. */
export interface CostShare {
  readonly project: string;
  /** Beside those of the others: 1 and 3 are a quarter and three quarters. Not below zero. */
  readonly weight: bigint;
}

/**
 * Splits a cost over projects, in the order given. Each gets its part rounded towards zero to the
 * micro-yuan, the last what is left: the parts always sum to the whole. A credit is split like the
 * cost that it takes back. Where no project has any weight, the last takes all.
 *
 * @throws RangeError when there is no project, or a weight below zero
 */
export function splitCost(
  cost: MicroYuan,
  shares: readonly CostShare[],
): { readonly project: string; readonly amount: MicroYuan }[] {
  if (shares.length === 0) throw new RangeError("a cost cannot be split over no projects");
  const wrong = shares.find(({ weight }) => weight < 0n);
  if (wrong) throw new RangeError(`the weight of ${wrong.project} is ${wrong.weight}, below zero`);
  const whole = shares.reduce((sum, { weight }) => sum + weight, 0n);
  let given = noMoney;
  return shares.map(({ project, weight }, i) => {
    const isLast = i === shares.length - 1;
    const part = whole === 0n ? 0n : (cost * weight) / whole; // of bigints: towards zero
    const amount = isLast ? minus(cost, given) : (part as MicroYuan);
    given = plus(given, amount);
    return { project, amount };
  });
}
