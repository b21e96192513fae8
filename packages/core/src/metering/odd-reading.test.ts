import { expect, test } from "vitest";
import { bytes, durationOf } from "../units/index.ts";
import { judgeReading, type Reading } from "./index.ts";

const start = Temporal.Instant.from("2026-03-01T08:00:00Z");
const aReading = (number: number, from: number, to: number): Reading => ({
  number,
  from: start.add({ seconds: from }),
  to: start.add({ seconds: to }),
  cards: 4,
  cpuTime: durationOf(0),
  peakMemoryBytes: bytes(0),
  final: false,
});
const known = [aReading(1, 0, 10), aReading(2, 10, 20), aReading(5, 50, 60)];

const hugeMemory = { ...aReading(6, 60, 70), peakMemoryBytes: bytes(10n ** 29n) };
const farAway = Temporal.Instant.fromEpochMilliseconds(6_248_000_000_000_000);

test.each<[string, Reading, string]>([
  ["the next one", aReading(6, 60, 70), "new"],
  ["one that leaves a gap", aReading(7, 100, 110), "new"],
  ["a late one that fills a gap", aReading(3, 20, 50), "new"],
  ["one of no length", aReading(3, 20, 20), "new"],
  ["one that came before", aReading(2, 10, 20), "repeat"],
  ["a number used for other times", aReading(2, 10, 21), "number-reused"],
  ["a number used for other cards", { ...aReading(2, 10, 20), cards: 5 }, "number-reused"],
  ["one that begins too early", aReading(6, 59, 70), "overlaps-another"],
  ["one in the gap by number, not by time", aReading(3, 15, 30), "overlaps-another"],
  ["a higher number for an earlier time", aReading(6, 20, 30), "overlaps-another"],
  ["one of more memory than there is", hugeMemory, "beyond-bounds"],
  ["one of the year 200,000", { ...aReading(6, 60, 70), to: farAway }, "beyond-bounds"],
  ["one that runs backwards", aReading(6, 70, 60), "ends-before-it-starts"],
])("%s", (_, reading, expected) => {
  const judged = judgeReading(reading, known);
  expect(judged.kind === "odd" ? judged.why : judged.kind).toBe(expected);
});
