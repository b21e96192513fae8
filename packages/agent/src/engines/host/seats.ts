import type { CardModelId, HostId } from "@wadi/core/units";
import { RunRefused, type EngineHost, type RunSpec } from "../engine.ts";
import { cpus, totalmem } from "node:os";
import { mebibytes } from "@wadi/core/units";
import { cardsPresent, stackOf } from "./card-access.ts";
import type { OfferedHost } from "./config.ts";

/** What one replica holds: its host, and that host's cards by both their numbers. */
export interface Seat {
  readonly host: HostId;
  /** Indices at the centre, ascending. */
  readonly slots: readonly number[];
  /** The same cards, by their index at the host. */
  readonly devices: readonly number[];
  /** Whether any of the cards is only counted. */
  readonly emulated: boolean;
}

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

function thisMachine(): Machine {
  const cpuCores = cpus().length;
  return {
    cpuCores,
    memoryMiB: Math.floor(totalmem() / 2 ** 20),
    // For the model "cpu" a card is a core.
    cardsPresent: (model) => (model === "cpu" ? cpuCores : cardsPresent(model)),
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
 * @throws RunRefused `no-free-cards` or `no-free-capacity`
 */
export function seatRun(
  hosts: readonly EngineHost[],
  occupied: Iterable<Occupied>,
  spec: RunSpec,
): Seat[] {
  const free = new Map(hosts.map((host) => [host.id, freeOf(host)]));
  for (const run of occupied) {
    for (const seat of run.seats) take(free.get(seat.host), seat.slots, run.spec);
  }
  return Array.from({ length: spec.replicas }, () => {
    const best = [...free.values()]
      .filter((host) => fits(host, spec))
      .sort((a, b) => cardsFor(a, spec).length - cardsFor(b, spec).length)[0];
    if (best === undefined) throw refusal([...free.values()], spec);

    const cards = cardsFor(best, spec).slice(0, spec.cards?.count ?? 0);
    const slots = cards.map(({ slot }) => slot);
    take(best, slots, spec);
    const devices = cards.map(({ device }) => device);
    return { host: best.id, slots, devices, emulated: cards.some(({ emulated }) => emulated) };
  });
}

interface FreeHost {
  readonly id: HostId;
  cpuMillis: number;
  memoryMiB: number;
  cards: EngineHost["cards"];
}

const freeOf = (host: EngineHost): FreeHost => ({
  id: host.id,
  cpuMillis: host.cpuCores * 1000,
  memoryMiB: host.memory,
  cards: host.cards,
});

function take(host: FreeHost | undefined, slots: readonly number[], spec: RunSpec): void {
  if (host === undefined) return; // Offered when the run began, and no more.
  host.cpuMillis -= spec.cpu;
  host.memoryMiB -= spec.memory;
  host.cards = host.cards.filter(({ slot }) => !slots.includes(slot));
}

const cardsFor = (host: FreeHost, { cards }: RunSpec) =>
  cards === null ? [] : host.cards.filter(({ model }) => model === cards.model);

const hasCapacity = (host: FreeHost, spec: RunSpec) =>
  host.cpuMillis >= spec.cpu && host.memoryMiB >= spec.memory;

const fits = (host: FreeHost, spec: RunSpec) =>
  cardsFor(host, spec).length >= (spec.cards?.count ?? 0) && hasCapacity(host, spec);

function refusal(free: readonly FreeHost[], spec: RunSpec): RunRefused {
  const { cards, replicas, cpu, memory } = spec;
  const each = replicas === 1 ? "" : ` for each of ${replicas} replicas`;
  if (cards !== null && !free.some((host) => cardsFor(host, spec).length >= cards.count)) {
    const asked = `${cards.count} × ${cards.model} on one host${each}`;
    return new RunRefused("no-free-cards", `${asked} were asked for`);
  }
  const asked = `${cpu} thousandths of a core and ${memory} MiB on one host${each}`;
  return new RunRefused("no-free-capacity", `${asked} were asked for`);
}
