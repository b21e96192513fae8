import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

import type { Db } from "../db/index.ts";

/** A registry with what Node and the database's connections tell; areas add their own. */
export function makeMetrics(db: Db): Registry {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics }); // memory, processor, garbage, event-loop lag
  const connections = new Gauge({
    name: "wadi_db_connections",
    help: "Connections to the database by state; waiting counts callers that wait for one.",
    labelNames: ["state"],
    registers: [metrics],
    collect: () => {
      for (const [state, count] of Object.entries(db.load())) connections.set({ state }, count);
    },
  });
  return metrics;
}

export interface HttpMetrics {
  readonly durations: Histogram<"method" | "route" | "status">;
  readonly underWay: Gauge;
  readonly streams: Gauge;
}

export function httpMetrics(metrics: Registry): HttpMetrics {
  const registers = [metrics];
  return {
    durations: new Histogram({
      name: "wadi_http_request_duration_seconds",
      help: "From the request's headers to the reply's end; event streams are not in it.",
      labelNames: ["method", "route", "status"],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    underWay: new Gauge({
      name: "wadi_http_requests_under_way",
      help: "Requests being answered now, held syncs and event streams included.",
      registers,
    }),
    streams: new Gauge({
      name: "wadi_http_event_streams",
      help: "Event streams open now.",
      registers,
    }),
  };
}
