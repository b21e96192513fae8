import { random, type Random } from "@wadi/simulator/generator";

import { hours } from "./calendar.ts";
import type { PlannedTenant } from "./plan-tenants.ts";

/** A job as it will go, whatever centre it comes to. */
export interface PlannedJob {
  readonly name: string;
  readonly tenant: string;
  /** On any of these card models, the cheapest. */
  readonly models: readonly string[];
  /** Of 8 cards each, or one of fewer. */
  readonly replicas: number;
  readonly cards: number;
  readonly minutes: number;
  readonly end: "succeeded" | "failed" | "lost";
  /** What is odd about its readings: one comes a day late, or after the close, or twice. */
  readonly odd: "late" | "after-close" | "twice" | null;
}

/** By day (from 0) and by the hour of `hours` at which they are submitted. */
export type PlannedMonth = readonly (readonly (readonly PlannedJob[])[])[];

/** How a day's jobs are spread over its hours, in tenths. */
const tenths = [1, 4, 3, 2] as const;

/** The same for the same arguments. The last day's first job has a reading after the close. */
export function planMonth(of: {
  readonly days: number;
  readonly jobs: number;
  readonly seed: number;
  readonly tenants: readonly PlannedTenant[];
  readonly models: readonly string[];
}): PlannedMonth {
  const { days, jobs, seed, tenants, models } = of;
  const chance = random(seed);
  const draw = tenants.flatMap(({ id, weight }) => Array.from({ length: weight }, () => id));
  let isAfterClose = true;
  const plan = Array.from({ length: days }, (_, day) =>
    hours.map((hour, slot) =>
      Array.from({ length: countIn(jobs, slot) }, (_one, i): PlannedJob => {
        const name = `${day + 1}-${hour}-${i + 1}`;
        const job = planJob(chance.fork(name), { name, draw, models });
        // A short last day still has to end before the month does.
        const minutes = day === days - 1 ? Math.min(job.minutes, 180) : job.minutes;
        if (day < days - 1 || !isAfterClose) return { ...job, minutes };
        isAfterClose = false;
        return { ...job, minutes, end: "succeeded", odd: "after-close" };
      }),
    ),
  );
  return plan;
}

/** All of a day's jobs are in one of its hours. */
function countIn(jobs: number, slot: number): number {
  const upTo = (end: number) =>
    Math.floor((jobs * tenths.slice(0, end).reduce<number>((sum, one) => sum + one, 0)) / 10);
  return upTo(slot + 1) - upTo(slot);
}

function planJob(
  chance: Random,
  of: { name: string; draw: readonly string[]; models: readonly string[] },
): PlannedJob {
  const { name, draw, models } = of;
  const first = chance.below(models.length);
  const isPicky = chance.below(3) === 0; // it runs on one model only, dear as it may be
  const replicas = [1, 1, 1, 2, 4, 8][chance.below(6)]!;
  const [ends, odds] = [chance.uniform(), chance.uniform()];
  return {
    name,
    tenant: draw[chance.below(draw.length)]!,
    models: isPicky ? [models[first]!] : beside(models, first),
    replicas,
    cards: replicas > 1 ? 8 : [1, 2, 4, 8][chance.below(4)]!,
    minutes: 30 + chance.below(14 * 60),
    end: ends < 0.05 ? "failed" : ends < 0.07 ? "lost" : "succeeded",
    odd: odds < 0.03 ? "late" : odds < 0.08 ? "twice" : null,
  };
}

const beside = (models: readonly string[], place: number): string[] => [
  ...new Set([models[place]!, models[(place + 1) % models.length]!]),
];
