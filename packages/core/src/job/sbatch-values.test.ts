import { expect, test } from "vitest";
import { evenSteps, readArray } from "./sbatch-array.ts";
import { readInstant } from "./sbatch-time.ts";
import {
  readCount,
  readGpus,
  readGres,
  readMemory,
  readNodes,
  readTimeLimit,
} from "./sbatch-values.ts";

/* Accepted values mean what sbatch 22.05.8 made of them. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  ["5", 5 * minute],
  ["007", 7 * minute],
  ["90", 90 * minute],
  ["5:30", 6 * minute],
  ["0:30", minute],
  ["1:60", 2 * minute],
  ["90:90", 92 * minute],
  ["1:2:3", 63 * minute],
  ["24:00:00", day],
  ["1-", day],
  ["1-0", day],
  ["1-2", 26 * hour],
  ["2-30", 3 * day + 6 * hour],
  ["1-2:3", day + 2 * hour + 3 * minute],
  ["1-2:3:4", day + 2 * hour + 4 * minute],
  ["366-0", 366 * day],
])("the time limit %s is %d ms", (text, ms) => {
  expect(readTimeLimit(text)).toEqual({ kind: "value", value: ms });
});

test.each([
  ["0", /no limit/],
  ["0:0", /no limit/],
  ["0-0:00", /no limit/],
  ["-1", /no limit/],
  ["UNLIMITED", /no limit/],
  ["infinite", /no limit/],
  ["366-0:1", /longer than 366 days/],
  ["1d", /no time limit/],
  ["1.5", /no time limit/],
  [":30", /no time limit/],
  ["5:", /no time limit/],
  ["1:2:3:4", /no time limit/],
  ["1--2", /no time limit/],
  ["1-2-3", /no time limit/],
  ["-5", /no time limit/],
  ["", /no time limit/],
])("the time limit %j is refused", (text, message) => {
  expect(readTimeLimit(text)).toEqual({ kind: "wrong", message: expect.stringMatching(message) });
});

test.each([
  ["0", 0],
  ["100", 100],
  ["1G", 1024],
  ["1gb", 1024],
  ["512M", 512],
  ["1MB", 1],
  ["2T", 2 * 1024 * 1024],
  ["1K", 1],
  ["1023K", 1],
  ["1025KB", 2],
])("the memory %s is %d MiB", (text, value) => {
  expect(readMemory(text)).toEqual({ kind: "value", value });
});

test.each(["", "1.5G", "10X", "1P", "-1", "1GiB", "100B", "G"])(
  "the memory %j is refused",
  (text) => {
    expect(readMemory(text).kind).toBe("wrong");
  },
);

test.each([
  ["1", 1, 1],
  ["2-4", 2, 4],
  ["1k", 1024, 1024],
  ["1-1K", 1, 1024],
])("the nodes %s are %d to %d", (text, least, most) => {
  expect(readNodes(text)).toEqual({ kind: "value", value: { least, most } });
});

test.each(["", "0", "-1", "4-2", "1,2", "1-", "1-4:2", "1.5", "=3", "10001", "1m"])(
  "the nodes %j are refused",
  (text) => {
    expect(readNodes(text).kind).toBe("wrong");
  },
);

test.each([
  ["1", true],
  ["+3", true],
  ["64", true],
  ["65", false],
  ["0", false],
  ["-1", false],
  ["1k", false],
  ["1.5", false],
  ["99999999999", false],
  ["", false],
])("of the counts up to 64, %j is taken: %j", (text, taken) => {
  expect(readCount(text, 64).kind).toBe(taken ? "value" : "wrong");
});

test.each([
  ["4", [{ type: null, count: 4 }]],
  ["0", [{ type: null, count: 0 }]],
  ["a100:4", [{ type: "a100", count: 4 }]],
  ["a100", [{ type: "a100", count: 1 }]],
  ["910b:8", [{ type: "910b", count: 8 }]],
  ["910b", [{ type: "910b", count: 1 }]],
  ["a100-sxm4_80.gb:1", [{ type: "a100-sxm4_80.gb", count: 1 }]],
  [
    "a100:2,h100:1",
    [
      { type: "a100", count: 2 },
      { type: "h100", count: 1 },
    ],
  ],
])("--gpus=%s is %j", (text, value) => {
  expect(readGpus(text)).toEqual({ kind: "value", value });
});

test.each(["", "a100:x", "a100:", ":2", "-1", "a100:2:3", "4,"])("--gpus=%j is refused", (text) => {
  expect(readGpus(text).kind).toBe("wrong");
});

test.each([
  ["gpu", [{ type: null, count: 1 }], []],
  ["gpu:2", [{ type: null, count: 2 }], []],
  ["gpu:a100", [{ type: "a100", count: 1 }], []],
  ["gpu:a100:2", [{ type: "a100", count: 2 }], []],
  ["gres:gpu:2", [{ type: null, count: 2 }], []],
  ["gpu:2,shard:3", [{ type: null, count: 2 }], ["shard:3"]],
  ["mps:50", [], ["mps:50"]],
  ["NONE", [], []],
])("--gres=%s is the cards %j and also %j", (text, cards, others) => {
  expect(readGres(text)).toEqual({ kind: "value", value: { cards, others } });
});

test.each(["gpu:a100:x", "gpu::2", "gpu:a100:2(S:0)", "gpu:"])("--gres=%s is refused", (text) => {
  expect(readGres(text).kind).toBe("wrong");
});

test.each([
  ["0-3", [0, 1, 2, 3], null],
  ["5", [5], null],
  ["1-10:3", [1, 4, 7, 10], null],
  ["7-9,1,3", [1, 3, 7, 8, 9], null],
  ["1-3,2", [1, 2, 3], null],
  ["01-03", [1, 2, 3], null],
  ["[0-2]", [0, 1, 2], null],
  ["0-2%4", [0, 1, 2], 4],
  ["4000000", [4_000_000], null],
])("--array=%s is %j, %j at once", (text, indices, parallel) => {
  expect(readArray(text)).toEqual({ kind: "value", value: { indices, parallel } });
});

test.each([
  ["", /no list of indices/],
  ["a", /no list of indices/],
  ["-1", /"-1" is no index or range/],
  ["3-1", /"3-1" is no index or range/],
  ["0-9:0", /"0-9:0" is no index or range/],
  ["1,,2", /"" is no index or range/],
  ["0-9%0", /lets none run/],
  ["0-9%x", /no list of indices/],
  ["1-10%2%3", /no list of indices/],
  ["%4", /no list of indices/],
  ["0-10000", /more than 10000 indices/],
  ["0-999999999", /more than 10000 indices/],
  ["4000001", /goes above 4000000/],
])("--array=%s is refused", (text, message) => {
  expect(readArray(text)).toEqual({ kind: "wrong", message: expect.stringMatching(message) });
});

test("a list that says the same range over and over is refused before it is worked through", () => {
  expect(readArray(`${"0-9999,".repeat(50_000)}0`)).toMatchObject({ kind: "wrong" });
});

test("as many indices as an array may have are taken", () => {
  const read = readArray("0-9999");
  expect(read.kind === "value" && read.value.indices).toHaveLength(10_000);
});

test.each([
  [[0, 1, 2], { first: 0, step: 1 }],
  [[1, 4, 7], { first: 1, step: 3 }],
  [[5], { first: 5, step: 1 }],
  [[1, 3, 4], null],
])("the steps of %j are %j", (indices, steps) => {
  expect(evenSteps(indices)).toEqual(steps);
});

const now = Temporal.ZonedDateTime.from("2026-11-22T08:29:53+08:00[Asia/Shanghai]");

test.each([
  ["now", "2026-11-22T08:29:53"],
  ["now+60", "2026-11-22T08:30:53"],
  ["now+1hour", "2026-11-22T09:29:53"],
  ["now + 3 hours", "2026-11-22T11:29:53"],
  ["now-1hour", "2026-11-22T07:29:53"],
  ["now+2days", "2026-11-24T08:29:53"],
  ["now+1weeks", "2026-11-29T08:29:53"],
  ["16:00", "2026-11-22T16:00:00"],
  ["08:29", "2026-11-23T08:29:00"],
  ["4:00pm", "2026-11-22T16:00:00"],
  ["12:15 AM", "2026-11-23T00:15:00"],
  ["12:15 pm", "2026-11-22T12:15:00"],
  ["midnight", "2026-11-23T00:00:00"],
  ["noon", "2026-11-22T12:00:00"],
  ["fika", "2026-11-22T15:00:00"],
  ["teatime", "2026-11-22T16:00:00"],
  ["today", "2026-11-22T00:00:00"],
  ["tomorrow", "2026-11-23T00:00:00"],
  ["12:00 tomorrow", "2026-11-23T12:00:00"],
  ["2030-01-20", "2030-01-20T00:00:00"],
  ["2030-01-20T12:34", "2030-01-20T12:34:00"],
  ["2030-01-20T12:34:56", "2030-01-20T12:34:56"],
  ["010130", "2030-01-01T00:00:00"],
  ["01/20/30", "2030-01-20T00:00:00"],
  ["01.20.30", "2030-01-20T00:00:00"],
  ["01/20/30-12:00", "2030-01-20T12:00:00"],
  ["01/20", "2027-01-20T00:00:00"],
  ["0120", "2027-01-20T00:00:00"],
  ["12/01", "2026-12-01T00:00:00"],
  ["uts2000000000", "2033-05-18T11:33:20"],
])("on 22 November at 8:29 in Shanghai, %s is %s", (text, local) => {
  const read = readInstant(text, now);
  const instant = read.kind === "value" ? read.value.toZonedDateTimeISO("Asia/Shanghai") : null;
  expect(instant?.toPlainDateTime().toString()).toBe(local);
});

// The 30th of February is the second of March to sbatch; here it is a slip of the pen.
test.each([
  "",
  "4pm",
  "25:00",
  "12:60",
  "12:00:61",
  "13:00am",
  "nonsense",
  "now+",
  "now+1sec",
  "20300120",
  "2030-01-20T12",
  "02/30/30",
  "13/01/30",
  "uts12",
  "now+1hour16:00",
  "noon ".repeat(17),
])("the time %j is refused", (text) => {
  expect(readInstant(text, now).kind).toBe("wrong");
});
