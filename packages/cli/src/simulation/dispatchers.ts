import {
  bestFit,
  cheapestPrice,
  cheapestWithData,
  fifoPerCentre,
  leastLoaded,
  race,
} from "@wadi/simulator/baselines";
import { defaultPolicy, type Policy } from "@wadi/core/dispatch";
import { production, type Dispatcher } from "@wadi/simulator";
import type { BaselineName } from "./baseline-names.ts";
import type { Order } from "./order.ts";
import type { SetUp } from "./set-up.ts";

/** Dispatchers to compare with, by what people type. */
const baselines = {
  "fifo-per-centre": fifoPerCentre,
  "cheapest-price": cheapestPrice,
  "cheapest-with-data": cheapestWithData,
  race: (seed: number) => race(seed),
  "least-loaded": leastLoaded,
  "best-fit": bestFit,
} as const satisfies Readonly<Record<BaselineName, (seed: number) => Dispatcher>>;

/** Makes one dispatcher, fresh: it is good for one play. */
export interface Player {
  readonly name: string;
  readonly open: () => Dispatcher;
}

/** Policies first, then baselines, each in the order it was given. */
export function playersOf(order: Pick<Order, "baselines" | "seed">, made: SetUp): Player[] {
  const policies = made.policies.map(({ name, policy }) => ({
    name,
    open: () => production(name, policy, made.fleet),
  }));
  const others = order.baselines.map((name) => ({
    name,
    open: () => ({ ...baselines[name](order.seed), name }),
  }));
  return [...policies, ...others];
}

/**
 * By what an hour of waiting, carbon and crossing are counted for all: that of the first policy.
 */
export const countedBy = ({ policies }: SetUp): Policy => policies[0]?.policy ?? defaultPolicy;
