import {
  basesOfRun,
  gapsOf,
  measures,
  plausibility,
  usageLinesOfRun,
  usageOf,
  type Basis,
  type Measure,
  type Reading,
} from "@wadi/core/metering";
import type { CardSeconds, RunId } from "@wadi/core/units";

import type { Sql } from "../db/index.ts";
import { findCharges } from "./charge-store.ts";
import { correctionsOf, laterReadingsOf } from "./later-store.ts";
import { readingsOf } from "./reading-store.ts";
import { usedCardSeconds } from "./used-store.ts";

/** When a run held its cards as far as the hub knows. */
export interface RunTimes {
  readonly startedAt: Temporal.Instant | null;
  readonly endedAt: Temporal.Instant | null;
}

/** Of each run: figures with their basis, what is missing of its readings, whether it adds up. */
export async function meteringOf(
  sql: Sql,
  runs: readonly RunId[],
  timesOf: (run: RunId) => RunTimes | undefined,
) {
  const [readings, later, charges, corrections, used] = await Promise.all([
    readingsOf(sql, runs),
    laterReadingsOf(sql, runs),
    findCharges(sql, runs),
    correctionsOf(sql, runs),
    usedCardSeconds(sql, runs),
  ]);
  return runs.map((run) => {
    const since = (later.get(run) ?? []).filter(({ correction }) => correction > 0);
    const all = [...(readings.get(run) ?? []), ...since];
    const times = timesOf(run);
    const held = { from: times?.startedAt ?? null, to: times?.endedAt ?? null };
    const { spans, ...usage } = usageOf(all);
    const charge = charges.get(run);
    const lines = charge
      ? usageLinesOfRun({ run, spans, model: charge.model, cardShare: charge.cardShare })
      : [];
    const busy = used.get(run);
    const work = lines.filter(({ measure }) => measure === "work");
    return {
      run,
      figures: [
        figure("card-seconds", basesOfRun.cardSeconds, usage.cardSeconds),
        ...(busy === undefined ? [] : [figure("card-seconds", basesOfRun.busyTime, busy)]),
        ...(work.length > 0 ? [figure("work", basesOfRun.work, sum(work))] : []),
        figure("cpu", basesOfRun.cpuTime, BigInt(usage.cpuTime)),
      ],
      gaps: gapsView(all, held),
      plausibility: judged(usage.cardSeconds, busy),
      corrections: corrections.get(run)?.length ?? 0,
    };
  });
}

function gapsView(readings: readonly Reading[], held: Parameters<typeof gapsOf>[1]) {
  const { times, numbers, isEnded } = gapsOf(readings, held);
  return { times: [...times], numbers: [...numbers], isEnded };
}

function judged(allocated: CardSeconds, used: CardSeconds | undefined) {
  const found = plausibility({ allocated, used: used ?? null });
  const utilisation = found.kind === "unknown" ? null : found.utilisation;
  // More than all of it stands as all of it: the kind says that it is impossible.
  return { kind: found.kind, utilisation: utilisation && least(utilisation) };
}

const least = <Q extends bigint>(utilisation: Q): Q =>
  (utilisation > 1_000_000n ? 1_000_000n : utilisation) as Q;

const figure = (measure: Measure, basis: Basis, quantity: bigint) => ({
  ...{ measure, basis, quantity, unit: measures[measure].unit, attributes: {} },
});

const sum = (lines: readonly { readonly quantity: bigint }[]) =>
  lines.reduce((all, { quantity }) => all + quantity, 0n);
