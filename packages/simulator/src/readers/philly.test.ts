import { expect, test } from "vitest";
import { placesOf } from "./mistakes.testing.ts";
import { naiveUtcMs, readPhilly } from "./philly.ts";

const models = [{ model: "a800-80g", speed: 1 }];
const header = "timestamp,duration,num_gpus,gpu_time,cluster\n";
const read = (lines: string) => readPhilly({ file: "p.csv", text: header + lines }, { models });

test("a line is a job, called by its line; its time is UTC", () => {
  const { jobs, impossible } = read("2017-10-09 07:01:55,66.5,16,1064.0,11cb48\n");
  expect(impossible).toStrictEqual([]);
  expect(jobs).toMatchObject([
    {
      id: "line-000002",
      tenant: "11cb48",
      submittedMs: Date.UTC(2017, 9, 9, 7, 1, 55),
      runMs: 66_500,
      replicas: 2,
      cards: 8,
    },
  ]);
});

test("jobs without cards or time are kept as impossible, with why", () => {
  const { jobs, impossible } = read("2017-10-09 07:01:55,0,1,0,a\n2017-10-09 07:01:55,5,0,0,a\n");
  expect(jobs).toStrictEqual([]);
  expect(impossible).toStrictEqual([
    { id: "line-000002", why: "ran for no time" },
    { id: "line-000003", why: "asks for no card" },
  ]);
});

test("each wrong cell is named", () => {
  const lines = "2017-13-09 07:01:55,66,1,1,a\n2017-10-09 07:01:55,-1,1,1,a\nx,1,y,1,a\n";
  expect(placesOf(() => read(lines))).toStrictEqual([
    "2 timestamp",
    "3 duration",
    "4 timestamp",
    "4 num_gpus",
  ]);
});

test.each([
  ["2017-02-29 00:00:00", undefined],
  ["2016-02-29 24:00:00", undefined],
  ["2016-02-29 23:59:59", Date.UTC(2016, 1, 29, 23, 59, 59)],
])("%s is %s", (text, ms) => {
  expect(naiveUtcMs(text)).toBe(ms);
});
