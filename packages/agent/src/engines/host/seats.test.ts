import { asId, mebibytes, milliCores, type CardModelId, type HostId } from "@wadi/core/units";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aRun } from "../contract/world.ts";
import type { RunSpec } from "../engine.ts";
import { numberHosts, seatRun, type Machine, type Occupied } from "./seats.ts";

const nvidia = asId<CardModelId>("a800-80g");
const ascend = asId<CardModelId>("ascend-910b2");
const other = asId<CardModelId>("a100-80g");

const machine = (present: Record<string, number>): Machine => ({
  cpuCores: 16,
  memoryMiB: 65_536,
  cardsPresent: (model) => present[model] ?? 0,
});

const aHost = (id: string, cards: { model: CardModelId; count: number }[]) => ({
  id: asId<HostId>(id),
  cpuCores: 16,
  memory: mebibytes(65_536),
  cards,
});

const command = { command: { kind: "command", argv: ["x"] }, env: {} } as const;
const asking = (model: CardModelId, count: number, differing: Partial<RunSpec> = {}) =>
  aRun(command, { cards: { model, count }, ...differing });

describe("numbering", () => {
  test("slots count on from host to host, devices by stack at each", () => {
    const hosts = numberHosts(
      [
        aHost("h1", [
          { model: nvidia, count: 2 },
          { model: ascend, count: 1 },
          { model: other, count: 1 },
        ]),
        aHost("h2", [{ model: nvidia, count: 1 }]),
      ],
      machine({}),
    );
    const numbers = hosts.map(({ cards }) => cards.map(({ slot, device }) => [slot, device]));
    expect(numbers).toEqual([
      [
        [0, 0],
        [1, 1],
        [2, 0],
        [3, 2],
      ],
      [[4, 0]],
    ]);
  });

  test("a card is real only where the machine has it, and the machine is the first host", () => {
    const offered = ["h1", "h2"].map((id) => aHost(id, [{ model: nvidia, count: 3 }]));
    const [first, second] = numberHosts(offered, machine({ [nvidia]: 2 }));
    expect(first?.cards.map(({ emulated }) => emulated)).toEqual([false, false, true]);
    expect(second?.cards.every(({ emulated }) => emulated)).toBe(true);
    expect([first?.emulated, second?.emulated]).toEqual([false, true]);
  });

  test("a host with more cores or memory than the machine is emulated", () => {
    const small = { ...machine({}), cpuCores: 2 };
    expect(numberHosts([aHost("h1", [])], small)[0]?.emulated).toBe(true);
  });
});

describe("seating", () => {
  const hosts = numberHosts(
    [aHost("h1", [{ model: nvidia, count: 4 }]), aHost("h2", [{ model: nvidia, count: 2 }])],
    machine({}),
  );

  test("the host with the fewest free cards that fit is taken", () => {
    expect(seatRun(hosts, [], asking(nvidia, 2))).toMatchObject([{ host: "h2", slots: [4, 5] }]);
    expect(seatRun(hosts, [], asking(nvidia, 3))).toMatchObject([{ host: "h1", slots: [0, 1, 2] }]);
  });

  test("processors and memory are counted, by host", () => {
    const cpu = milliCores(10_000);
    const seats = seatRun(hosts, [], aRun(command, { cpu, replicas: 2 }));
    expect(seats.map(({ host }) => host)).toEqual(["h1", "h2"]);
    const three = aRun(command, { cpu, replicas: 3 });
    expect(() => seatRun(hosts, [], three)).toThrow("too little free processor or memory");
    const large = aRun(command, { memory: mebibytes(70_000) });
    expect(() => seatRun(hosts, [], large)).toThrow("70000 MiB");
  });

  test("what an ended host held is nobody's", () => {
    const spec = asking(nvidia, 1);
    const gone = { host: asId<HostId>("gone"), slots: [0], devices: [0], emulated: true };
    expect(seatRun(hosts, [{ spec, seats: [gone] }], asking(nvidia, 4))).toHaveLength(1);
  });

  test("however runs come and go, no slot is held twice, and none is lost", () => {
    const step = fc.oneof(
      fc.record({
        start: fc.integer({ min: 1, max: 4 }),
        replicas: fc.integer({ min: 1, max: 3 }),
      }),
      fc.record({ end: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let held: Occupied[] = [];
        for (const one of steps) {
          if ("end" in one) held = held.filter((_, i) => i !== one.end % (held.length || 1));
          else {
            const spec = asking(nvidia, one.start, { replicas: one.replicas });
            held = [...held, ...trySeat(held, spec)];
          }
          const slots = held.flatMap(({ seats }) => seats.flatMap((seat) => seat.slots));
          expect(new Set(slots).size).toBe(slots.length);
        }
        const rest = 6 - held.flatMap(({ seats }) => seats.flatMap((seat) => seat.slots)).length;
        expect(trySeat(held, asking(nvidia, 1, { replicas: rest || 1 }))).toHaveLength(
          rest ? 1 : 0,
        );
      }),
    );
  });

  test("parts go where the hub counts them, so that what fits by its count fits here", () => {
    const card = fc.integer({ min: 0, max: 3 });
    const steps = fc.array(
      fc.oneof(
        fc.record({ card, share: fc.integer({ min: 1, max: 1000 }) }),
        fc.record({ end: fc.nat() }),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        let held: (Occupied & { card: number; share: number })[] = [];
        for (const one of all) {
          if ("end" in one) held = held.filter((_, i) => i !== one.end % (held.length || 1));
          else {
            const used = held.filter((run) => run.card === one.card);
            const left = 1000 - used.reduce((sum, { share }) => sum + share, 0);
            const share = Math.min(one.share, left);
            if (share === 0 || (share === 1000 && used.length > 0)) continue;
            const spec = aPart(share, one.card);
            held = [...held, { ...one, share, spec, seats: seatRun(hosts, held, spec) }];
          }
          const slots = held.map((run) => `${run.seats[0]!.slots[0]} ${run.card}`);
          const cards = held.map((run) => run.card);
          expect(new Set(slots).size).toBe(new Set(cards).size);
        }
      }),
    );
  });

  test("parts of which the hub names no card share what is shared already", () => {
    const part = (share: number) =>
      asking(nvidia, 1, { cards: { model: nvidia, count: 1, share } });
    const [first, second] = [part(600), part(400)];
    const held = [{ spec: first, seats: seatRun(hosts, [], first) }];
    expect(seatRun(hosts, held, second)).toEqual(held[0]!.seats);
    expect(seatRun(hosts, held, part(500))).not.toEqual(held[0]!.seats);
  });

  test("real cards are given whole: a run that asks for a part is refused for good", () => {
    const real = numberHosts(
      [aHost("h1", [{ model: nvidia, count: 2 }])],
      machine({ [nvidia]: 1 }),
    );
    expect(() => seatRun(real, [], aPart(500, 0))).toThrow("a part of a card cannot be had here");
    expect(seatRun(real, [], asking(nvidia, 2))).toHaveLength(1);
  });

  const aPart = (share: number, card: number) => {
    const on = [{ host: asId<HostId>("h1"), card }];
    return asking(nvidia, 1, { cards: { model: nvidia, count: 1, share, on } });
  };

  const trySeat = (held: readonly Occupied[], spec: RunSpec): Occupied[] => {
    try {
      return [{ spec, seats: seatRun(hosts, held, spec) }];
    } catch {
      return [];
    }
  };
});
