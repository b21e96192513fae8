import { expect, test } from "vitest";
import { widthOf } from "../show/width.ts";
import { progressOf, progressWords } from "./progress.ts";

test.each([
  [0, 10_000, "[····················]   0 %  reading"],
  [2500, 10_000, "[█████···············]  25 %  250 jobs/s, 30s left"],
  [10_000, 40_000, "[████████████████████] 100 %  250 jobs/s, 0s left"],
])("%d of 10,000 jobs after %d ms", (done, tookMs, words) => {
  expect(progressWords({ done, all: 10_000, tookMs })).toBe(words);
});

/** A terminal on which each look at the words is kept. */
function watched(isWatched: boolean, width = 60) {
  const notes: string[] = [];
  const seen: string[] = [];
  const during = async <T>(what: string | (() => string), work: Promise<T>): Promise<T> => {
    seen.push(typeof what === "string" ? what : what());
    return work;
  };
  const note = (...lines: string[]) => void notes.push(...lines);
  return { notes, seen, style: { note, during, isWatched, width } };
}

test("on a terminal one line tells how far all are and who plays, cut to its width", async () => {
  const { notes, seen, style } = watched(true);
  let nowMs = 0;
  const progress = progressOf({ jobs: 100, names: ["mine", "race"] }, style, () => nowMs);
  nowMs = 2000;
  progress.ended(0, 50);
  progress.played(1);
  expect(await progress.during(Promise.resolve(7))).toBe(7);
  expect(seen[0]).toMatch(/^\[█{15}·{5}\] {2}75 % {2}75 jobs\/s, 1s left {2}mine$/);
  expect(notes).toEqual([]);
  const long = watched(true, 40);
  const other = progressOf({ jobs: 9, names: ["a name that is long"] }, long.style, () => 1);
  other.ended(0, 3);
  await other.during(Promise.resolve());
  expect(widthOf(long.seen[0]!)).toBeLessThanOrEqual(37);
});

test("where nobody watches each play that is over is a line", async () => {
  const { notes, seen, style } = watched(false);
  const progress = progressOf({ jobs: 100, names: ["mine", "race"] }, style, () => 0);
  progress.played(1);
  await progress.during(Promise.resolve());
  expect(notes).toEqual(["played race at 0s"]);
  expect(seen).toEqual([]);
});
