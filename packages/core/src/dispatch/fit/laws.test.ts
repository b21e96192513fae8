import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { HostNow, Need, PoolNow } from "../snapshot.ts";
import { defaultPolicy } from "../policy.ts";
import type { LayoutPolicy } from "../policy.ts";
import type { Held } from "./holdings.ts";
import { openHosts, type PoolHosts } from "./index.ts";
import type { GangNeed } from "./lay-out.ts";
import { obviousFree, obviousLayout } from "./obvious.testing.ts";

const aName = (letter: string) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.nat(2).map((number) => `${letter}${number}`) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
const names = { domain: aName("d"), rack: aName("r"), block: aName("b") };

/** Hosts that are alike, where ties are the rule, and hosts that are not. */
const aHost = fc.oneof(
  fc.record({
    cards: fc.constantFrom(2, 2, 4),
    cpu: fc.constant(99),
    memory: fc.constant(99),
    ...names,
  }),
  fc.record({ cards: fc.nat(5), cpu: fc.nat(12), memory: fc.nat(12), ...names }),
);

const someHosts = fc.array(aHost, { minLength: 1, maxLength: 9 }).chain((hosts) => {
  const named = hosts.map((host, index) => ({ ...host, id: `h${index}` }) as unknown as HostNow);
  return fc.shuffledSubarray(named, { minLength: named.length });
});

const aPool = fc
  .record({ hosts: someHosts, minimumSlice: fc.constantFrom(1000, 500, 300, 100, 250) })
  .map((pool) => ({ id: "p", ...pool }) as unknown as PoolNow);

const aNeed = fc
  .record({
    cards: fc.integer({ min: 1, max: 4 }),
    share: fc.constantFrom(1000, 1000, 1000, 100, 250, 333, 500, 700, 950),
    cpu: fc.nat(4),
    memory: fc.nat(4),
  })
  .map((need) => ({ ...need, cards: need.share < 1000 ? 1 : need.cards }) as Need);

const aGang: fc.Arbitrary<GangNeed> = fc.record({
  replicas: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 12 })),
  need: aNeed,
});
const gangs = fc.constantFrom<LayoutPolicy["gangs"]>("pack", "spread");
const policyOf = (ways: LayoutPolicy["gangs"]) => ({ ...defaultPolicy.layout, gangs: ways });

/** A gang that comes, or one of those there that goes. */
const steps = fc.array(fc.oneof({ weight: 2, arbitrary: aGang }, fc.nat()), { maxLength: 30 });

/** Takes and gives as the steps say. @returns what is held at the end */
function walk(hosts: PoolHosts, todo: readonly (GangNeed | number)[]): Held[] {
  const held: Held[] = [];
  for (const step of todo) {
    if (typeof step === "number") {
      const [gone] = held.splice(step % Math.max(1, held.length), 1);
      if (gone) hosts.give(gone);
      continue;
    }
    const layout = hosts.layOut(step);
    if (!layout) continue;
    hosts.take({ need: step.need, hosts: layout.hosts });
    held.push({ need: step.need, hosts: layout.hosts });
  }
  return held;
}

const assert = <T extends unknown[]>(property: fc.IProperty<T>) =>
  fc.assert(property, { numRuns: 1500 });

test("what is laid out is what counting and sorting find, whatever was taken before", () => {
  assert(
    fc.property(aPool, gangs, steps, aGang, (pool, ways, todo, gang) => {
      const hosts = openHosts(pool, policyOf(ways));
      const held = walk(hosts, todo);
      expect(hosts.layOut(gang)).toEqual(obviousLayout({ pool, held, gangs: ways, ...gang }));
    }),
  );
});

test("no more goes on a host than is allowed, and the rest as if the others were not there", () => {
  const bounds = fc.array(fc.nat(3), { minLength: 9, maxLength: 9 });
  assert(
    fc.property(aPool, gangs, steps, aGang, bounds, (pool, ways, todo, gang, most) => {
      const hosts = openHosts(pool, policyOf(ways));
      const held = walk(hosts, todo);
      const allows = (host: number) => most[host]!;
      const layout = hosts.layOut(gang, { allows });
      expect(layout).toEqual(obviousLayout({ pool, held, gangs: ways, allows, ...gang }));
      for (const [index, { id }] of hosts.hosts.entries()) {
        const on = layout?.hosts.filter(({ host }) => host === id) ?? [];
        expect(on.reduce((sum, { replicas }) => sum + replicas, 0)).toBeLessThanOrEqual(
          most[index]!,
        );
      }
    }),
  );
});

test("a gang is laid out whole, and no host or card holds more than it has", () => {
  assert(
    fc.property(aPool, gangs, steps, (pool, ways, todo) => {
      const hosts = openHosts(pool, policyOf(ways));
      const held = walk(hosts, todo);
      const asked = todo.filter((step) => typeof step !== "number").map(({ replicas }) => replicas);
      for (const one of held) {
        expect(asked).toContain(one.hosts.reduce((sum, { replicas }) => sum + replicas, 0));
      }
      const free = obviousFree(pool, held);
      for (const { host, cards, cpu, memory, used } of free) {
        expect(Math.min(cards, cpu, memory)).toBeGreaterThanOrEqual(0);
        expect(Math.max(0, ...used)).toBeLessThanOrEqual(1000);
        expect(hosts.freeOf(host.id)).toEqual({ cards, cpu, memory });
      }
      expect(hosts.freeCards).toBe(free.reduce((sum, { cards }) => sum + cards, 0));
    }),
  );
});

test("the past leaves no trace: only what is held decides, in whatever order it was taken", () => {
  const orders = fc.array(fc.nat(), { minLength: 30, maxLength: 30 });
  assert(
    fc.property(aPool, gangs, steps, orders, fc.array(aGang), (pool, ways, todo, order, asked) => {
      const lived = openHosts(pool, policyOf(ways));
      const held = walk(lived, todo);
      const fresh = openHosts({ ...pool, hosts: pool.hosts.toReversed() }, policyOf(ways));
      const shuffled = held
        .map((one, index) => ({ one, at: order[index]! }))
        .sort((a, b) => a.at - b.at);
      for (const { one } of shuffled) fresh.take(one);
      for (const gang of asked) expect(lived.layOut(gang)).toEqual(fresh.layOut(gang));
      expect(lived.freeCards).toBe(fresh.freeCards);
      for (const { id } of pool.hosts) expect(lived.freeOf(id)).toEqual(fresh.freeOf(id));
    }),
  );
});

test("given back, all is as it was; given twice is refused and changes nothing", () => {
  assert(
    fc.property(aPool, gangs, steps, aGang, (pool, ways, todo, gang) => {
      const hosts = openHosts(pool, policyOf(ways));
      const held = walk(hosts, todo);
      for (const one of held.toReversed()) hosts.give(one);
      expect(hosts.freeCards).toBe(hosts.totalCards);
      expect(hosts.fitsNow(gang)).toBe(hosts.fitsEmpty(gang));
      expect(hosts.layOut(gang)).toEqual(openHosts(pool, policyOf(ways)).layOut(gang));
      for (const one of held) expect(() => hosts.give(one)).toThrow("given back before");
      expect(hosts.freeCards).toBe(hosts.totalCards);
    }),
  );
});

test("a gang finds room exactly when as many replicas fit", () => {
  assert(
    fc.property(aPool, gangs, steps, aGang, (pool, ways, todo, gang) => {
      const hosts = openHosts(pool, policyOf(ways));
      walk(hosts, todo);
      expect(hosts.layOut(gang) !== undefined).toBe(hosts.fitsNow(gang) >= gang.replicas);
      expect(hosts.fitsNow(gang)).toBeLessThanOrEqual(hosts.fitsEmpty(gang));
    }),
  );
});

test("what runs keeps its room when the pool shrinks; nothing goes where it is too much", () => {
  const change = fc.record({ hosts: someHosts, minimumSlice: fc.constantFrom(1000, 300, 100) });
  assert(
    fc.property(aPool, change, gangs, steps, aGang, (pool, now, ways, todo, gang) => {
      const held = walk(openHosts(pool, policyOf(ways)), todo);
      const changed = { ...pool, ...now };
      const hosts = openHosts(changed, policyOf(ways));
      for (const one of held) hosts.occupy(one);
      const placed = { need: gang.need, hosts: hosts.layOut(gang)?.hosts ?? [] };
      hosts.take(placed);
      const least = placed.hosts
        .map(({ host }) => hosts.freeOf(host))
        .flatMap(({ cards, cpu, memory }) => [cards, cpu, memory]);
      expect(Math.min(0, ...least)).toBe(0);
      hosts.give(placed);
      const cards = hosts.hosts.map(({ id }) => Math.max(0, hosts.freeOf(id).cards));
      expect(hosts.freeCards).toBe(cards.reduce((sum, free) => sum + free, 0));
      expect(placed.hosts.length > 0).toBe(hosts.fitsNow(gang) >= gang.replicas);
      for (const one of held) hosts.give(one);
      for (const one of held) expect(() => hosts.give(one)).toThrow("given back before");
      expect(hosts.freeCards).toBe(hosts.totalCards);
      expect(hosts.layOut(gang)).toEqual(openHosts(changed, policyOf(ways)).layOut(gang));
    }),
  );
});
