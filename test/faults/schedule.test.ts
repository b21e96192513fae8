import { expect, test } from "vitest";

import { faultKinds, longMs, type FaultKind } from "./fault-kinds.ts";
import { makeSchedule } from "./schedule.ts";

const kinds = Object.keys(faultKinds) as FaultKind[];
const schedules = Array.from({ length: 300 }, (_, seed) =>
  makeSchedule({ seed, kinds, jobsMax: 30 }),
);

test("a seed gives the same schedule each time, and hardly ever that of another", () => {
  expect(makeSchedule({ seed: 7, kinds, jobsMax: 30 })).toEqual(schedules[7]);
  const different = new Set(schedules.map(({ faults }) => JSON.stringify(faults)));
  expect(different.size).toBe(schedules.length);
});

test("every kind of fault comes up, and a good part of them outlasts the leases", () => {
  const faults = schedules.flatMap((schedule) => schedule.faults);
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(kinds));
  const long = schedules.filter((one) => one.faults.some(({ lastsMs }) => lastsMs >= longMs));
  expect(long.length).toBeGreaterThan(schedules.length / 4);
});

test("a job waits only for one that is submitted before it", () => {
  const jobs = schedules.flatMap((schedule) => [...schedule.jobs.entries()]);
  const waiting = jobs.filter(([, { after }]) => after !== null);
  expect(waiting.length).toBeGreaterThan(100);
  expect(waiting.every(([place, { after }]) => after!.place < place)).toBe(true);
});
