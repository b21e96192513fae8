import type { HostDraft } from "@wadi/core/capacity";
import type { HostGroup, PoolPart } from "./schema.ts";

/** A pool's hosts one by one; those of a group are called `<pool>-0001` and so on. */
export function hostsOf({ id, hosts, emulated }: PoolPart): HostDraft[] {
  const common = { cardMemory: null, emulated };
  if (Array.isArray(hosts)) return hosts.map((host) => ({ ...host, ...common }));
  const { cards, cpu, memory } = hosts;
  return Array.from({ length: hosts.count }, (_, index) => ({
    id: `${id}-${numbered(index)}`,
    cards,
    cpu,
    memory,
    ...common,
    ...whereIs(index, hosts),
  }));
}

export const isGroup = ({ hosts }: PoolPart): boolean => !Array.isArray(hosts);

/** Hosts stand in the order of their numbers: domains in racks, racks in blocks. */
function whereIs(index: number, { perDomain, perRack, racksPerBlock }: HostGroup) {
  const rack = perRack === null ? null : Math.floor(index / perRack);
  const block = rack === null || racksPerBlock === null ? null : Math.floor(rack / racksPerBlock);
  return {
    domain: perDomain === null ? null : `domain-${numbered(Math.floor(index / perDomain))}`,
    rack: rack === null ? null : `rack-${numbered(rack)}`,
    block: block === null ? null : `block-${numbered(block)}`,
  };
}

const numbered = (index: number) => String(index + 1).padStart(4, "0");
