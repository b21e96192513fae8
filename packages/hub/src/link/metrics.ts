import { Counter, type Registry } from "prom-client";

export interface LinkMetrics {
  readonly entries: Counter;
  readonly oddities: Counter;
}

export function linkMetrics(metrics: Registry): LinkMetrics {
  const registers = [metrics];
  return {
    entries: new Counter({
      name: "wadi_link_entries_total",
      help: "Entries of agents' journals that were taken, each counted once.",
      registers,
    }),
    oddities: new Counter({
      name: "wadi_link_oddities_total",
      help: "Of those, entries that fitted no run of the centre and were set aside.",
      registers,
    }),
  };
}
