import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** What an operator watches of the rounds. */
export interface DispatchMetrics {
  readonly seconds: Histogram;
  readonly placed: Counter;
  readonly failed: Counter;
  readonly waitingShapes: Gauge;
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
      help: "Shapes that found no room in the last round.",
      registers,
    }),
  };
}
