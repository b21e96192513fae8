import { expect, test } from "vitest";
import { asId } from "../../units/index.ts";
import { defaultPolicy } from "../policy.ts";
import type { LayoutPolicy } from "../policy.ts";
import type { HostNow, HostShare, Need, PoolNow } from "../snapshot.ts";
import { openHosts, shareIn, slicesAllowed } from "./index.ts";

/* Hosts are written [cards, domain, rack, block]; names may be left out. */
type Written = [cards: number, ...names: (string | undefined)[]];

const aHost = ([cards, domain, rack, block]: Written, index: number) =>
  ({
    id: asId(`h${index}`),
    cards,
    cpu: 64_000,
    memory: 65_536,
    domain: domain ?? null,
    rack: rack ?? null,
    block: block ?? null,
  }) as HostNow;

function open(
  hosts: Written[],
  { gangs = "pack", minimumSlice = 1000 }: Partial<PoolNow & LayoutPolicy> = {},
) {
  const pool = { id: asId("p"), minimumSlice, hosts: hosts.map(aHost) } as unknown as PoolNow;
  return openHosts(pool, { ...defaultPolicy.layout, gangs });
}

const aNeed = (differs: { cards?: number; share?: number; cpu?: number } = {}) =>
  ({ cards: 1, share: 1000, cpu: 0, memory: 0, ...differs }) as Need;

/** Host ids with replicas, and the card where one is named: `h0:2`, `h1.3:1`. */
const told = (shares: readonly HostShare[] | undefined) =>
  shares
    ?.map(
      ({ host, replicas, card }) => `${host}${card === undefined ? "" : `.${card}`}:${replicas}`,
    )
    .join(" ");

test.each<[string, Written[], number, string | undefined, string | undefined]>([
  ["the tightest host", [[8], [4], [6]], 4, "h1:4", "host"],
  ["the smaller id of equals", [[8], [4], [4]], 3, "h1:3", "host"],
  [
    "a domain before a tighter rack",
    [
      [4, "d"],
      [6, "d"],
      [3, "e", "r"],
      [4, "f", "r"],
    ],
    7,
    "h0:1 h1:6",
    "domain",
  ],
  [
    "the tightest rack",
    [
      [4, "a", "r"],
      [4, "b", "r"],
      [4, "c", "s"],
      [3, "d", "s"],
    ],
    7,
    "h2:4 h3:3",
    "rack",
  ],
  [
    "the rack of the smaller id of equals",
    [
      [2, "a", "r"],
      [2, "b", "s"],
      [2, "c", "s"],
      [2, "d", "r"],
    ],
    4,
    "h0:2 h3:2",
    "rack",
  ],
  [
    "a block across racks",
    [
      [4, "a", "r", "b"],
      [4, "c", "s", "b"],
      [4, "d", "t"],
    ],
    8,
    "h0:4 h1:4",
    "block",
  ],
  [
    "a domain that spans racks",
    [
      [4, "d", "r"],
      [4, "d", "s"],
    ],
    8,
    "h0:4 h1:4",
    "domain",
  ],
  ["the whole pool", [[4, "a", "r"], [4, "b", "s"], [4]], 12, "h0:4 h1:4 h2:4", "pool"],
  [
    "few hosts, and the rest on the tightest",
    [[2], [8], [8], [3], [5]],
    19,
    "h1:8 h2:8 h3:3",
    "pool",
  ],
  ["nowhere in part", [[4], [4]], 9, undefined, undefined],
])("pack: a gang goes on %s", (_, hosts, replicas, expected, crosses) => {
  const layout = open(hosts).layOut({ replicas, need: aNeed() });
  expect(told(layout?.hosts)).toBe(expected);
  expect(layout?.crosses).toBe(crosses);
});

test.each<[string, Written[], number, string, string]>([
  ["a host for each replica", [[8], [4], [6]], 3, "h0:1 h1:1 h2:1", "pool"],
  [
    "racks in turns",
    [
      [4, "a", "r"],
      [4, "b", "r"],
      [4, "c", "s"],
      [4, "d", "t"],
    ],
    3,
    "h0:1 h2:1 h3:1",
    "pool",
  ],
  [
    "hosts again when there are too few",
    [
      [2, "d"],
      [1, "d"],
    ],
    3,
    "h0:2 h1:1",
    "domain",
  ],
  ["one replica on the tightest", [[8], [4]], 1, "h1:1", "host"],
])("spread: %s", (_, hosts, replicas, expected, crosses) => {
  const layout = open(hosts, { gangs: "spread" }).layOut({ replicas, need: aNeed() });
  expect(told(layout?.hosts)).toBe(expected);
  expect(layout?.crosses).toBe(crosses);
});

test.each(["domain", "rack", "block"] as const)("what runs makes its %s the tighter", (level) => {
  const levels = ["domain", "rack", "block"];
  const hosts = open(
    ["x", "x", "y", "y"].map((name): Written => [
      4,
      ...levels.map((each) => (each === level ? name : undefined)),
    ]),
  );
  const gang = { replicas: 6, need: aNeed() };
  expect(told(hosts.layOut(gang)?.hosts)).toBe("h0:4 h1:2");
  hosts.take({ need: aNeed(), hosts: [{ host: asId("h2"), replicas: 1 }] });
  expect(hosts.layOut(gang)).toEqual({
    hosts: [
      { host: asId("h2"), replicas: 2 },
      { host: asId("h3"), replicas: 4 },
    ],
    crosses: level,
  });
});

test("a part goes on the fullest card that has room for it, else on a fresh one", () => {
  const hosts = open([[8], [2]], { minimumSlice: 100 });
  const put = (share: number) => {
    const need = aNeed({ share });
    const layout = hosts.layOut({ replicas: 1, need })!;
    hosts.take({ need, hosts: layout.hosts });
    return told(layout.hosts);
  };
  expect([600, 500, 300, 450, 100, 800].map(put)).toEqual([
    "h1.0:1", // the tightest host, its first card
    "h1.1:1", // 400 are left of card 0
    "h1.0:1", // the fullest that has room
    "h1.1:1", // counts 500
    "h1.0:1",
    "h0.0:1", // both cards of h1 are full
  ]);
  expect(hosts.freeCards).toBe(7);
});

test("replicas on parts of cards each have their own share", () => {
  const hosts = open([[2], [1]], { minimumSlice: 250 });
  const layout = hosts.layOut({ replicas: 3, need: aNeed({ share: 400 }) });
  expect(told(layout?.hosts)).toBe("h0.0:1 h0.0:1 h0.1:1");
});

test.each([
  [1000, 1000, 1000],
  [100, 1000, 1000],
  [100, 250, 300],
  [300, 950, 1000], // four slices would be more than the card
  [1000, 500, undefined],
])("of slices of %d thousandths a share of %d takes %s", (minimumSlice, share, takes) => {
  expect(shareIn({ minimumSlice }, aNeed({ share }))).toBe(takes);
});

test("a pool of whole cards takes no parts", () => {
  const hosts = open([[8]]);
  const gang = { replicas: 1, need: aNeed({ share: 500 }) };
  expect(slicesAllowed({ minimumSlice: 1000 })).toBe(false);
  expect(hosts.layOut(gang)).toBeUndefined();
  expect(hosts.fitsEmpty(gang)).toBe(0);
  expect(hosts.fitsNow(gang)).toBe(0);
  const shares = [{ host: asId<HostNow["id"]>("h0"), replicas: 1, card: 0 }];
  expect(() => hosts.take({ need: gang.need, hosts: shares })).toThrow("whole cards only");
});

test("hosts that lack cpu are passed over, though their cards are free", () => {
  const hosts = open([[2], [2], [8]]);
  const hungry = aNeed({ cpu: 60_000 });
  hosts.take({ need: hungry, hosts: [{ host: asId("h0"), replicas: 1 }] });
  expect(told(hosts.layOut({ replicas: 1, need: hungry })?.hosts)).toBe("h1:1");
  expect(hosts.fitsNow({ replicas: 1, need: hungry })).toBe(2);
  expect(hosts.fitsEmpty({ replicas: 1, need: hungry })).toBe(3);
});

test.each<[string, Partial<HostShare>, Need, string]>([
  ["more cards than are free", { replicas: 9 }, aNeed(), "only 8 cards, 64000 milli-cores"],
  ["more cpu than is free", { replicas: 2 }, aNeed({ cpu: 33_000 }), "only 8 cards"],
  [
    "a host of another pool",
    { host: asId("x") },
    aNeed(),
    "host x, 1 × 1 cards: the pool lists no such host",
  ],
  ["a card that the host has not", { card: 8 }, aNeed({ share: 500 }), "500/1000 of card 8: only"],
  ["a part of no card", {}, aNeed({ share: 500 }), "set card"],
  [
    "two parts in one share",
    { card: 0, replicas: 2 },
    aNeed({ share: 500 }),
    "one replica to a share",
  ],
  ["a whole card by its index", { card: 0 }, aNeed(), "leave card out"],
])("taking %s is refused, and what was taken before it is given back", (_, odd, need, says) => {
  const hosts = open([[8], [8]], { minimumSlice: 500 });
  const sound = need.share < 1000 ? { card: 0 } : {};
  const shares = [
    { host: asId<HostNow["id"]>("h1"), replicas: 1, ...sound },
    { host: asId<HostNow["id"]>("h0"), replicas: 1, ...odd },
  ];
  expect(() => hosts.take({ need, hosts: shares })).toThrow(says);
  expect(hosts.freeCards).toBe(16);
  expect(hosts.freeOf(asId("h1"))).toEqual({ cards: 8, cpu: 64_000, memory: 65_536 });
});

test("a card that is full in parts takes no more", () => {
  const hosts = open([[1]], { minimumSlice: 500 });
  const half = {
    need: aNeed({ share: 500 }),
    hosts: [{ host: asId<HostNow["id"]>("h0"), replicas: 1, card: 0 }],
  };
  hosts.take(half);
  hosts.take(half);
  expect(() => hosts.take(half)).toThrow("only 0 cards, 0/1000 of that card");
  expect(() =>
    hosts.take({ ...half, need: aNeed(), hosts: [{ host: asId("h0"), replicas: 1 }] }),
  ).toThrow("only 0 cards");
});

test("giving back twice is refused", () => {
  const hosts = open([[8]]);
  const held = {
    need: aNeed({ cards: 2 }),
    hosts: [{ host: asId<HostNow["id"]>("h0"), replicas: 2 }],
  };
  hosts.take(held);
  hosts.give(held);
  expect(() => hosts.give(held)).toThrow("pool p, host h0, 2 × 2 cards: less than that is held");
  expect(hosts.freeCards).toBe(8);
});

test("what is held in parts cannot be given back as a whole card", () => {
  const hosts = open([[1]], { minimumSlice: 500 });
  const at = { host: asId<HostNow["id"]>("h0"), replicas: 1 };
  hosts.take({ need: aNeed({ share: 500 }), hosts: [{ ...at, card: 0 }] });
  expect(() => hosts.give({ need: aNeed(), hosts: [at] })).toThrow("less than that is held");
});

test("one id twice in a pool is refused", () => {
  const host = aHost([8], 0);
  const pool = { id: asId("p"), minimumSlice: 1000, hosts: [host, host] } as unknown as PoolNow;
  expect(() => openHosts(pool, defaultPolicy.layout)).toThrow("host h0 stands twice in one pool");
});

test("a gang of 10,000 cards over 25,000 hosts fills whole hosts, in one block if it can", () => {
  const hosts = open(
    Array.from({ length: 25_000 }, (_, i): Written => [8, undefined, `r${i >> 3}`, `b${i % 10}`]),
  );
  const layout = hosts.layOut({ replicas: 10_000, need: aNeed() })!;
  expect(layout.crosses).toBe("block");
  expect(layout.hosts).toHaveLength(1250);
  hosts.take({ need: aNeed(), hosts: layout.hosts });
  expect(hosts.freeCards).toBe(190_000);
});
