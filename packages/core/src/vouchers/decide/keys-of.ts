import type { Claim, Settlement } from "../claim.ts";
import { redeem } from "../redeem/redeem.ts";
import { release } from "../redeem/release.ts";
import type { ProgrammeRules } from "../rules/index.ts";
import { decide } from "./decide.ts";
import type { Inquiry } from "./inquiry.ts";

/**
 * Every counter that deciding the case reads or writes, in the order in which to lock them. Which
 * ones they are does not depend on what stands on them.
 */
export const keysOf = (inquiry: Omit<Inquiry, "counters">): string[] =>
  keysRead((counters) => decide({ ...inquiry, counters }));

/** The same for a redemption, with what it may give back. */
export const keysOfRedemption = (inquiry: {
  rules: ProgrammeRules;
  claim: Claim;
  settlement: Settlement;
  asOf: Temporal.PlainDate;
}): string[] =>
  keysRead((counters) => {
    redeem({ ...inquiry, counters });
    release({ ...inquiry, counters });
  });

/** The same for a claim that is given back. */
export const keysOfRelease = (of: { rules: ProgrammeRules; claim: Claim }): string[] =>
  keysRead((counters) => release({ ...of, counters }));

function keysRead(run: (counters: (key: string) => bigint) => unknown): string[] {
  const keys = new Set<string>();
  run((key) => {
    keys.add(key);
    return 0n;
  });
  return [...keys].sort();
}
