import * as fc from "fast-check";
import { expect, test } from "vitest";

import { testDb } from "../testing/index.ts";
import { json } from "./encode.ts";
import { fragment, identifier } from "./sql.ts";

const db = await testDb();
const { sql } = db;

/** In the years 1 to 9999, to the microsecond. */
const instants = fc
  .bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n })
  .map((us) => Temporal.Instant.fromEpochNanoseconds(us * 1000n));
const bigints = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const texts = fc
  .string({ unit: "binary", maxLength: 20 })
  .map((text) => text.replaceAll("\0", "")) // PostgreSQL stores no NUL
  .filter((text) => text.isWellFormed());

test("each value comes back as it went in", async () => {
  const value = fc.record({
    amount: bigints,
    at: instants,
    name: texts,
    flag: fc.boolean(),
    share: fc.double({ noNaN: true, noDefaultInfinity: true }),
    bytes: fc.uint8Array({ maxLength: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(value, async ({ amount, at, name, flag, share, bytes }) => {
      const rows = await sql`
        select ${amount}::bigint as amount, ${at}::timestamptz as at, ${name}::text as name,
          ${flag}::boolean as flag, ${share}::double precision as share, ${bytes}::bytea as bytes`;
      expect(rows[0]).toEqual({
        amount,
        name,
        flag,
        share: share + 0, // there is no -0 in PostgreSQL's text
        at: expect.toSatisfy((back: Temporal.Instant) => back.equals(at)) as unknown,
        bytes: Buffer.from(bytes),
      });
    }),
    { numRuns: 200 },
  );
});

test("arrays of each kind come back as they went in, and unnest in order", async () => {
  const row = fc.record({
    id: fc.uuid(),
    amount: fc.option(bigints),
    at: instants,
    name: fc.option(texts),
    spec: fc.option(fc.jsonValue({ stringUnit: "grapheme-ascii" }), { freq: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 8 }), async (given) => {
      const rows = await sql`
        select * from unnest(
          ${given.map(({ id }) => id)}::uuid[],
          ${given.map(({ amount }) => amount)}::bigint[],
          ${given.map(({ at }) => at)}::timestamptz[],
          ${given.map(({ name }) => name)}::text[],
          ${given.map(({ spec }) => json(spec))}::jsonb[]
        ) as t (id, amount, at, name, spec)`;
      expect(rows.map((r) => ({ ...r, at: String(r["at"]) }))).toEqual(
        given.map((g) => ({ ...g, at: String(g.at), spec: noMinusZero(g.spec) })),
      );

      const [arrays] = await sql<{ amounts: bigint[]; names: string[]; times: Temporal.Instant[] }>`
        select ${given.map(({ amount }) => amount)}::bigint[] as amounts,
          ${given.map(({ name }) => name)}::text[] as names,
          ${given.map(({ at }) => at)}::timestamptz[] as times`;
      expect(arrays?.amounts).toEqual(given.map(({ amount }) => amount));
      expect(arrays?.names).toEqual(given.map(({ name }) => name));
      expect(arrays?.times.map(String)).toEqual(given.map(({ at }) => String(at)));
    }),
    { numRuns: 100 },
  );
});

test("numeric, uuid, dates and nested arrays arrive without loss", async () => {
  const [row] = await sql`
    select 12345678901234567890.123456789::numeric as numeric, date '2026-02-28' as day,
      '{{1,2},{NULL,4}}'::int[] as nested, '[0:1]={a,b}'::text[] as bounds, interval '90 s' as span,
      '{t,f,NULL}'::boolean[] as flags, array['\\x00ff']::bytea[] as bytes`;
  expect({ ...row, day: String(row?.["day"]) }).toEqual({
    numeric: "12345678901234567890.123456789",
    day: "2026-02-28",
    nested: [
      [1, 2],
      [null, 4],
    ],
    bounds: ["a", "b"],
    span: "PT1M30S",
    flags: [true, false, null],
    bytes: [Buffer.from([0, 255])],
  });
});

test("a statement is prepared once per connection, under its name", async () => {
  await db.transaction(async (tx) => {
    for (let i = 0; i < 3; i += 1) await tx`select ${i}::int + 41 as found_by_this_test`;
    const prepared = await tx`
      select statement from pg_prepared_statements where statement like '%found_by_this_test'`;
    expect(prepared).toHaveLength(1);
  });
});

test("a statement that returns nothing says how many rows it touched", async () => {
  await sql`create table counted (n int)`;
  expect(await sql`insert into counted select generate_series(1, 7)`).toMatchObject({ count: 7 });
  const where = fragment`where n > ${5}`;
  expect(await sql`delete from ${identifier("counted")} ${where}`).toMatchObject({ count: 2 });
});

test("a session speaks UTC, whatever the server's own zone is", async () => {
  const [row] = await sql<{ zone: string; text: string }>`
    select current_setting('timezone') as zone, timestamptz '2026-01-01 00:00+08'::text as text`;
  expect(row).toEqual({ zone: "UTC", text: "2025-12-31 16:00:00+00" });
});

/** JSON has no -0; and what JSON.parse of the driver gives is what counts. */
function noMinusZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}
