import { defaultPolicy } from "@wadi/core/dispatch";
import { expect, test } from "vitest";
import { placesOf } from "./mistakes.testing.ts";
import { readPolicy } from "./policy.ts";

const read = (text: string) => readPolicy({ file: "p.yaml", text });

test("what a policy leaves out is as by default", () => {
  expect(read("version: 1\n")).toStrictEqual(defaultPolicy);
  expect(read("version: 1\norder: shortest\n")).toStrictEqual({
    ...defaultPolicy,
    order: "shortest",
  });
});

test("wrong fields are told by line, and so is an organisation that hangs on none", () => {
  const text = "version: 1\norder: best\nbooking:\n  depht: 5\n";
  expect(placesOf(() => read(text))).toStrictEqual(["2 order", "4 booking.depht"]);
  const orphan = "version: 1\nfairness:\n  organisations:\n    - id: a\n      parent: b\n";
  expect(placesOf(() => read(orphan))).toStrictEqual(["5 fairness.organisations[0].parent"]);
});
