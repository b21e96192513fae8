import * as fc from "fast-check";
import { expect, test } from "vitest";
import { counting, judgeMeterReading, meterKey, type Meter, type MeterReading } from "./index.ts";

const start = Temporal.Instant.from("2026-03-01T08:00:00Z");
const received = start.add({ hours: 1 });
const aReading = (number: number, from: number, to: number, revision = 0): MeterReading => ({
  number: BigInt(number),
  revision,
  from: start.add({ seconds: from }),
  to: start.add({ seconds: to }),
  quantity: 5n,
});
const known = [
  aReading(1, 0, 10),
  aReading(2, 10, 20),
  aReading(2, 10, 18, 1),
  aReading(5, 50, 60),
];

test.each<[string, MeterReading, string]>([
  ["the next one", aReading(6, 60, 70), "new"],
  ["an event, of no length", aReading(6, 60, 60), "new"],
  ["a late one that fills a gap", aReading(3, 20, 50), "new"],
  ["one from where the corrected one ends now", aReading(3, 18, 50), "new"],
  ["one that came before", aReading(2, 10, 20), "repeat"],
  ["a correction that came before", aReading(2, 10, 18, 1), "repeat"],
  ["a further correction", aReading(2, 10, 19, 2), "new"],
  ["a correction of what never came", aReading(4, 30, 40, 1), "new"],
  ["a number used for another quantity", { ...aReading(2, 10, 20), quantity: 6n }, "number-reused"],
  ["a correction that reaches into another", aReading(2, 5, 18, 2), "overlaps-another"],
  ["one that begins too early", aReading(6, 59, 70), "overlaps-another"],
  ["a higher number for an earlier time", aReading(6, 20, 30), "overlaps-another"],
  ["one that runs backwards", aReading(6, 70, 60), "ends-before-it-starts"],
  ["a quantity below zero", { ...aReading(6, 60, 70), quantity: -1n }, "beyond-bounds"],
  ["number 0", aReading(0, -10, 0), "beyond-bounds"],
  ["one of a time to come", aReading(6, 60, 5000), "in-the-future"],
  ["one of 36 days ago", aReading(6, 60 - 36 * 86_400, 70 - 36 * 86_400), "too-late"],
])("%s", (_, reading, expected) => {
  const judged = judgeMeterReading(reading, known, received);
  expect(judged.kind === "odd" ? judged.why : judged.kind).toBe(expected);
});

test("35 days late is not too late, and a repeat never is", () => {
  const days = (count: number) => known[3]!.to.add({ hours: 24 * count });
  const next = aReading(6, 60, 60);
  expect(judgeMeterReading(next, known, days(35))).toEqual({ kind: "new" });
  expect(judgeMeterReading(known[0]!, known, days(4000))).toEqual({ kind: "repeat" });
});

test("whatever comes in whatever order, what is kept never counts a moment twice", () => {
  const anyReading = fc
    .record({
      number: fc.integer({ min: 1, max: 6 }),
      revision: fc.integer({ min: 0, max: 2 }),
      from: fc.integer({ min: 0, max: 40 }),
      length: fc.integer({ min: 0, max: 15 }),
    })
    .map(({ number, revision, from, length }) => aReading(number, from, from + length, revision));
  fc.assert(
    fc.property(fc.array(anyReading, { maxLength: 30 }), (readings) => {
      const kept: MeterReading[] = [];
      for (const one of readings) {
        if (judgeMeterReading(one, kept, received).kind === "new") kept.push(one);
        expect(judgeMeterReading(one, kept, received).kind).not.toBe("new");
      }
      const counted = counting(kept).sort((a, b) => Number(a.number - b.number));
      for (const [i, { from }] of counted.slice(1).entries()) {
        expect(Temporal.Instant.compare(counted[i]!.to, from)).toBeLessThanOrEqual(0);
      }
    }),
  );
});

test("a meter has one key, whatever order its attributes were written in", () => {
  const meter = (attributes: Record<string, string>) =>
    ({
      ...{ source: "gate", tenant: "acme", resource: "chat", basis: "used", attributes },
      measure: "tokens-in",
    }) as unknown as Meter;
  expect(meterKey(meter({ model: "m", place: "p" }))).toBe(
    meterKey(meter({ place: "p", model: "m" })),
  );
  expect(meterKey(meter({ model: "m" }))).not.toBe(meterKey(meter({ model: "n" })));
});
