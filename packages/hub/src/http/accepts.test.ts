import { expect, test } from "vitest";

import { isAcceptable } from "./accepts.ts";

test.each([
  [undefined, ["application/json"], true],
  ["", ["application/json"], true],
  ["*/*", ["text/csv"], true],
  ["application/*", ["application/json"], true],
  ["text/html, application/json;q=0.9", ["application/json"], true],
  ["Application/JSON", ["application/json"], true],
  ["text/html", ["application/json"], false],
  ["application/json;q=0", ["application/json"], false],
  ["application/jsonp", ["application/json"], false],
  ["text/csv", ["application/json", "text/csv"], true],
])("Accept: %s lets %j through: %s", (accept, types, acceptable) => {
  expect(isAcceptable(accept, types)).toBe(acceptable);
});
