import fc from "fast-check";
import { expect, test } from "vitest";

import { canonicalJson, fingerprintOf } from "./fingerprint.ts";

test("the order of fields does not matter, their values do", () => {
  expect(canonicalJson({ b: { d: 1, c: [2, 1] }, a: null })).toBe(
    '{"a":null,"b":{"c":[2,1],"d":1}}',
  );
});

test("numbers that look like indices are sorted the same whatever their order was", () => {
  expect(canonicalJson({ "10": 1, "9": 2 })).toBe(canonicalJson({ "9": 2, "10": 1 }));
});

test("method, path and body all count", () => {
  const asked = { method: "POST", path: "/v1/jobs", body: { a: 1 } };
  const print = (change: object) => fingerprintOf({ ...asked, ...change }).toString("hex");
  expect(print({})).toBe(print({}));
  const others = [{ method: "PUT" }, { path: "/v1/job" }, { body: { a: 2 } }, { body: undefined }];
  expect(new Set([{}, ...others].map(print)).size).toBe(5);
});

test("the canonical text reads back as the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.stringify(value);
      expect(JSON.parse(canonicalJson(JSON.parse(json)))).toEqual(JSON.parse(json));
    }),
  );
});
