import fc from "fast-check";
import { expect, test } from "vitest";
import type { RunNow } from "../snapshot.ts";
import { aHost, aNeed, aRun, nowMs, timelineOf } from "./builders.testing.ts";
import type { PoolTimeline, Start } from "./index.ts";

const hosts = ["host-a", "host-b"];
const anyRun = fc.record({
  on: fc.constantFrom(...hosts),
  cards: fc.integer({ min: 1, max: 3 }),
  latestEndMs: fc.integer({ min: nowMs - 5, max: nowMs + 30 }),
  stopping: fc.boolean(),
});
const anyAsked = fc.record({
  replicas: fc.integer({ min: 1, max: 3 }),
  cards: fc.integer({ min: 1, max: 2 }),
  lengthMs: fc.constantFrom(1, 8, 20),
  withinMs: fc.constantFrom(5, 25, 60),
});
const anyRound = fc.record({
  laterMs: fc.nat(6),
  /** Of the runs there are: which one ends before this round, if any does. */
  ends: fc.option(fc.nat(7)),
  asked: fc.array(anyAsked, { maxLength: 4 }),
});

test("round after round, what is booked is what a fresh timeline would book", () => {
  const anyRuns = fc.array(anyRun, { maxLength: 8 });
  const anyRounds = fc.array(anyRound, { maxLength: 8, size: "max" });
  fc.assert(
    fc.property(anyRuns, anyRounds, fc.boolean(), (wishes, rounds, isAlike) => {
      const pool = {
        hosts: hosts.map((id) => aHost({ id, cards: 4 })),
        maintenance: [{ fromMs: nowMs + 18, toMs: nowMs + 22 }],
      };
      let runs = wishes.map(({ cards, ...run }, i) =>
        aRun({ ...run, job: `run-${i}`, need: aNeed({ cards }) }),
      );
      const kept = timelineOf({ pool, runs });
      let atMs = nowMs;
      for (const { laterMs, ends, asked } of rounds) {
        atMs += laterMs;
        const gone = ends === null ? undefined : runs[ends];
        if (gone) kept.remove(gone.job);
        runs = runs.filter((run) => run !== gone);
        const wanted = isAlike ? rounds[0]!.asked : asked;
        const fresh = timelineOf({ pool, runs });
        expect(bookAll(kept, wanted, atMs)).toEqual(bookAll(fresh, wanted, atMs));
        kept.clear();
      }
    }),
    { numRuns: 500 },
  );
});

test("a run that comes between bookings is seen, and the next round knows nothing of them", () => {
  const pool = { hosts: [aHost({ cards: 1 })], maintenance: [] };
  const run: RunNow = aRun({ job: "run", latestEndMs: nowMs + 50 });
  const timeline = timelineOf({ pool, runs: [] });
  const one = { replicas: 1, cards: 1, lengthMs: 10, withinMs: 100 };
  expect(startsOf(bookAll(timeline, [one, one], nowMs))).toEqual([nowMs, nowMs + 10]);
  timeline.add(run);
  expect(startsOf(bookAll(timeline, [one], nowMs))).toEqual([nowMs + 50]);
  timeline.clear();
  expect(startsOf(bookAll(timeline, [one], nowMs))).toEqual([nowMs + 50]);
  timeline.clear();
  timeline.remove(run.job);
  expect(startsOf(bookAll(timeline, [one], nowMs))).toEqual([nowMs]);
});

interface Asked {
  readonly replicas: number;
  readonly cards: number;
  readonly lengthMs: number;
  readonly withinMs: number;
}

const startsOf = (starts: readonly (Start | undefined)[]) => starts.map((one) => one?.startMs);

/** Books each in turn; undefined where there is no start. */
const bookAll = (timeline: PoolTimeline, all: readonly Asked[], atMs: number) =>
  all.map(({ replicas, cards, lengthMs, withinMs }, i) => {
    const need = aNeed({ cards });
    const start = timeline.earliest({ replicas, need }, { nowMs: atMs, lengthMs, withinMs });
    if (!start) return undefined;
    const job = aRun({ job: `booked-${i}` }).job;
    timeline.book({ job, need, ...start, endMs: start.startMs + lengthMs });
    return start;
  });
