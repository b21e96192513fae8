import type { HostId } from "@wadi/core/units";
import type { Inventory } from "@wadi/protocol";

import type { CentreSpec } from "./wire.ts";

/** Where what an agent reports and what is registered disagree; in the form of a `reason`. */
export interface Finding {
  readonly code: FindingCode;
  readonly sentence: string;
  readonly facts: Record<string, string | number>;
}

export type FindingCode = keyof typeof sentences;

const sentences = {
  "host-not-reported": "The agent reports no host {host}, which pool {pool} has.",
  "host-not-registered": "The agent reports the host {host}, which is in no pool.",
  "fewer-cards": "{host} reports {reported} cards of {model}; pool {pool} has {registered}.",
  "more-cards": "{host} reports {reported} cards of {model}; pool {pool} has only {registered}.",
  "emulation-not-declared": "{host} emulates its {model}; pool {pool} does not say so.",
  "less-cpu": "{host} reports {reported} cores; pool {pool} has {registered}.",
  "less-memory": "{host} reports {reported} MiB; pool {pool} has {registered}.",
} as const;

const findingsMax = 100;

/** Pure. In the order of pools and hosts, at most a hundred; none without an inventory. */
export function findingsOf(spec: CentreSpec, inventory: Inventory | null): Finding[] {
  if (inventory === null) return [];
  const reported = new Map(inventory.hosts.map((host) => [host.id, host]));
  const registered = new Set<HostId>();
  const findings: Finding[] = [];
  for (const pool of spec.pools) {
    for (const host of pool.hosts) {
      registered.add(host.id);
      findings.push(...compare(pool, host, reported.get(host.id)));
    }
  }
  for (const { id } of inventory.hosts) {
    if (!registered.has(id)) findings.push(finding("host-not-registered", { host: id }));
  }
  return findings.slice(0, findingsMax);
}

type PoolSpec = CentreSpec["pools"][number];
type HostSpec = PoolSpec["hosts"][number];

function compare(
  pool: PoolSpec,
  host: HostSpec,
  found: Inventory["hosts"][number] | undefined,
): Finding[] {
  const names = { host: host.id, pool: pool.id };
  if (!found) return [finding("host-not-reported", names)];
  const cards = found.cards.filter(({ model }) => model === pool.model);
  const count = cards.reduce((sum, one) => sum + one.count, 0);
  const amounts = { ...names, model: pool.model, reported: count, registered: host.cards };
  const findings: Finding[] = [];
  if (count < host.cards) findings.push(finding("fewer-cards", amounts));
  if (count > host.cards) findings.push(finding("more-cards", amounts));
  if (!pool.emulated && cards.some(({ emulated }) => emulated)) {
    findings.push(finding("emulation-not-declared", { ...names, model: pool.model }));
  }
  const cores = { reported: found.cpuCores, registered: host.cpu / 1000 };
  if (cores.reported < cores.registered) findings.push(finding("less-cpu", { ...names, ...cores }));
  const memory = { reported: found.memory, registered: host.memory };
  if (memory.reported < memory.registered) {
    findings.push(finding("less-memory", { ...names, ...memory }));
  }
  return findings;
}

function finding(code: FindingCode, facts: Record<string, string | number>): Finding {
  const sentence = sentences[code].replaceAll(/\{(\w+)\}/g, (name, key: string) =>
    String(facts[key] ?? name),
  );
  return { code, sentence, facts };
}
