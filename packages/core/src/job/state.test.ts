import { expect, test } from "vitest";
import {
  isCharged,
  isFinalJob,
  isFinalRun,
  isPaid,
  jobStates,
  mayMoveRun,
  runStates,
} from "./state.ts";
import type { JobState, RunState } from "./state.ts";

const allRuns = Object.keys(runStates) as RunState[];
const allJobs = Object.keys(jobStates) as JobState[];

test("each table leads only to states that it has", () => {
  for (const next of Object.values(jobStates).flat()) expect(allJobs).toContain(next);
  for (const next of Object.values(runStates).flat()) expect(allRuns).toContain(next);
});

test("no run comes back from a final state", () => {
  for (const from of allRuns.filter(isFinalRun)) {
    expect(allRuns.filter((to) => mayMoveRun(from, to))).toEqual([]);
  }
});

test("every final run state says whether it is charged, and no other does", () => {
  expect(Object.keys(isCharged).toSorted()).toEqual(allRuns.filter(isFinalRun).toSorted());
});

test("a preempted run is paid only where it wrote a checkpoint", () => {
  for (const state of allRuns.filter(isFinalRun)) {
    const paid = (preempted: boolean, leftCheckpoint: boolean) =>
      isPaid({ state, preempted, leftCheckpoint });
    expect(paid(false, false)).toBe(isCharged[state]);
    expect(paid(true, true)).toBe(isCharged[state]);
    expect(paid(true, false)).toBe(state !== "stopped" && isCharged[state]);
  }
});

test("from every state an end can be reached", () => {
  const reaches = (state: JobState, seen = new Set<JobState>()): boolean =>
    isFinalJob(state) ||
    (!seen.has(state) && jobStates[state].some((next) => reaches(next, new Set([...seen, state]))));
  expect(allJobs.filter((state) => !reaches(state))).toEqual([]);
});
