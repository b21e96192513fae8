import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asId, mebibytes, milliCores } from "../../units/index.ts";
import { defaultPolicy } from "../policy.ts";
import type { HostNow, HostShare, Need, PoolNow, Shape } from "../snapshot.ts";
import { fragmentation } from "./fragmentation.ts";
import { openHosts, shareIn, Typical, weighRoom, type PoolHosts } from "./index.ts";

const aHost = (index: number, has: { cards: number; cpu: number }) =>
  ({
    ...{ id: asId(`h${index}`), domain: null, rack: null, block: null },
    cards: has.cards,
    cpu: milliCores(has.cpu),
    memory: mebibytes(1000),
  }) as HostNow;

const aPool = (hosts: readonly HostNow[], minimumSlice: number) =>
  ({ id: asId("p"), model: { id: asId("m") }, minimumSlice, hosts }) as unknown as PoolNow;

const aNeed = (differs: Partial<Record<keyof Need, number>>) =>
  ({ cards: 1, share: 1000, cpu: 2, memory: 1, ...differs }) as Need;

/** A job of one replica that may have any of these models. */
const aShape = ({ cards, share, cpu, memory }: Need, models = ["m"]) => {
  const options = models.map((model) => ({ model: asId(model), count: cards, share }));
  const family = JSON.stringify([cards, share, cpu, memory, models]);
  return { family, replicas: 1, cards: { options }, cpu, memory } as unknown as Shape;
};

function typicalOf(shapes: readonly Shape[]): Typical {
  const typical = new Typical();
  for (const shape of shapes) typical.add(shape);
  return typical;
}

interface Region {
  readonly pool: PoolNow;
  readonly hosts: PoolHosts;
  readonly typical: Typical;
}

/** The pool's weights as of what its hosts hold now. */
function weigh({ pool, hosts, typical }: Region) {
  const { freeCards, byWaste: states } = hosts;
  const room = { model: pool.model.id, minimumSlice: pool.minimumSlice, freeCards, states };
  return weighRoom([room], typical.mix())(room);
}

describe("whatever runs", () => {
  const anyNeed = fc
    .record({
      cards: fc.integer({ min: 1, max: 3 }),
      share: fc.constantFrom(1000, 1000, 200, 300, 500),
      cpu: fc.nat(6),
    })
    .map((need) => aNeed({ ...need, cards: need.share < 1000 ? 1 : need.cards }));
  const anyHosts = fc
    .array(fc.record({ cards: fc.nat(4), cpu: fc.nat(12) }), { minLength: 1, maxLength: 8 })
    .map((hosts) => hosts.map((host, index) => aHost(index, host)));
  const anyPool = fc
    .record({ hosts: anyHosts, minimumSlice: fc.constantFrom(100, 1000) })
    .map(({ hosts, minimumSlice }) => aPool(hosts, minimumSlice));

  /** Each where it wastes least; of every three the oldest goes again. */
  function live(pool: PoolNow, needs: readonly Need[]) {
    const hosts = openHosts(pool, defaultPolicy.layout);
    const typical = new Typical();
    const region = { pool, hosts, typical };
    const held: { need: Need; hosts: readonly HostShare[] }[] = [];
    for (const [i, need] of needs.entries()) {
      const by = hosts.byWaste ? { weights: weigh(region) } : {};
      const layout = hosts.layOut({ need, replicas: 1 }, by);
      if (layout) {
        hosts.take({ need, hosts: layout.hosts });
        held.push({ need, hosts: layout.hosts });
        typical.add(aShape(need));
      }
      for (const gone of i % 3 === 2 ? held.splice(0, 1) : []) {
        hosts.give(gone);
        typical.remove(aShape(gone.need));
      }
    }
    return { region, held };
  }

  test("no other host would waste less, and one is found where there is room", () => {
    fc.assert(
      fc.property(anyPool, fc.array(anyNeed, { maxLength: 12 }), anyNeed, (pool, needs, need) => {
        const { region } = live(pool, needs);
        const { hosts } = region;
        if (!hosts.byWaste) return;
        const share = shareIn(pool, need);
        const weights = weigh(region);
        const layout = hosts.layOut({ need, replicas: 1 }, { weights });
        expect(layout !== undefined).toBe(hosts.fitsNow({ need, replicas: 1 }) > 0);
        if (!layout || share === undefined) return;
        const losses = [...hosts.byWaste.inUse()].flatMap(({ left }) => {
          const by = { mix: weights.needs, values: weights.values };
          return fragmentation(left, { ...need, share }, by)?.loss ?? [];
        });
        expect(layout.waste! / 1e12).toBeCloseTo(Math.min(...losses), 9);
        hosts.take({ need, hosts: layout.hosts });
      }),
      { numRuns: 500 },
    );
  });

  test("what was taken and given back leaves no trace", () => {
    fc.assert(
      fc.property(anyPool, fc.array(anyNeed, { maxLength: 12 }), anyNeed, (pool, needs, need) => {
        const { region, held } = live(pool, needs);
        const hosts = openHosts({ ...pool, hosts: pool.hosts.toReversed() }, defaultPolicy.layout);
        for (const one of held.toReversed()) hosts.take(one);
        expect(hosts.byWaste !== undefined).toBe(region.hosts.byWaste !== undefined);
        const shapes = held.toReversed().map((one) => aShape(one.need));
        const weights = weigh({ pool, hosts, typical: typicalOf(shapes) });
        expect(region.hosts.layOut({ need, replicas: 1 }, { weights: weigh(region) })).toEqual(
          hosts.layOut({ need, replicas: 1 }, { weights }),
        );
      }),
      { numRuns: 500 },
    );
  });
});

test("free cards decide until something takes more cpu than goes with its cards", () => {
  const hosts = openHosts(
    aPool([aHost(0, { cards: 4, cpu: 16 }), aHost(1, { cards: 4, cpu: 32 })], 1000),
    defaultPolicy.layout,
  );
  const even = { need: aNeed({ cpu: 4 }), hosts: [{ host: asId("h0"), replicas: 4 }] as const };
  const uneven = { need: aNeed({ cpu: 5 }), hosts: [{ host: asId("h1"), replicas: 1 }] as const };
  hosts.take(even as never);
  expect(hosts.byWaste).toBeUndefined();
  hosts.take(uneven as never);
  expect(hosts.byWaste).toBeDefined();
  hosts.give(uneven as never);
  expect(hosts.byWaste).toBeUndefined();
});

test("cards are left where there is cpu for those who come most", () => {
  const pool = aPool([aHost(0, { cards: 2, cpu: 16 }), aHost(1, { cards: 4, cpu: 20 })], 1000);
  const hosts = openHosts(pool, defaultPolicy.layout);
  const heavy = { need: aNeed({ cpu: 8 }), hosts: [{ host: asId("h1"), replicas: 1 }] };
  hosts.take(heavy as never);
  const need = aNeed({ cpu: 4 });
  // The second has three cards left and cpu for one heavy run, which it keeps beside a light one.
  const weights = weigh({ pool, hosts, typical: typicalOf([aShape(heavy.need)]) });
  expect(hosts.layOut({ need, replicas: 1 })?.hosts[0]!.host).toBe("h0");
  expect(hosts.layOut({ need, replicas: 1 }, { weights })?.hosts[0]!.host).toBe("h1");
});

describe("what is typical", () => {
  test("is one list whatever came and went, and the same object until it has changed much", () => {
    const typical = new Typical();
    const [small, large] = [aShape(aNeed({})), aShape(aNeed({ cards: 8 }))];
    for (let i = 0; i < 100; i += 1) typical.add(small);
    typical.add(large);
    const before = typical.mix();
    expect(before.kinds.map(({ needOn }) => needOn.get(asId("m"))!.cards)).toEqual([1, 8]);
    typical.add(small);
    expect(typical.mix()).toBe(before);
    for (let i = 0; i < 60; i += 1) typical.remove(small);
    expect(typical.mix()).not.toBe(before);
    typical.remove(large);
    expect(typical.mix().kinds).toHaveLength(1);
  });

  test("takes those for one kind whose cpu and memory are about the same", () => {
    const shapes = [3900, 4000, 4100, 9000].map((cpu) => aShape(aNeed({ cpu })));
    expect(typicalOf(shapes).mix().kinds).toHaveLength(2);
    expect(
      typicalOf([aShape(aNeed({}), ["m", "n"]), aShape(aNeed({}), ["n", "m"])]).mix().kinds,
    ).toEqual([expect.objectContaining({ frequency: 2 })]);
  });
});

test("a model that others can do without is kept for those who cannot", () => {
  const rooms = ["m", "n"].map((model) => {
    const pool = aPool([aHost(0, { cards: 4, cpu: 16 })], 100);
    const hosts = openHosts(pool, defaultPolicy.layout);
    return { model: asId(model), minimumSlice: 100, freeCards: 4, states: hosts.byWaste, hosts };
  });
  const need = aNeed({});
  const mix = typicalOf([aShape(need, ["m", "n"]), aShape(need, ["m"])]).mix();
  const of = weighRoom(rooms as never, mix);
  const [onM, onN] = rooms.map(
    (room) => room.hosts.layOut({ need, replicas: 1 }, { weights: of(room as never) })!.waste!,
  );
  expect(onN).toBeLessThan(onM!);
});
