import * as fc from "fast-check";
import { expect, test } from "vitest";
import { asId, bytes, yuan, type PlaceId } from "../units/index.ts";
import { links, transfer, type LinkDraft } from "./links.ts";
import type { Links } from "./routes.ts";

const place = (id: string): PlaceId => asId(id);

const aLink = (from: string, to: string, differs: Partial<LinkDraft> = {}): LinkDraft => ({
  from,
  to,
  megabitsPerSecond: 1000,
  perGB: yuan(1),
  ...differs,
});

function taken(drafts: readonly LinkDraft[]): Links {
  const result = links(drafts);
  if (result.kind === "refused") throw new Error(JSON.stringify(result.problems));
  return result.value;
}

/** The way taken, as the places it leads through. */
function wayOf(
  all: Links,
  { from, to, size = 10n ** 9n }: { from: string; to: string; size?: bigint },
) {
  const moved = transfer(all, { from: place(from), to: place(to), bytes: bytes(size) });
  if (moved.kind === "unreachable") return moved;
  const { cost, timeMs, route } = moved;
  return { cost, timeMs, way: [from, ...route.map((link) => link.to)].join(" ") };
}

test("a GB is 10^9 bytes, and 1,000 Mbit/s move it in 8 s", () => {
  const all = taken([aLink("hefei", "hangzhou", { perGB: yuan(3) })]);
  expect(wayOf(all, { from: "hefei", to: "hangzhou" })).toStrictEqual({
    cost: yuan(3),
    timeMs: 8000,
    way: "hefei hangzhou",
  });
});

test("within a place data costs nothing and takes no time, linked or not", () => {
  const nothing = { kind: "transfer", cost: 0n, timeMs: 0, route: [] };
  const here = { from: place("hefei"), to: place("hefei"), bytes: bytes(10n ** 18n) };
  expect(transfer(taken([aLink("hefei", "hangzhou")]), here)).toStrictEqual(nothing);
  expect(transfer([], here)).toStrictEqual(nothing);
});

test("cost and time of a link are rounded up", () => {
  const all = taken([aLink("a", "b")]);
  expect(wayOf(all, { from: "a", to: "b", size: 1n })).toMatchObject({ cost: 1n, timeMs: 1 });
  expect(wayOf(all, { from: "a", to: "b", size: 0n })).toMatchObject({ cost: 0n, timeMs: 0 });
});

test("a link leads one way only", () => {
  const all = taken([aLink("a", "b")]);
  expect(wayOf(all, { from: "b", to: "a" })).toStrictEqual({
    kind: "unreachable",
    reason: "no link leads from b to a",
  });
  expect(wayOf(all, { from: "a", to: "nowhere" })).toMatchObject({ kind: "unreachable" });
});

test("two links that cost less than the direct one are taken, and their times add up", () => {
  const all = taken([
    aLink("a", "c", { perGB: yuan(5) }),
    aLink("a", "b", { perGB: yuan(2) }),
    aLink("b", "c", { perGB: yuan(2), megabitsPerSecond: 500 }),
  ]);
  expect(wayOf(all, { from: "a", to: "c" })).toStrictEqual({
    cost: yuan(4),
    timeMs: 8000 + 16_000,
    way: "a b c",
  });
});

test("between equal costs the faster way wins, then the shorter, then the smaller ids", () => {
  const free = { perGB: 0n };
  const faster = [
    aLink("a", "z", { ...free, megabitsPerSecond: 10 }),
    aLink("a", "m", free),
    aLink("m", "z", free),
  ];
  expect(wayOf(taken(faster), { from: "a", to: "z" })).toMatchObject({ way: "a m z" });

  const two = [
    aLink("a", "n", free),
    aLink("n", "z", free),
    aLink("a", "m", free),
    aLink("m", "z", free),
  ];
  expect(wayOf(taken(two), { from: "a", to: "z" })).toMatchObject({ way: "a m z" });
});

test.each<[string, LinkDraft]>([
  ["[0].from", aLink("A", "b")],
  ["[0].to", aLink("a", "")],
  ["[0].to", aLink("a", "a")],
  ["[0].megabitsPerSecond", aLink("a", "b", { megabitsPerSecond: 0 })],
  ["[0].perGB", aLink("a", "b", { perGB: -1n })],
])("a link with a wrong field is refused at %s", (path, draft) => {
  expect(links([draft])).toMatchObject({ kind: "refused", problems: [{ path }] });
});

test("a second link between the same places is refused", () => {
  expect(links([aLink("a", "b"), aLink("b", "a"), aLink("a", "b")])).toMatchObject({
    kind: "refused",
    problems: [{ path: "[2]", message: '"a to b" is taken by [0]; give each its own' }],
  });
});

const names = ["a", "b", "c", "d", "e", "f"];
const anyNetwork = fc
  .uniqueArray(
    fc.record({
      from: fc.constantFrom(...names),
      to: fc.constantFrom(...names),
      megabitsPerSecond: fc.integer({ min: 1, max: 5 }),
      perGB: fc.bigInt({ min: 0n, max: 5n }),
    }),
    { selector: ({ from, to }) => `${from} ${to}`, maxLength: 20 },
  )
  .map((drafts) => drafts.filter(({ from, to }) => from !== to));

test("no walk over the links costs less than the way taken", () => {
  fc.assert(
    fc.property(anyNetwork, (drafts) => {
      const all = taken(drafts);
      const cheapest = cheapestByRelaxing(drafts);
      for (const to of names) {
        const moved = wayOf(all, { from: "a", to });
        expect("cost" in moved ? moved.cost : undefined).toBe(cheapest.get(to));
      }
    }),
  );
});

test("the way does not depend on the order of the links or the size of what moves", () => {
  const shuffled = anyNetwork.chain((drafts) =>
    fc.tuple(
      fc.constant(drafts),
      fc.shuffledSubarray(drafts, { minLength: drafts.length }),
      fc.bigInt({ min: 0n, max: 10n ** 15n }),
    ),
  );
  const way = (all: Links, to: string, size: bigint) => {
    const moved = wayOf(all, { from: "a", to, size });
    return "way" in moved ? moved.way : undefined;
  };
  fc.assert(
    fc.property(shuffled, ([drafts, others, size]) => {
      const [one, other] = [taken(drafts), taken(others)];
      for (const to of names) expect(way(other, to, size)).toBe(way(one, to, 1n));
    }),
  );
});

/** Bellman and Ford: plain and slow, in micro-yuan per GB. */
function cheapestByRelaxing(drafts: readonly LinkDraft[]): Map<string, bigint> {
  const costs = new Map([["a", 0n]]);
  for (let round = 0; round < names.length; round++) {
    for (const { from, to, perGB } of drafts) {
      const reached = costs.get(from);
      if (reached === undefined) continue;
      const before = costs.get(to);
      if (before === undefined || reached + perGB < before) costs.set(to, reached + perGB);
    }
  }
  return costs;
}
