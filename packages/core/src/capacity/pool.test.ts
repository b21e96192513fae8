import { expect, test } from "vitest";
import { asId, microYuan, yuan } from "../units/index.ts";
import { cardsIn, host, isEmulated, pool, type HostDraft, type PoolDraft } from "./pool.ts";
import { flatPrice } from "./price-schedule.ts";

const aHost = (differs: Partial<HostDraft> = {}): HostDraft => ({
  id: "h1",
  cards: 8,
  cardMemory: null,
  cpu: 128_000,
  memory: 1_048_576,
  emulated: false,
  ...differs,
});

const aPool = (differs: Partial<PoolDraft> = {}): PoolDraft => ({
  id: "hefei-1-910b",
  centreId: "hefei-1",
  model: "ascend-910b3",
  hosts: [aHost(), aHost({ id: "h2", cards: 4 })],
  prices: flatPrice(yuan(6)),
  wattsPerCard: 400,
  reclaimsPer1000Hours: 0,
  interconnect: "HCCS within a host, 200 Gbit/s RoCE between hosts",
  ...differs,
});

const problemsOf = (draft: PoolDraft) => {
  const result = pool(draft);
  return result.kind === "ok" ? [] : result.problems;
};

test("a pool that keeps the rules is taken as it stands, whole cards being its least slice", () => {
  const nowhere = { domain: null, rack: null, block: null };
  const hosts = aPool().hosts.map((one) => ({ ...one, ...nowhere }));
  expect(pool(aPool())).toStrictEqual({
    kind: "ok",
    value: { ...aPool(), hosts, minimumSlice: 1000, maintenance: [] },
  });
});

const at = (hour: number) => Temporal.Instant.fromEpochMilliseconds(hour * 3_600_000);
const window = (from: number, to: number) => ({ from: at(from), to: at(to) });

test("where a host stands, its pool's least slice and its maintenance are kept", () => {
  const where = { domain: "nvl-1", rack: "r1", block: "b1" };
  const result = pool(
    aPool({
      hosts: [aHost(where)],
      minimumSlice: 250,
      maintenance: [window(8, 9), window(2, 8)],
    }),
  );
  expect(result).toMatchObject({
    kind: "ok",
    value: { hosts: [where], minimumSlice: 250, maintenance: [window(2, 8), window(8, 9)] },
  });
});

test("a pool's cards are those of its hosts; it is emulated as soon as one of them is", () => {
  const real = pool(aPool());
  const mixed = pool(aPool({ hosts: [aHost(), aHost({ id: "h2", emulated: true })] }));
  if (real.kind !== "ok" || mixed.kind !== "ok") throw new Error("refused");
  expect(cardsIn(real.value)).toBe(12);
  expect(isEmulated(real.value)).toBe(false);
  expect(isEmulated(mixed.value)).toBe(true);
});

test("a pool may wait for its agent to report hosts", () => {
  expect(problemsOf(aPool({ hosts: [] }))).toStrictEqual([]);
});

test.each<[string, Partial<PoolDraft>]>([
  ["id", { id: "" }],
  ["centreId", { centreId: "Hefei" }],
  ["hosts[1].id", { hosts: [aHost(), aHost({ id: "H2" })] }],
  ["hosts[1].id", { hosts: [aHost(), aHost()] }],
  ["hosts[0].cards", { hosts: [aHost({ cards: 0 })] }],
  ["hosts[0].cards", { hosts: [aHost({ cards: 1.5 })] }],
  ["hosts[0].cardMemory", { hosts: [aHost({ cardMemory: 0 })] }],
  ["hosts[0].cpu", { hosts: [aHost({ cpu: -1 })] }],
  ["hosts[0].memory", { hosts: [aHost({ memory: Number.NaN })] }],
  ["wattsPerCard", { wattsPerCard: -5 }],
  ["reclaimsPer1000Hours", { reclaimsPer1000Hours: 0.5 }],
  ["interconnect", { interconnect: "" }],
  ["minimumSlice", { minimumSlice: 0 }],
  ["minimumSlice", { minimumSlice: 1001 }],
  ["hosts[0].rack", { hosts: [aHost({ rack: " " })] }],
  ["maintenance[0].to", { maintenance: [window(3, 3)] }],
  ["maintenance[0].from", { maintenance: [window(3, 5), window(1, 4)] }],
])("a wrong %s is refused by its name", (path, differs) => {
  expect(problemsOf(aPool(differs)).map((problem) => problem.path)).toStrictEqual([path]);
});

test("a model that the catalogue does not have is refused with those that may be meant", () => {
  expect(problemsOf(aPool({ model: "910b3" }))).toStrictEqual([
    {
      path: "model",
      message: '"910b3" is no card model in the catalogue; did you mean ascend-910b3?',
    },
  ]);
  expect(problemsOf(aPool({ model: "abacus" }))).toStrictEqual([
    { path: "model", message: '"abacus" is no card model in the catalogue; see docs/catalogue.md' },
  ]);
});

test("of the model cpu a host cannot have more cards than cores", () => {
  const cores = (cards: number) => [aHost({ cards, cpu: 16_000 })];
  expect(problemsOf(aPool({ model: "cpu", hosts: cores(16) }))).toStrictEqual([]);
  expect(problemsOf(aPool({ model: "cpu", hosts: cores(17) }))).toStrictEqual([
    {
      path: "hosts[0].cards",
      message: "17 is more than its 16 cores; of cpu a card is a core",
    },
  ]);
});

test("a host is checked by itself in the same way", () => {
  expect(host(aHost(), asId("h20"))).toMatchObject({ kind: "ok", value: { id: "h1", cards: 8 } });
  expect(host(aHost({ cards: 0 }), asId("h20"))).toMatchObject({
    kind: "refused",
    problems: [{ path: "cards" }],
  });
});

test("a price may be nothing, but is never forgotten", () => {
  expect(problemsOf(aPool({ prices: flatPrice(microYuan(0)) }))).toStrictEqual([]);
});
