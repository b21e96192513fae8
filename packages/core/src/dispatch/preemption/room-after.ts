import type { Need, RunNow } from "../snapshot.ts";
import { partsOf, type Part, type Stoppable } from "./stoppable.ts";
import type { PreemptionContext, Wanted } from "./wanted.ts";

/**
 * What each host would have free for the gang, as runs are stopped and spared again. A part of a
 * card counts as a whole one.
 */
export interface RoomAfter {
  readonly need: Need;
  /** How many replicas find room on all hosts together. */
  total(): number;
  on(host: number): number;
  /** How many replicas more when these runs are stopped as well. */
  gain(runs: readonly Stoppable[]): number;
  /** What lacks on a host for so many replicas; 0 or below where nothing does. */
  lacks(host: number, replicas: number): Part;
  stop(run: Stoppable): void;
  spare(run: Stoppable): void;
  /** Counts a run's cards as no longer lent; `stop` and `spare` do so as well. */
  claim(run: Stoppable): void;
  unclaim(run: Stoppable): void;
  /** Whether the run's organisations would still hold what is their own without it. */
  mayStop(run: Stoppable): boolean;
}

export function roomAfter(
  { gang: { need } }: Wanted,
  runs: readonly RunNow[],
  context: PreemptionContext,
): RoomAfter {
  const { hosts } = context;
  const free = hosts.hosts.map(({ id }) => ({ ...hosts.freeOf(id) }));
  /** By organisation: cards that it gives back. */
  const given = new Map<string, number>();
  const givenBy = (organisation: string) => given.get(organisation) ?? 0;
  function change({ host, cards, cpu, memory }: Part, sign: 1 | -1): void {
    const room = free[host]!;
    room.cards += sign * cards;
    room.cpu += sign * cpu;
    room.memory += sign * memory;
  }
  for (const { need: takes, hosts: shares } of context.promised ?? []) {
    for (const part of partsOf(takes, shares, context)) change(part, -1);
  }
  for (const { need: takes, hosts: shares, stopping } of runs) {
    if (!stopping || takes.share < 1000) continue;
    for (const part of partsOf(takes, shares, context)) change(part, 1);
  }

  const on = (host: number) => replicasIn(free[host]!, need);
  const changeAll = ({ parts }: Stoppable, sign: 1 | -1) => {
    for (const part of parts) {
      total -= on(part.host);
      change(part, sign);
      total += on(part.host);
    }
  };
  const give = ({ borrowed, cards }: Stoppable, sign: 1 | -1) => {
    for (const { organisation } of borrowed) {
      given.set(organisation, givenBy(organisation) + sign * cards);
    }
  };
  let total = free.reduce((sum, room) => sum + replicasIn(room, need), 0);
  return {
    need,
    total: () => total,
    on,
    gain(stopped) {
      const before = total;
      for (const run of stopped) changeAll(run, 1);
      const gained = total - before;
      for (const run of stopped) changeAll(run, -1);
      return gained;
    },
    lacks: (host, replicas) => ({
      host,
      cards: need.cards * replicas - free[host]!.cards,
      cpu: need.cpu * replicas - free[host]!.cpu,
      memory: need.memory * replicas - free[host]!.memory,
    }),
    stop(run) {
      changeAll(run, 1);
      give(run, 1);
    },
    spare(run) {
      changeAll(run, -1);
      give(run, -1);
    },
    claim: (run) => give(run, 1),
    unclaim: (run) => give(run, -1),
    mayStop: ({ borrowed, cards }) =>
      borrowed.every((one) => givenBy(one.organisation) + cards <= one.cards),
  };
}

/** More replicas than any host is asked for; what needs nothing finds room for so many. */
const countless = 1_000_000;

/** A host that is overdrawn in anything takes nothing. */
function replicasIn({ cards, cpu, memory }: Omit<Part, "host">, need: Need): number {
  if (cards < 0 || cpu < 0 || memory < 0) return 0;
  const byCards = need.cards === 0 ? countless : Math.floor(cards / need.cards);
  const byCpu = need.cpu === 0 ? countless : Math.floor(cpu / need.cpu);
  const byMemory = need.memory === 0 ? countless : Math.floor(memory / need.memory);
  return Math.min(byCards, byCpu, byMemory, countless);
}
