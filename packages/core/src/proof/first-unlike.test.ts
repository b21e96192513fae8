import { expect, test } from "vitest";
import { asId, yuan, type ProgrammeId } from "../units/index.ts";
import { firstUnlike } from "./first-unlike.ts";

const day = Temporal.PlainDate.from("2026-11-01");
const said = { a: [{ amount: yuan(1), on: day, quantity: 3n }], b: asId<ProgrammeId>("p") };
const withFirst = (differs: object) => ({ ...said, a: [{ ...said.a[0]!, ...differs }] });

test("what says the same differs nowhere, whatever else is said", () => {
  expect(firstUnlike(said, structuredCloneOf(said))).toBeUndefined();
  expect(firstUnlike({ ...said, more: 1 }, said)).toBeUndefined();
});

test.each([
  [withFirst({ amount: yuan(2) }), { place: "a/0/amount", said: "1.00", right: "2.00" }],
  [withFirst({ quantity: 4n }), { place: "a/0/quantity", said: "3", right: "4" }],
  [
    withFirst({ on: day.add({ days: 1 }) }),
    { place: "a/0/on", said: "2026-11-01", right: "2026-11-02" },
  ],
  [
    { ...said, b: "q" },
    { place: "b", said: "p", right: "q" },
  ],
  [
    { ...said, a: [] },
    { place: "a", said: "1 entry", right: "0 entries" },
  ],
  [
    { ...said, b: null },
    { place: "b", said: "p", right: "null" },
  ],
])("the first difference is told by its place, money as yuan: %#", (right, unlike) => {
  expect(firstUnlike(said, right)).toMatchObject(unlike);
});

/** Other objects of the same values. */
function structuredCloneOf(value: typeof said): typeof said {
  return { ...value, a: value.a.map((one) => ({ ...one, on: one.on.add({ days: 0 }) })) };
}
