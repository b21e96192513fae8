import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asId } from "../../units/index.ts";
import type { HostNow, Need, RunNow, Span } from "../snapshot.ts";
import {
  aHost,
  aNeed,
  aRun,
  freeAtInstant,
  layOut,
  nowMs,
  timelineOf,
  type Scene,
} from "./builders.testing.ts";
import { openTimeline, type Booked, type Gang, type PoolTimeline } from "./index.ts";

const anyNeed = fc.oneof(
  { weight: 3, arbitrary: fc.record({ cards: fc.integer({ min: 1, max: 4 }), cpu: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ share: fc.constantFrom(250, 500), cpu: fc.nat(2) }) },
);
const anyGang = fc.record({
  replicas: fc.integer({ min: 1, max: 6 }),
  need: anyNeed.map(aNeed),
});

const anyHosts = fc
  .array(fc.record({ cards: fc.nat(4), cpu: fc.integer({ min: 2, max: 12 }) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((hosts) => hosts.map((host, i) => aHost({ ...host, id: `host-${"abcd"[i]}` })));

const anyWindow: fc.Arbitrary<Span> = fc
  .record({ fromMs: fc.integer({ min: 90, max: 130 }), lengthMs: fc.integer({ min: 1, max: 8 }) })
  .map(({ fromMs, lengthMs }) => ({ fromMs, toMs: fromMs + lengthMs }));

const anyWish = fc.record({
  gang: anyGang,
  firstHost: fc.nat(3),
  latestEndMs: fc.integer({ min: 95, max: 125 }),
  stopping: fc.boolean(),
});

const anyScene: fc.Arbitrary<Scene> = fc
  .record({
    hosts: anyHosts,
    maintenance: fc.array(anyWindow, { maxLength: 2 }),
    wishes: fc.array(anyWish, { maxLength: 8, size: "max" }),
  })
  .map(({ hosts, maintenance, wishes }) => {
    const pool = { hosts, maintenance };
    const runs: RunNow[] = [];
    for (const { gang, firstHost, latestEndMs, stopping } of wishes) {
      const turned = [...hosts.slice(firstHost), ...hosts.slice(0, firstHost)];
      const shares = layOut({ ...pool, hosts: turned }, runs, gang);
      const job = `run-${runs.length}`;
      const { need } = gang;
      if (shares) runs.push(aRun({ job, need, hosts: shares, latestEndMs, stopping }));
    }
    return { pool, runs };
  });

const withinMs = 60;
const anyLength = fc.integer({ min: 1, max: 12 });
const anyQuestion = fc.record({ gang: anyGang, lengthMs: anyLength });
type Question = typeof anyQuestion extends fc.Arbitrary<infer Q> ? Q : never;

/** Books each gang at its earliest start; what finds none is left out. */
function bookAll(timeline: PoolTimeline, questions: readonly Question[]): Booked[] {
  const bookings: Booked[] = [];
  for (const { gang, lengthMs } of questions) {
    const start = timeline.earliest(gang, { nowMs, lengthMs, withinMs });
    if (start === undefined) continue;
    const job = asId<Booked["job"]>(`booked-${bookings.length}`);
    const booking = { job, need: gang.need, ...start, endMs: start.startMs + lengthMs };
    timeline.book(booking);
    bookings.push(booking);
  }
  return bookings;
}

/** How many replicas fit on a host through a whole time, looked up millisecond by millisecond. */
function fitsThrough(
  host: HostNow,
  { need, fromMs, toMs }: { need: Need } & Span,
  held: { runs: readonly RunNow[]; bookings: readonly Booked[] },
): number {
  let least = Number.POSITIVE_INFINITY;
  for (let atMs = fromMs; atMs < toMs; atMs += 1) {
    const { cards, cpu, memory } = freeAtInstant(host, atMs, held);
    const by = (has: number, takes: number) => (takes === 0 ? 1e9 : Math.floor(has / takes));
    const most = Math.min(by(cards, need.cards), by(cpu, need.cpu), by(memory, need.memory));
    least = Math.min(least, Math.max(0, most));
  }
  return least;
}

function allAnswers(timeline: PoolTimeline, { pool }: Scene, questions: readonly Question[]) {
  return questions.map(({ gang, lengthMs }) => ({
    start: timeline.earliest(gang, { nowMs, lengthMs, withinMs }),
    rooms: pool.hosts.map(({ id }) =>
      timeline.roomBeside(id, { need: gang.need, nowMs, endMs: nowMs + lengthMs }),
    ),
  }));
}

const isOpen = ({ pool }: Scene, { fromMs, toMs }: Span) =>
  pool.maintenance.every((window) => toMs <= window.fromMs || fromMs >= window.toMs);

function earliestByTrying(
  scene: Scene,
  { gang, lengthMs }: { gang: Gang; lengthMs: number },
  bookings: readonly Booked[],
): number | undefined {
  const held = { runs: scene.runs, bookings };
  for (let fromMs = nowMs; fromMs <= nowMs + withinMs; fromMs += 1) {
    const span = { fromMs, toMs: fromMs + lengthMs };
    if (!isOpen(scene, span)) continue;
    const room = scene.pool.hosts.reduce(
      (sum, host) => sum + fitsThrough(host, { need: gang.need, ...span }, held),
      0,
    );
    if (room >= gang.replicas) return fromMs;
  }
  return undefined;
}

function expectRoom(scene: Scene, bookings: readonly Booked[], runs = scene.runs): void {
  for (const { startMs, endMs } of bookings) {
    expect(isOpen(scene, { fromMs: startMs, toMs: endMs })).toBe(true);
    for (const host of scene.pool.hosts) {
      for (let atMs = startMs; atMs < endMs; atMs += 1) {
        const { cards, cpu, memory } = freeAtInstant(host, atMs, { runs, bookings });
        expect(Math.min(cards, cpu, memory)).toBeGreaterThanOrEqual(0);
      }
    }
  }
}

describe("earliest", () => {
  test("is the first instant at which the gang fits beside runs, bookings, maintenance", () => {
    fc.assert(
      fc.property(
        anyScene,
        fc.array(anyQuestion, { maxLength: 4 }),
        anyQuestion,
        (scene, before, asked) => {
          const timeline = timelineOf(scene);
          const bookings = bookAll(timeline, before);
          const found = timeline.earliest(asked.gang, {
            nowMs,
            lengthMs: asked.lengthMs,
            withinMs,
          });
          expect(found?.startMs).toBe(earliestByTrying(scene, asked, bookings));
          if (!found) return;
          const replicas = found.hosts.reduce((sum, share) => sum + share.replicas, 0);
          expect(replicas).toBe(asked.gang.replicas);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("says the same whatever the order of hosts and runs", () => {
    fc.assert(
      fc.property(
        anyScene,
        fc.array(anyQuestion, { maxLength: 5 }),
        ({ pool, runs }, questions) => {
          const turned = {
            pool: { ...pool, hosts: pool.hosts.toReversed() },
            runs: runs.toReversed(),
          };
          const there = bookAll(timelineOf({ pool, runs }), questions);
          expect(bookAll(timelineOf(turned), questions)).toEqual(there);
        },
      ),
    );
  });

  const start = (
    timeline: PoolTimeline,
    replicas: number,
    need: Need = aNeed(),
    search: { lengthMs?: number; withinMs?: number } = {},
  ) => timeline.earliest({ replicas, need }, { nowMs, lengthMs: 10, withinMs, ...search });

  test("a run past its limit is taken to end in a millisecond", () => {
    const timeline = timelineOf({
      pool: { hosts: [aHost({ cards: 1 })], maintenance: [] },
      runs: [aRun({ job: "late", latestEndMs: nowMs - 50 })],
    });
    expect(start(timeline, 1)?.startMs).toBe(nowMs + 1);
  });

  test("room of a run that is being stopped can be booked at once, but not be started in", () => {
    const timeline = timelineOf({
      pool: { hosts: [aHost({ cards: 1 })], maintenance: [] },
      runs: [aRun({ job: "victim", latestEndMs: nowMs + 50, stopping: true })],
    });
    expect(start(timeline, 1)?.startMs).toBe(nowMs);
    expect(timeline.roomBeside(asId("host-a"), { need: aNeed(), nowMs, endMs: nowMs + 1 })).toBe(0);
  });

  test("takes the tightest host first, then the smaller id", () => {
    const hosts = ["c", "b", "a"].map((one) => aHost({ id: `host-${one}`, cards: 4 }));
    const timeline = timelineOf({
      pool: { hosts, maintenance: [] },
      runs: [aRun({ job: "run", on: "host-c", need: aNeed({ cards: 2 }) })],
    });
    expect(start(timeline, 5)?.hosts).toEqual([
      { host: "host-c", replicas: 2 },
      { host: "host-a", replicas: 3 },
    ]);
  });

  test("waits until a maintenance window is over when the gang would reach into it", () => {
    const maintenance = [{ fromMs: nowMs + 9, toMs: nowMs + 20 }];
    const timeline = openTimeline({ hosts: [aHost()], maintenance });
    expect(start(timeline, 1)?.startMs).toBe(nowMs + 20);
    expect(start(timeline, 1, aNeed(), { lengthMs: 9 })?.startMs).toBe(nowMs);
    expect(start(timeline, 1, aNeed(), { withinMs: 19 })).toBeUndefined();
  });

  test("never ends its search at a run without a limit", () => {
    const timeline = timelineOf({
      pool: { hosts: [aHost({ cards: 1 })], maintenance: [] },
      runs: [aRun({ job: "endless", latestEndMs: Number.POSITIVE_INFINITY })],
    });
    expect(start(timeline, 1, aNeed(), { withinMs: Number.POSITIVE_INFINITY })).toBeUndefined();
  });

  test("a card that is shared becomes free when the last run on it ends", () => {
    const half = aNeed({ share: 500 });
    const hosts = [{ host: aHost().id, replicas: 1, card: 0 }];
    const timeline = timelineOf({
      pool: { hosts: [aHost({ cards: 1 })], maintenance: [] },
      runs: [
        aRun({ job: "first", need: half, hosts, latestEndMs: nowMs + 3 }),
        aRun({ job: "last", need: half, hosts, latestEndMs: nowMs + 7 }),
      ],
    });
    expect(start(timeline, 1)?.startMs).toBe(nowMs + 7);
  });
});

describe("bookings", () => {
  test("none moves another, however many are added", () => {
    fc.assert(
      fc.property(anyScene, fc.array(anyQuestion, { maxLength: 8 }), (scene, questions) => {
        const bookings = bookAll(timelineOf(scene), questions);
        expect(bookings.length).toBeLessThanOrEqual(questions.length);
        expectRoom(scene, bookings);
      }),
      { numRuns: 500 },
    );
  });

  test("nothing that roomBeside allows delays a booked start", () => {
    const anyPlacing = fc.record({ gang: anyGang, lengthMs: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(
        anyScene,
        fc.array(anyQuestion, { minLength: 1, maxLength: 5 }),
        fc.array(anyPlacing, { minLength: 1, maxLength: 8 }),
        (scene, questions, placings) => {
          const timeline = timelineOf(scene);
          const bookings = bookAll(timeline, questions);
          const runs = [...scene.runs];
          for (const { gang, lengthMs } of placings) {
            const endMs = nowMs + lengthMs;
            const allows = (host: HostNow) =>
              timeline.roomBeside(host.id, { need: gang.need, nowMs, endMs });
            const hosts = layOut(scene.pool, runs, gang, allows);
            if (!hosts) continue;
            expect(isOpen(scene, { fromMs: nowMs, toMs: endMs })).toBe(true);
            const job = `placed-${runs.length}`;
            const run = aRun({ job, need: gang.need, hosts, latestEndMs: endMs });
            timeline.add(run);
            runs.push(run);
          }
          expectRoom(scene, bookings, runs);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("on a host with none, roomBeside is what is free now", () => {
    fc.assert(
      fc.property(anyScene, anyGang, ({ pool, runs }, { need }) => {
        const timeline = timelineOf({ pool: { ...pool, maintenance: [] }, runs });
        for (const host of pool.hosts) {
          const room = timeline.roomBeside(host.id, { need, nowMs, endMs: nowMs + 5 });
          const held = layOut({ ...pool, hosts: [host] }, runs, { replicas: room, need });
          const more = layOut({ ...pool, hosts: [host] }, runs, { replicas: room + 1, need });
          expect(held).toHaveLength(room);
          expect(more).toBeUndefined();
        }
      }),
    );
  });

  test("a short job may start beside a booking, a long one may not", () => {
    const timeline = timelineOf({
      pool: { hosts: [aHost({ cards: 2 })], maintenance: [] },
      runs: [aRun({ job: "run", latestEndMs: nowMs + 10 })],
    });
    const need = aNeed({ cards: 2 });
    const start = timeline.earliest({ replicas: 1, need }, { nowMs, lengthMs: 5, withinMs })!;
    timeline.book({ job: asId("wide"), need, ...start, endMs: start.startMs + 5 });
    const room = (endMs: number) =>
      timeline.roomBeside(asId("host-a"), { need: aNeed(), nowMs, endMs });
    expect([room(nowMs + 10), room(nowMs + 11)]).toEqual([1, 0]);
    timeline.clear();
    expect(room(nowMs + 11)).toBe(1);
  });
});

describe("changes", () => {
  test("adding, removing, booking and clearing leave nothing behind", () => {
    const anyStep = fc.record({ add: fc.boolean(), run: fc.nat(7), book: fc.boolean() });
    fc.assert(
      fc.property(
        anyScene,
        fc.array(anyStep, { minLength: 5, maxLength: 20 }),
        fc.array(anyQuestion, { minLength: 1, maxLength: 5 }),
        (scene, steps, questions) => {
          const timeline = openTimeline(scene.pool);
          const there = new Map<string, RunNow>();
          for (const { add, run, book } of steps) {
            const one = scene.runs[run % scene.runs.length];
            if (one === undefined) continue;
            if (add) timeline.add(one);
            else timeline.remove(one.job);
            if (add) there.set(one.job, one);
            else there.delete(one.job);
            const anew = timelineOf({ pool: scene.pool, runs: [...there.values()] });
            expect(allAnswers(timeline, scene, questions)).toEqual(
              allAnswers(anew, scene, questions),
            );
            if (!book) continue;
            expect(bookAll(timeline, questions)).toEqual(bookAll(anew, questions));
            timeline.clear();
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test("a run added later that ends sooner is met first", () => {
    const hosts = ["host-a", "host-b"].map((id) => aHost({ id, cards: 1 }));
    const timeline = openTimeline({ hosts, maintenance: [] });
    const gang = { replicas: 1, need: aNeed() };
    const search = { nowMs, lengthMs: 5, withinMs };
    timeline.add(aRun({ job: "later", on: "host-a", latestEndMs: nowMs + 10 }));
    expect(timeline.earliest(gang, search)?.startMs).toBe(nowMs);
    timeline.add(aRun({ job: "sooner", on: "host-b", latestEndMs: nowMs + 5 }));
    expect(timeline.earliest(gang, search)?.startMs).toBe(nowMs + 5);
  });

  test("a run that is added again counts with its new facts alone", () => {
    const timeline = openTimeline({ hosts: [aHost({ cards: 1 })], maintenance: [] });
    timeline.add(aRun({ job: "run", latestEndMs: nowMs + 10 }));
    timeline.add(aRun({ job: "run", latestEndMs: nowMs + 4 }));
    const gang = { replicas: 1, need: aNeed() };
    const search = { nowMs, lengthMs: 5, withinMs };
    expect(timeline.earliest(gang, search)?.startMs).toBe(nowMs + 4);
    timeline.remove(asId("run"));
    expect(timeline.earliest(gang, search)?.startMs).toBe(nowMs);
  });
});
