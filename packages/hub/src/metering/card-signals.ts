import {
  inOrder,
  paidButIdle,
  serialsTwice,
  usualLimits,
  type Signal,
  type SignalLimits,
} from "@wadi/core/signals";

import type { Sql } from "../db/index.ts";
import { cardsHeldTwice, usedByMonth, type PaidRuns } from "./used-store.ts";

/** Paid runs, and where their months begin. */
export interface PaidTimes extends PaidRuns {
  readonly timeZone: string;
}

/**
 * What cards tell a person of paid runs: that one was paid for twice at once, or that they hardly
 * worked. Of one programme's runs, what they have in common with any other is told as well.
 */
export async function cardSignals(
  sql: Sql,
  runs: PaidTimes,
  limits: SignalLimits = usualLimits,
): Promise<Signal[]> {
  return inOrder([
    ...(await idleSignals(sql, runs, limits)),
    ...(await serialSignals(sql, runs, limits)),
  ]);
}

async function idleSignals(sql: Sql, runs: PaidTimes, limits: SignalLimits): Promise<Signal[]> {
  const whose = runs.programme === null ? "tenant" : "applicant";
  const times = await usedByMonth(sql, runs);
  return paidButIdle(
    times.map(({ tenant, month, allocated, used }) => {
      return { subject: `${whose}/${tenant}`, during: month, paid: allocated, busy: used };
    }),
    limits,
  );
}

async function serialSignals(
  sql: Sql,
  { programme, since }: PaidRuns,
  limits: SignalLimits,
): Promise<Signal[]> {
  const cards = (await cardsHeldTwice(sql, { programme: null, since })).map((card) => ({
    ...card,
    subject: `run/${card.run}`,
    place: `centre ${card.centre} of ${card.provider}`,
  }));
  const found = serialsTwice(cards, limits);
  if (programme === null) return found;
  const own = new Set(cards.filter((one) => one.programme === programme).map((one) => one.subject));
  return found.filter(({ subjects }) => subjects.some((run) => own.has(run)));
}
