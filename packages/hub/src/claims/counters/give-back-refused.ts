import type { ProgrammeRules } from "@wadi/core/vouchers";

import type { Sql } from "../../db/index.ts";
import { givesBack } from "../decide/concluded.ts";
import { givenBack, sumUp, type Taken } from "./counter-store.ts";
import { addEvents } from "../claim/event-store.ts";
import { heldByClaims } from "./held-store.ts";
import { lockContracts, lockRefused, readRefused, type OneContract } from "./refused-store.ts";

/** Whether a refused claim may have counted towards something: floors or bands of a period. */
export const countsSpend = ({ spend, parts }: Pick<ProgrammeRules, "spend" | "parts">): boolean =>
  spend.floors.some(({ of, period }) => of === "base" && period !== "none") ||
  parts.some(({ rule }) => {
    if ("bands" in rule) return rule.bands.over !== "claim";
    return "spendThenFull" in rule && rule.spendThenFull.over !== "claim";
  });

/**
 * What a tenant spent under a contract counts once: what earlier refused claims for the same
 * contract had counted towards floors and bands is given back before a new one is decided, and an
 * event of theirs says so. From here on no other claim for the contract is decided.
 *
 * @returns what the caller adds to the counters, and locks together with those of its own claims
 */
export async function giveBackRefused(
  sql: Sql,
  asked: readonly OneContract[],
  at: Temporal.Instant,
): Promise<readonly Taken[]> {
  if (asked.length === 0) return [];
  await lockContracts(sql, asked);
  const held = await heldByClaims(sql, await lockRefused(sql, asked));
  await Promise.all(
    [...held].map(([claim, taken]) => addEvents(sql, claim, [givesBack(taken, at)])),
  );
  return sumUp(givenBack([...held.values()].flat()));
}

/** What `giveBackRefused` would give back, with nothing locked or written. */
export async function spentByRefused(
  sql: Sql,
  asked: readonly OneContract[],
): Promise<readonly Taken[]> {
  if (asked.length === 0) return [];
  const held = await heldByClaims(sql, await readRefused(sql, asked));
  return sumUp([...held.values()].flat());
}
