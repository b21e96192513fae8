import type { MicroYuan } from "../../units/index.ts";
import { counterKeys, periodKeys } from "../counters.ts";
import type { Floor } from "../rules/index.ts";
import type { Bar } from "./eligibility.ts";
import type { Inquiry } from "./inquiry.ts";

/** A floor of the base, and what the applicant spent before in its period. */
export interface BaseFloor {
  readonly floor: Floor;
  /** Null where the claim alone is looked at. */
  readonly key: string | null;
  readonly also: readonly string[];
  readonly before: bigint;
}

export function baseFloors({ rules, case: of, counters, asOf }: Inquiry): BaseFloor[] {
  return rules.spend.floors
    .filter((floor) => floor.of === "base")
    .map((floor) => {
      if (floor.period === "none") return { floor, key: null, also: [], before: 0n };
      const stem = counterKeys.spend(rules.id, floor.code, of.applicant);
      const { key, also } = periodKeys(stem, floor.period, asOf);
      const before = [key, ...also].reduce((sum, one) => sum + counters(one), 0n);
      return { floor, key, also, before };
    });
}

/** R18: too little was spent. */
export const belowBaseFloors = (floors: readonly BaseFloor[], base: MicroYuan): Bar[] =>
  floors
    .filter(({ floor, before }) => before + base < floor.amount)
    .map(({ floor }) => ({ code: floor.code, by: "floor" }));
