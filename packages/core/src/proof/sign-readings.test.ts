import { expect, test } from "vitest";
import { asId, bytes, durationOf } from "../units/index.ts";
import { readingText, type RunReading } from "./sign-readings.ts";

const reading: RunReading = {
  run: asId("01990000-0000-7000-8000-000000000001"),
  number: 2,
  from: Temporal.Instant.from("2026-03-01T00:00:00Z"),
  to: Temporal.Instant.from("2026-03-01T00:00:30Z"),
  cards: 8,
  cpuTime: durationOf(1234),
  peakMemoryBytes: bytes(77),
  final: false,
};
const signedSince = `reading 1
01990000-0000-7000-8000-000000000001
2
0
1772323200000000
1772323230000000
8
1234
77
more`;

test("what was signed before busy time was known stays signed", () => {
  expect(readingText(reading)).toBe(signedSince);
  expect(readingText({ ...reading, busyTime: undefined })).toBe(signedSince);
});

test("busy time is signed where it is there, also when it is none", () => {
  expect(readingText({ ...reading, busyTime: durationOf(0) })).toBe(`${signedSince}\nbusy 0`);
  expect(readingText({ ...reading, busyTime: durationOf(7) })).toBe(`${signedSince}\nbusy 7`);
});
