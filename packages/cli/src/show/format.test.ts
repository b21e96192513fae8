import { durationOf } from "@wadi/core/units";
import { expect, test } from "vitest";
import { ago, duration, footnotes, marked, shortId, size } from "./format.ts";

const now = Temporal.Instant.from("2026-11-22T08:00:00Z");

test.each([
  [{ seconds: 0 }, "now"],
  [{ seconds: -30 }, "now"],
  [{ seconds: 59 }, "59s"],
  [{ minutes: 59, seconds: 59 }, "59m"],
  [{ hours: 47 }, "47h"],
  [{ hours: 48 }, "2d"],
])("%j before now is %s", (before, text) => {
  expect(ago(now.subtract(before), now)).toBe(text);
});

test.each([
  [0, "0s"],
  [300, "0.3s"],
  [1499, "1s"],
  [60_000, "1m"],
  [4_830_000, "1h 20m"],
  [200_000_000, "2d 7h"],
])("%d ms last %s", (ms, text) => {
  expect(duration(durationOf(ms))).toBe(text);
});

test.each([
  [0n, "0 B"],
  [1023n, "1023 B"],
  [1536n, "1.5 KiB"],
  [64n * 1024n * 1024n, "64.0 MiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(size(bytes)).toBe(text);
});

test("an id is known by its end, which chance has made", () => {
  expect(shortId("01990000-0000-7000-8000-0123456789ab")).toBe("456789ab");
});

test("emulated cards are marked, and the mark is explained", () => {
  expect(marked("h20", true)).toBe("h20*");
  expect(marked("h20", false)).toBe("h20");
  expect(footnotes([{ emulated: false }, { emulated: true }])).toHaveLength(1);
  expect(footnotes([{ emulated: false }])).toHaveLength(0);
});
