import { total, type MicroYuan } from "../../units/index.ts";
import { counterKeys, type Counters } from "../counters.ts";
import type { Touched } from "../decision.ts";
import { levelNames } from "../rules/index.ts";
import type { BaseFloor } from "./base-floors.ts";
import type { Borne } from "./bear.ts";
import { onceKeys } from "./exclusions.ts";
import type { Grant } from "./grant.ts";
import type { Inquiry } from "./inquiry.ts";
import { payerMeter, usedOf, type Meter } from "./meters.ts";
import { bandKeys } from "./work-out-parts.ts";

/** Amounts by part, and by part and payer: what goes onto the counters. */
export interface Given {
  readonly parts: readonly { readonly code: string; readonly amount: MicroYuan }[];
  readonly borne: readonly Borne[];
}

export const givenBy = (grants: readonly Grant[], borne: readonly Borne[]): Given => ({
  parts: grants.map(({ part, granted }) => ({ code: part.code, amount: granted })),
  borne,
});

/** Caps, and the programme's budget: what `reserves` of the lifecycle is about. */
export function touchMeters(
  inquiry: Omit<Inquiry, "case">,
  meters: readonly Meter[],
  given: Given,
): Touched[] {
  return meters.flatMap((meter) => touched(meter, countedBy(meter, given), inquiry.counters));
}

/** R24: the funds of single levels; they are bound by the grant, whatever else is reserved when. */
export function touchPayers(inquiry: Inquiry, given: Given): Touched[] {
  return inquiry.rules.payers.flatMap((_, index) => {
    const meter = payerMeter(inquiry, index);
    const amount = total(given.borne.map((one) => one[index]!));
    return meter ? touched(meter, amount, inquiry.counters) : [];
  });
}

/** R29, R30: public money by contract, and of it by level and programme. */
export function touchContract(
  { rules, case: { contract }, counters }: Inquiry,
  ceiling: Meter | null,
  given: Given,
): Touched[] {
  const sum = total(given.parts.map(({ amount }) => amount));
  const touch = (key: string, by: bigint) => lookAt({ code: "public-money", key, by }, counters);
  const byLevel = levelNames.flatMap((level) => {
    const amounts = rules.payers.flatMap((payer, index) =>
      payer.level === level ? given.borne.map((one) => one[index]!) : [],
    );
    if (!rules.payers.some((payer) => payer.level === level)) return [];
    return [
      touch(counterKeys.contractLevel(contract, level), total(amounts)),
      touch(counterKeys.contractProgrammeLevel(contract, rules.id, level), total(amounts)),
    ];
  });
  const whole =
    ceiling === null
      ? [touch(counterKeys.contract(contract), sum)]
      : touched(ceiling, sum, counters);
  return [...whole, touch(counterKeys.contractProgramme(contract, rules.id), sum), ...byLevel];
}

/**
 * What is given once, and what bands over a period add up. Spending counts towards bands even where
 * nothing came of it, unless something stood against the claim itself.
 */
export function touchHistory(
  inquiry: Inquiry,
  grants: readonly Grant[],
  { isGranted, counts }: { isGranted: boolean; counts: boolean },
): Touched[] {
  const { counters } = inquiry;
  const codes = new Set(grants.filter(({ granted }) => granted > 0n).map(({ part }) => part.code));
  const once = onceKeys(inquiry).map(({ code, key, part }) => {
    const isGiven = part === null ? isGranted : codes.has(part);
    return lookAt({ code, key, by: isGiven ? 1n : 0n, limit: 1n }, counters);
  });
  const bands = grants.flatMap(({ part, base, amount }) => {
    const keys = bandKeys(part, inquiry);
    if (keys === null) return [];
    const by = (sum: bigint) => (counts ? sum : 0n);
    return [
      lookAt({ code: part.code, key: keys.spend, by: by(base) }, counters),
      lookAt({ code: part.code, key: keys.given, by: by(amount) }, counters),
    ];
  });
  return [...once, ...bands];
}

/** Spending below a floor counts towards it too, where nothing but the floor stood against it. */
export const touchFloors = (floors: readonly BaseFloor[], base: bigint): Touched[] =>
  floors.flatMap(({ floor, key, also, before }) =>
    key === null
      ? []
      : [{ code: floor.code, key, also, before, by: base, after: before + base, limit: null }],
  );

export function lookAt(
  counter: { code: string; key: string; by: bigint; limit?: bigint },
  counters: Counters,
): Touched {
  const { code, key, by, limit = null } = counter;
  const before = counters(key);
  return { code, key, also: [], before, by, after: before + by, limit };
}

export function touched(meter: Meter, by: bigint, counters: Counters): Touched[] {
  if (meter.key === null) return [];
  const { code, key, also, limit } = meter;
  const before = usedOf(meter, counters);
  return [{ code, key, also, before, by, after: before + by, limit }];
}

export const countedBy = ({ parts }: Pick<Meter, "parts">, given: Given) =>
  total(given.parts.filter(({ code }) => parts?.includes(code) ?? true).map((one) => one.amount));
