import { Counter, Gauge, Histogram, type Registry } from "prom-client";

import type { Clock } from "../context.ts";
import type { Certified } from "./certificate/index.ts";
import { gapOf } from "./certificate/index.ts";
import type { PaceKeeper } from "./pace-keeper.ts";

/** What an operator watches of the rounds. */
export interface DispatchMetrics {
  readonly seconds: Histogram;
  readonly placed: Counter;
  readonly failed: Counter;
  readonly waitingShapes: Gauge;
  readonly preempted: Counter;
  readonly booked: Gauge;
  readonly leaseCap: Gauge<"centre">;
  readonly unacknowledged: Gauge<"centre">;
  /** From now on what this gives is shown; not a number where there is none. */
  watchCertificate(last: () => Certified | undefined, clock: Clock): void;
}

/** Of each centre, as the leader saw it in its last round. */
export function showPace(
  { leaseCap, unacknowledged }: DispatchMetrics,
  pace: Pick<PaceKeeper, "caps">,
): void {
  leaseCap.reset(); // centres that are gone are shown no more
  unacknowledged.reset();
  for (const [centre, { cap, lying }] of pace.caps()) {
    leaseCap.set({ centre }, cap);
    unacknowledged.set({ centre }, lying);
  }
}

export function dispatchMetrics(registry: Registry): DispatchMetrics {
  const registers = [registry];
  return {
    seconds: new Histogram({
      name: "wadi_round_seconds",
      help: "How long a round takes, from reading the region to the commit.",
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    placed: new Counter({
      name: "wadi_jobs_placed_total",
      help: "Jobs placed by rounds.",
      registers,
    }),
    failed: new Counter({
      name: "wadi_rounds_failed_total",
      help: "Rounds that failed.",
      registers,
    }),
    waitingShapes: new Gauge({
      name: "wadi_shapes_waiting",
      help: "Shapes of which some job did not start in the last round.",
      registers,
    }),
    preempted: new Counter({
      name: "wadi_runs_preempted_total",
      help: "Runs that rounds asked to end, to make room for other jobs.",
      registers,
    }),
    booked: new Gauge({
      name: "wadi_jobs_booked",
      help: "Jobs that wait and were promised a start in the last round.",
      registers,
    }),
    leaseCap: new Gauge({
      name: "wadi_lease_cap",
      help: "How many leases a centre may hold unacknowledged, as it has shown so far.",
      labelNames: ["centre"],
      registers,
    }),
    unacknowledged: new Gauge({
      name: "wadi_leases_unacknowledged",
      help: "Leases that a centre had not acknowledged when the last round began or ended.",
      labelNames: ["centre"],
      registers,
    }),
    watchCertificate: (last, clock) => {
      for (const { name, help, of } of certificateGauges) {
        const gauge: Gauge = new Gauge({
          name,
          help,
          registers,
          collect: () => {
            const certified = last();
            gauge.set(certified ? of(certified, clock.now().epochMilliseconds) : Number.NaN);
          },
        });
      }
    },
  };
}

const yuanOf = (amount: bigint) => Number(amount) / 1e6;

const certificateGauges: readonly {
  readonly name: string;
  readonly help: string;
  readonly of: (one: Certified, nowMs: number) => number;
}[] = [
  {
    name: "wadi_plan_cost_yuan",
    help: "What all jobs that waited at the last certificate are expected to cost in total.",
    of: ({ cost }) => yuanOf(cost),
  },
  {
    name: "wadi_plan_bound_yuan",
    help: "What no way of running the same jobs costs less than.",
    of: ({ bound }) => yuanOf(bound),
  },
  {
    name: "wadi_plan_gap_ratio",
    help: "How much the plan's cost is above the bound, as a part of the bound.",
    of: (one) => gapOf(one) ?? Number.NaN,
  },
  {
    name: "wadi_certificate_age_seconds",
    help: "How long ago the region was looked at for the last certificate.",
    of: ({ atMs }, nowMs) => (nowMs - atMs) / 1000,
  },
];
