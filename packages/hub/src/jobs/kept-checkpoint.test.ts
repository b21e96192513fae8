import { asId, type CentreId, type PlaceId } from "@wadi/core/units";
import { expect, test } from "vitest";

import { checkpointAfter, type KeptCheckpoint } from "./kept-checkpoint.ts";

const places = new Map(
  [["north", "hangzhou"]].map(([id, at]) => [asId<CentreId>(id!), asId<PlaceId>(at!)]),
);
const wrote = (checkpointBytes: bigint | null) => ({
  centre: asId<CentreId>("north"),
  checkpointedAt: Temporal.Instant.from("2026-06-01T12:00:00Z"),
  checkpointBytes,
});
const nothing = { centre: asId<CentreId>("north"), checkpointedAt: null, checkpointBytes: null };
const before = { centre: "south", place: "hefei", bytes: 5n } as unknown as KeptCheckpoint;

test.each([
  [0n, 0n],
  [7n, 7n],
  [99n, 99n],
  [100n, 100n],
  [101n, 110n],
  [999n, 1000n],
  [1_520_000_000n, 1_600_000_000n],
  [null, 0n],
])("a checkpoint of %s bytes counts as %s", (told, bytes) => {
  expect(checkpointAfter(wrote(told), { before, places })).toEqual({
    ...{ centre: "north", place: "hangzhou" },
    bytes,
  });
});

test("a run that wrote none leaves what was kept before", () => {
  expect(checkpointAfter(nothing, { before, places })).toBe(before);
  expect(checkpointAfter(nothing, { before: null, places })).toBeNull();
});
