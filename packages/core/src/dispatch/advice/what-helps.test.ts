import { expect, test } from "vitest";

import { asId, durationOf, mebibytes, milliCores, yuan } from "../../units/index.ts";
import {
  aHost,
  aJob,
  aPool,
  aShape,
  aSnapshot,
  aWish,
  hosts,
  noon,
  noonMs,
} from "../builders.testing.ts";
import { defaultPolicy } from "../policy.ts";
import { round } from "../round.ts";
import type { Shape, Snapshot } from "../snapshot.ts";
import { helpSentence, whatHelps, type Help } from "./index.ts";
import {
  acme,
  acmeWith,
  busy,
  cheaperFromTwo,
  dataIn,
  hourMs,
  organised,
} from "./scenes.testing.ts";

const advise = (shape: Shape, snapshot: Snapshot) => whatHelps({ shape, tenant: acme }, snapshot);
const told = (helps: readonly Help[]) =>
  helps.map(({ changes, starts }) => [starts.kind, ...changes.map(({ code }) => code)].join(" "));
const factsOf = (helps: readonly Help[], code: string) =>
  helps.flatMap(({ changes }) => changes).find((change) => change.code === code)?.facts;

/** Nobody waits for a cheaper pool. */
const impatient = { ...defaultPolicy, waitForCheaper: durationOf(0) };

const constraints = aShape().constraints;
const eight = aWish([["h100-sxm", 8]]);

test("nothing helps a job that starts now as it is", () => {
  expect(advise(aShape(), aSnapshot())).toEqual([]);
});

test("a full pool: fewer cards start now, waiting starts later; each with its facts", () => {
  const helps = advise(aShape({ cards: eight }), aSnapshot({ runs: [busy(2)] }));
  expect(told(helps)).toEqual(["now fewer-cards", "at wait"]);
  // 8 cards × 4 h on 6 cards: 5 h 20 min
  expect(factsOf(helps, "fewer-cards")).toEqual({
    cards: 6,
    was: 8,
    limit: "5h20m",
    limitWas: "4h",
  });
  expect(helps[0]!.cost!.compute).toBe(yuan(320n));
  expect(helpSentence(helps[0]!)).toBe(
    "It would start now, for 320.00 yuan in total, if each replica took 6 of 8 cards, with 5h20m to run instead of 4h.",
  );
  expect(helps[1]!.starts).toEqual({ kind: "at", atMs: noonMs + 4 * hourMs });
});

test("a gang starts with the replicas that find a host", () => {
  const runs = [busy(2, { hosts: [{ host: asId("host-1"), replicas: 1 }] })];
  const shape = aShape({
    replicas: 4,
    cards: aWish([["h100-sxm", 4, 2]]),
    maxRunTime: durationOf(4 * hourMs),
  });
  const helps = advise(shape, aSnapshot({ pools: [aPool({ hosts: hosts(2) })], runs }));
  // 6 + 8 cards free: 1 + 2 replicas of 4, or 4 replicas of 3 (2 + 2)
  expect(factsOf(helps, "fewer-replicas")).toMatchObject({ replicas: 3, was: 4, limit: "5h20m" });
  expect(factsOf(helps, "fewer-cards")).toMatchObject({ cards: 3, was: 4 });
});

test("memory and cores: as much as is free on a host with enough cards", () => {
  const need = { cards: 1, share: 1000, cpu: milliCores(50_000), memory: mebibytes(400 * 1024) };
  const snapshot = aSnapshot({ runs: [busy(1, { need })] });
  const byMemory = advise(aShape({ memory: mebibytes(200 * 1024) }), snapshot);
  expect(factsOf(byMemory, "less-memory")).toEqual({ memoryMiB: 112 * 1024, was: 200 * 1024 });
  const byCpu = advise(aShape({ cpu: milliCores(20_000) }), snapshot);
  expect(factsOf(byCpu, "less-cpu")).toEqual({ cores: 14, was: 20 });
});

test("a replica larger than any host becomes possible with what a host has", () => {
  const helps = advise(aShape({ memory: mebibytes(600 * 1024) }), aSnapshot());
  expect(told(helps)).toEqual(["now less-memory"]);
  expect(factsOf(helps, "less-memory")).toEqual({ memoryMiB: 512 * 1024, was: 600 * 1024 });
});

test("each constraint is dropped as far as is needed, one at a time", () => {
  const pools = [
    aPool({ id: "full", price: yuan(5n) }),
    aPool({ id: "free", place: asId("hefei"), price: yuan(9n) }),
    aPool({ id: "dear", place: asId("wuhu"), price: yuan(20n) }),
  ];
  const runs = [busy(8, { pool: asId("full") })];
  const snapshot = aSnapshot({ pools, runs, policy: impatient });
  const among = (differs: Partial<typeof constraints>) =>
    advise(aShape({ constraints: { ...constraints, ...differs } }), snapshot);
  const inPlace = among({ places: [asId("hangzhou")] });
  expect(told(inPlace)).toEqual(["now also-in-place", "at wait"]);
  expect(factsOf(inPlace, "also-in-place")).toEqual({ place: "hefei" });
  const allowed = among({ allowCentres: [asId("centre-of-full")] });
  expect(factsOf(allowed, "also-at-centre")).toEqual({ centre: "centre-of-free" });
  const denied = among({ denyCentres: [asId("centre-of-free"), asId("centre-of-dear")] });
  expect(factsOf(denied, "denied-centre")).toEqual({ centre: "centre-of-free" });
  expect(denied[0]!.shape.constraints.denyCentres).toEqual(["centre-of-dear"]);
  const foreign = among({ domesticOnly: true });
  expect(told(foreign)).toEqual(["now also-foreign"]);
});

test("another model: with its memory, in time; the program's own stack first", () => {
  const pools = [
    aPool({ id: "full" }),
    aPool({ id: "other", model: "a100-80g", price: yuan(12n) }),
    aPool({ id: "small", model: "rtx-4090", price: yuan(1n) }),
  ];
  const runs = [busy(8, { pool: asId("full") })];
  const snapshot = aSnapshot({ pools, runs, policy: impatient });
  const helps = advise(aShape({ cards: aWish([["h100-sxm", 1, 1]]) }), snapshot);
  expect(told(helps)).toEqual(["now other-model", "at wait"]);
  expect(factsOf(helps, "other-model")).toMatchObject({
    model: "a100-80g",
    cards: 1,
    stack: "cuda",
  });
});

test("a part of a card that no pool hands out: the whole card", () => {
  const cards = aWish([["h100-sxm", 1]]);
  const part = { ...cards, options: [{ ...cards.options[0]!, share: 250 }] };
  const helps = advise(aShape({ cards: part }), aSnapshot());
  expect(told(helps)).toEqual(["now whole-card"]);
  expect(factsOf(helps, "whole-card")).toEqual({ share: 0.25 });
});

test("a deadline as late as the end, a budget as large as the cost", () => {
  const late = advise(aShape({ deadline: noon.add({ hours: 3 }) }), aSnapshot());
  expect(told(late)).toEqual(["now limit-to-end-in-time", "now later-deadline"]);
  expect(factsOf(late, "later-deadline")).toEqual({
    deadline: noon.add({ hours: 4 }).toString(),
    was: noon.add({ hours: 3 }).toString(),
  });
  expect(factsOf(late, "limit-to-end-in-time")).toMatchObject({ limit: "3h", was: "4h" });
  const dear = advise(
    aShape({ maxCost: yuan(39n), cards: aWish([["h100-sxm", 1, 4]]) }),
    aSnapshot(),
  );
  expect(told(dear)).toEqual(["now higher-budget"]);
  expect(factsOf(dear, "higher-budget")).toEqual({ budget: "40.00", more: "1.00" });
});

test("before a pool closes, a short run starts; not one that is known to be longer", () => {
  const closes = { fromMs: noonMs + 3 * hourMs, toMs: noonMs + 5 * hourMs };
  const snapshot = aSnapshot({ pools: [aPool({ maintenance: [closes] })] });
  const helps = advise(aShape({ cards: aWish([["h100-sxm", 1, 2]]) }), snapshot);
  expect(told(helps)[0]).toBe("now shorter-limit");
  expect(factsOf(helps, "shorter-limit")).toEqual({ limit: "3h", was: "4h", pool: "pool-1" });
  const long = advise(aShape({ cards: aWish([["h100-sxm", 1, 3.5]]) }), snapshot);
  expect(told(long)).toEqual(["at wait"]);
});

test("beside a start that is booked for another, a run starts that ends before it", () => {
  const wide = aShape({ cards: eight });
  const first = { shape: wide, jobs: [aJob({ tenant: asId("else") })] };
  const until = noonMs + 2 * hourMs;
  const runs = [busy(2, { expectedEndMs: until, latestEndMs: until })];
  const snapshot = aSnapshot({ runs, queue: [first] });
  const promised = round(snapshot).bookings;
  expect(promised).toMatchObject([{ startMs: until }]);
  const helps = whatHelps({ shape: aShape(), tenant: acme, promised }, snapshot);
  expect(told(helps)).toEqual(["now shorter-limit", "at wait"]);
  expect(factsOf(helps, "shorter-limit")).toMatchObject({ limit: "2h", was: "4h" });
  // both in the queue, the changed one younger: it starts and the booking stands
  const after = { shape: helps[0]!.shape, jobs: [aJob({ tenant: acme, submittedMs: noonMs + 1 })] };
  const plan = round({ ...snapshot, queue: [first, after] });
  expect(plan.placements.map(({ job }) => job)).toEqual([after.jobs[0]!.id]);
  expect(plan.bookings).toMatchObject([{ startMs: until }]);
});

test("data without a way to the cards: a replica where they are", () => {
  const helps = advise(aShape({ inputs: [dataIn("hefei")] }), aSnapshot());
  expect(told(helps)).toEqual(["now data-in"]);
  expect(factsOf(helps, "data-in")).toEqual({ place: "hangzhou", gigabytes: 5.5 });
});

test("a job that waits for a cheaper hour starts now where waiting is worth more", () => {
  const pools = [aPool({ prices: cheaperFromTwo() })];
  const helps = advise(aShape({ cards: aWish([["h100-sxm", 1, 4]]) }), aSnapshot({ pools }));
  // now 2 h × 10 + 2 h × 4 = 28, at 14:00 4 h × 4 = 16: two hours must be worth 12
  expect(told(helps)).toEqual(["now dearer-waiting", "at wait"]);
  expect(factsOf(helps, "dearer-waiting")).toEqual({ perHour: "6.00", was: "1.00" });
});

test("a quota is raised by what is lacking, or the job fits into what is left", () => {
  const runs = [busy(1, { tenant: acme })];
  const helps = advise(
    aShape({ cards: aWish([["h100-sxm", 4]]) }),
    aSnapshot({ tenants: acmeWith(3), runs }),
  );
  expect(told(helps)).toEqual(["now fewer-cards", "now own-quota"]);
  expect(factsOf(helps, "fewer-cards")).toMatchObject({ cards: 2 });
  expect(factsOf(helps, "own-quota")).toEqual({ quota: 5, was: 3 });
  expect(helps[1]!.changes[0]!.by).toBe("operator");
});

test("an organisation's quota is raised by what is lacking beyond what it may borrow", () => {
  const policy = organised({ nominal: 2, borrow: 1 }, null);
  const helps = advise(aShape({ replicas: 5 }), aSnapshot({ policy }));
  expect(told(helps)).toEqual(["now fewer-replicas", "now larger-quota"]);
  expect(factsOf(helps, "fewer-replicas")).toMatchObject({ replicas: 3 });
  expect(factsOf(helps, "larger-quota")).toEqual({
    organisation: "school",
    class: "h100-sxm",
    nominal: 4,
    was: 2,
  });
});

test("an organisation that has started all it may in an hour would need one start more", () => {
  const policy = organised({ nominal: 8, borrow: 0 }, 3);
  const helps = advise(aShape(), aSnapshot({ policy, tenants: acmeWith(null) }));
  expect(told(helps)).toEqual(["now more-starts"]);
  expect(factsOf(helps, "more-starts")).toEqual({
    organisation: "school",
    startsPerHour: 4,
    was: 3,
  });
});

test("a class that may stop others starts sooner than one that waits for them", () => {
  const run = busy(8, {
    shape: aShape({ cards: eight, preemptible: true, priority: "low" }),
    sinceMs: noonMs - hourMs,
  });
  const helps = advise(aShape(), aSnapshot({ runs: [run] }));
  expect(told(helps)).toContain("at higher-class");
  expect(factsOf(helps, "higher-class")).toEqual({ priority: "urgent", was: "normal" });
});

test("two changes where no single one helps", () => {
  const pools = [aPool({ place: asId("hefei") })];
  const shape = aShape({
    constraints: { ...constraints, places: [asId("wuhu")] },
    maxCost: yuan(30n),
    cards: aWish([["h100-sxm", 1, 4]]),
  });
  const helps = advise(shape, aSnapshot({ pools }));
  expect(told(helps)).toEqual(["now also-in-place higher-budget"]);
  expect(helpSentence(helps[0]!, "zh")).toBe(
    "若也允许在 hefei 运行，并且预算提高到 40.00 元，比剩余预算多 10.00 元，作业将立即启动，总成本 40.00 元。",
  );
});

test("where nothing can be done nothing is told", () => {
  const pools = [aPool({ hosts: [aHost({ cards: 1 })], model: "rtx-4090" })];
  expect(advise(aShape({ cards: aWish([["h100-sxm", 1]]) }), aSnapshot({ pools }))).toEqual([]);
});
