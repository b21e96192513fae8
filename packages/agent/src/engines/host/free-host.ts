import type { HostId } from "@wadi/core/units";
import { shareOf, wholeCard, type EngineHost, type RunSpec } from "../engine.ts";

/** What of a host no run holds. */
export interface FreeHost {
  readonly id: HostId;
  cpuMillis: number;
  memoryMiB: number;
  cards: readonly FreeCard[];
}

type FreeCard = EngineHost["cards"][number] & {
  /** In thousandths. */
  readonly left: number;
  /** The hub's name of the card that its holders have parts of; null where none is known. */
  readonly sharedAs: string | null;
};

/** One replica of a run. */
export interface ReplicaAsked {
  readonly spec: RunSpec;
  readonly replica: number;
}

export const freeOf = (host: EngineHost): FreeHost => ({
  id: host.id,
  cpuMillis: host.cpuCores * 1000,
  memoryMiB: host.memory,
  cards: host.cards.map((card) => ({ ...card, left: wholeCard, sharedAs: null })),
});

export const hasCapacity = (host: FreeHost, spec: RunSpec): boolean =>
  host.cpuMillis >= spec.cpu && host.memoryMiB >= spec.memory;

/** The hub's name of the card that a replica has a part of; null where it names none. */
export function partNameOf({ spec, replica }: ReplicaAsked): string | null {
  const on = shareOf(spec.cards) < wholeCard ? spec.cards?.on?.[replica] : undefined;
  return on ? `${on.host}/${on.card}` : null;
}

/** What a replica in these slots leaves of its host. */
export function takeSeat(
  host: FreeHost | undefined,
  slots: readonly number[],
  asked: ReplicaAsked,
): void {
  if (host === undefined) return; // Offered when the run began, and no more.
  const { cpu, memory, cards } = asked.spec;
  host.cpuMillis -= cpu;
  host.memoryMiB -= memory;
  const name = partNameOf(asked);
  host.cards = host.cards.map((card) => {
    if (!slots.includes(card.slot)) return card;
    return { ...card, left: card.left - shareOf(cards), sharedAs: card.sharedAs ?? name };
  });
}
