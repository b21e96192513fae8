import { chargeLaws } from "./charge-laws.ts";
import type { Facts } from "./facts.ts";
import { jobLaws } from "./job-laws.ts";
import { seenLaws } from "./seen-laws.ts";

/**
 * What holds of a region whatever is killed, cut off, repeated or frozen: no accepted job is lost,
 * none runs twice at the same time, none is charged twice, no money stays held for what is over.
 * All of it holds at every moment, but for the laws that speak of quiet. Each law returns what
 * breaks it, as sentences. The books have laws of their own, in `ledger`.
 */
export const regionLaws = { ...jobLaws, ...seenLaws, ...chargeLaws } as const;

export type RegionLaw = keyof typeof regionLaws;

export interface BrokenLaw {
  readonly law: string;
  readonly detail: string;
}

/** Every breach of every law. Empty: all hold. */
export const brokenLaws = (facts: Facts): BrokenLaw[] =>
  (Object.keys(regionLaws) as RegionLaw[]).flatMap((law) =>
    regionLaws[law](facts).map((detail) => ({ law, detail })),
  );
