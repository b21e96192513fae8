import type { CardModelId, HostId } from "@wadi/core/units";
import { RunRefused, shareOf, wholeCard, type EngineHost, type RunSpec } from "../engine.ts";
import { cpus, totalmem } from "node:os";
import { mebibytes } from "@wadi/core/units";
import { cardsPresent, stackOf } from "./card-access.ts";
import type { OfferedHost } from "./config.ts";
import { freeOf, hasCapacity, takeSeat, type FreeHost } from "./free-host.ts";
import { seatShare } from "./seat-share.ts";
import type { Seat } from "./seat.ts";

export type { Seat } from "./seat.ts";

/** What one run keeps others from having. */
export interface Occupied {
  readonly spec: RunSpec;
  readonly seats: readonly Seat[];
}

/** The offered hosts with every card numbered; slots count on from host to host. */
export function numberHosts(
  offered: readonly OfferedHost[],
  machine: Machine = thisMachine(),
): EngineHost[] {
  let slot = 0;
  return offered.map((host, at) => {
    const nextDevice = new Map<string, number>();
    const cards = host.cards.flatMap(({ model, count }) =>
      Array.from({ length: count }, () => {
        // Each stack numbers its own devices from 0.
        const stack = stackOf(model);
        const device = nextDevice.get(stack) ?? 0;
        nextDevice.set(stack, device + 1);
        const real = at === 0 && device < machine.cardsPresent(model);
        return { slot: slot++, device, model, emulated: !real };
      }),
    );
    const fits = host.cpuCores <= machine.cpuCores && host.memory <= machine.memoryMiB;
    const { id, cpuCores, memory } = host;
    return { id, cpuCores, memory, emulated: at > 0 || !fits, cards };
  });
}

export interface Machine {
  readonly cpuCores: number;
  readonly memoryMiB: number;
  cardsPresent(model: CardModelId): number;
}

/** @param cards  how many it has of each model, in place of a look at its device files */
export function thisMachine(cards?: number): Machine {
  const cpuCores = cpus().length;
  return {
    cpuCores,
    memoryMiB: Math.floor(totalmem() / 2 ** 20),
    // For the model "cpu" a card is a core.
    cardsPresent: (model) => cards ?? (model === "cpu" ? cpuCores : cardsPresent(model)),
  };
}

/** This machine as one host without cards: what is offered when the provider says nothing. */
export const machineAsHost = (id: HostId, machine: Machine = thisMachine()): OfferedHost => ({
  id,
  cpuCores: machine.cpuCores,
  memory: mebibytes(machine.memoryMiB),
  cards: [],
});

/**
 * Seats all replicas of a run, or none. A replica takes the host that has the fewest free cards
 * left among those that fit, then the first offered; of its cards, those with the lowest slots.
 * A part of a card goes where `seatShare` says.
 * @throws RunRefused `no-free-cards`, `no-free-capacity` or `cannot-share`
 */
export function seatRun(
  hosts: readonly EngineHost[],
  occupied: Iterable<Occupied>,
  spec: RunSpec,
): Seat[] {
  const free = new Map(hosts.map((host) => [host.id, freeOf(host)]));
  for (const run of occupied) {
    for (const [replica, seat] of run.seats.entries()) {
      takeSeat(free.get(seat.host), seat.slots, { spec: run.spec, replica });
    }
  }
  const hostsNow = [...free.values()];
  if (shareOf(spec.cards) < wholeCard) {
    refuseRealCards(hostsNow, spec);
    return Array.from({ length: spec.replicas }, (_, replica) =>
      seatShare(hostsNow, { spec, replica }),
    );
  }
  return Array.from({ length: spec.replicas }, (_, replica) => {
    const best = hostsNow
      .filter((host) => fits(host, spec))
      .sort((a, b) => wholeCards(a, spec).length - wholeCards(b, spec).length)[0];
    if (best === undefined) throw refusal(hostsNow, spec);

    const cards = wholeCards(best, spec).slice(0, spec.cards?.count ?? 0);
    const slots = cards.map(({ slot }) => slot);
    takeSeat(best, slots, { spec, replica });
    const devices = cards.map(({ device }) => device);
    return { host: best.id, slots, devices, emulated: cards.some(({ emulated }) => emulated) };
  });
}

const wholeCards = (host: FreeHost, { cards }: RunSpec) =>
  cards === null
    ? []
    : host.cards.filter((card) => card.model === cards.model && card.left === wholeCard);

const fits = (host: FreeHost, spec: RunSpec) =>
  wholeCards(host, spec).length >= (spec.cards?.count ?? 0) && hasCapacity(host, spec);

/** Parts are only counted: on a card that is really there, nothing would hold a run to its part. */
function refuseRealCards(hosts: readonly FreeHost[], { cards }: RunSpec): void {
  const real = hosts.flatMap((host) => host.cards).some((card) => isReal(card, cards));
  if (!real) return;
  const detail = `${shareOf(cards)} thousandths of a card were asked for`;
  throw new RunRefused("cannot-share", `${detail}; real ${cards?.model} cards are given whole`);
}

const isReal = ({ model, emulated }: FreeHost["cards"][number], cards: RunSpec["cards"]) =>
  model === cards?.model && !emulated;

function refusal(free: readonly FreeHost[], spec: RunSpec): RunRefused {
  const { cards, replicas, cpu, memory } = spec;
  const each = replicas === 1 ? "" : ` for each of ${replicas} replicas`;
  if (cards !== null && !free.some((host) => wholeCards(host, spec).length >= cards.count)) {
    const asked = `${cards.count} × ${cards.model} on one host${each}`;
    return new RunRefused("no-free-cards", `${asked} were asked for`);
  }
  const asked = `${cpu} thousandths of a core and ${memory} MiB on one host${each}`;
  return new RunRefused("no-free-capacity", `${asked} were asked for`);
}
