import { minus, total, type MicroYuan } from "@wadi/core/units";
import { routes, type ReplyOf } from "@wadi/protocol";

import { isUntil, monthSpan } from "./calendar.ts";
import { holds, type Check } from "./checks.ts";
import type { People } from "./people.ts";

/** A transfer of the journal. */
export type Posted = ReplyOf<typeof routes.listTransfers>["items"][number];

/** The journal: what the hub came to know of in the month, and afterwards. */
export interface Journal {
  readonly inMonth: readonly Posted[];
  readonly afterwards: readonly Posted[];
}

export async function readJournal({ operator }: People): Promise<Journal> {
  const all = await operator.all(routes.listTransfers);
  const isAfter = ({ knownAt }: Posted) => isUntil(monthSpan.until, knownAt);
  return { inMonth: all.filter((one) => !isAfter(one)), afterwards: all.filter(isAfter) };
}

/** What came late was posted, and as of the month that was open then. */
export function checkOpenMonth({ afterwards }: Journal): Check[] {
  const early = afterwards.filter(({ happenedAt }) => !isUntil(monthSpan.until, happenedAt));
  const isLate = afterwards.some(({ kind, run }) => kind === "adjust-tenant-up" && run !== null);
  const isUndone = afterwards.some(({ fact }) => fact.startsWith("correction/"));
  return [
    holds("a late reading and a counter-entry stand in the open month", [
      ...early.map(({ seq }) => `transfer ${seq} is as of the closed month`),
      ...(isLate ? [] : ["no charge was corrected"]),
      ...(isUndone ? [] : ["no transfer was undone"]),
    ]),
  ];
}

export const sumOf = (posted: readonly Posted[], ...kinds: string[]): MicroYuan =>
  total(posted.filter(({ kind }) => kinds.includes(kind)).map(({ amount }) => amount));

/** What late readings changed in the cash that tenants pay for runs. */
export function correctedCash(posted: readonly Posted[]): MicroYuan {
  const ofRuns = posted.filter(({ run }) => run !== null);
  return minus(sumOf(ofRuns, "adjust-tenant-up", "owe"), sumOf(ofRuns, "adjust-tenant-down"));
}
