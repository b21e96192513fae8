import { instant, slug, uuid } from "@wadi/protocol";
import { asId, type JobId, type TenantId } from "@wadi/core/units";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";

import { Refused } from "../refused.ts";
import { decodeCursor, encodeCursor, pageOfRows } from "./cursor.ts";

const place = z.tuple([instant, uuid<JobId>()]);
const byId = slug<TenantId>();
const at = Temporal.Instant.from("2026-03-01T10:00:00.123456Z");
const job = asId<JobId>("0190b0aa-1111-7000-8000-000000000000");

test("a cursor comes back as it went, to the microsecond", () => {
  expect(decodeCursor(place, encodeCursor(place, [at, job]))).toEqual([at, job]);
  expect(decodeCursor(place, undefined)).toBeUndefined();
});

test("whatever else is sent is refused and never decoded into something", () => {
  const other = encodeCursor(byId, asId<TenantId>("acme"));
  expect(() => decodeCursor(place, other)).toThrow(Refused);
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => decodeCursor(place, text)).toThrow("take `next` of the page before");
    }),
  );
});

test.each([
  [0, 2, [], false],
  [2, 2, ["t0", "t1"], false],
  [3, 2, ["t0", "t1"], true],
])("of %d rows read a page of %d holds %j, more to come: %s", (count, limit, items, more) => {
  const rows = Array.from({ length: count }, (_, i) => asId<TenantId>(`t${i}`));
  const page = pageOfRows(rows, { limit, schema: byId, placeOf: (id) => id });
  expect(page).toEqual({
    items,
    next: more ? encodeCursor(byId, asId<TenantId>(items.at(-1)!)) : null,
  });
});
