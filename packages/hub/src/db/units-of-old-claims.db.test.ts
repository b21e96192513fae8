import { copyFile, readdir } from "node:fs/promises";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { createTestDatabase } from "../testing/index.ts";
import { tempFolder } from "../testing/private-server.ts";
import { connectDb } from "./db.ts";
import { migrate } from "./migrate.ts";
import type { Sql } from "./sql.ts";

const migrations = path.join(import.meta.dirname, "migrations");

/** Claims as they were stored before there was a book of units. */
async function claimsOfOld(sql: Sql): Promise<void> {
  await sql`insert into tenants (id, name, created_at) values ('acme', 'Acme', now())`;
  await sql`insert into programme_rules (programme, version, rules, put_by, put_at)
    values ('p', 1, '{}', gen_random_uuid(), now())`;
  for (const state of ["reviewing", "issued", "expired", "withdrawn"]) {
    const units = { code: "hours", unit: "card-hours", asked: "8", granted: "7", refused: [] };
    const none = { ...units, code: "tokens", unit: "tokens", granted: "0" };
    const decision = JSON.stringify({
      granted: "0",
      parts: [],
      touched: [],
      inKind: [units, none],
    });
    const issuedOn = state === "reviewing" ? null : "2026-03-02";
    await sql`
      insert into claims (id, programme, version, tenant, contract, state, stage, asked, decision,
        progress, granted, redeemed, released, applied_at, applied_on, issued_on)
      values (gen_random_uuid(), 'p', 1, 'acme', ${state}, ${state}, 0, '{}', ${decision}::json,
        '{"settled": {}, "redeemed": {}, "released": {}}', 0, 0, 0, now(), now(),
        ${issuedOn}::date)`;
  }
}

test("units that were granted before there was a book of them are in it", async () => {
  const { url, drop } = await createTestDatabase("nothing");
  const db = connectDb(url);
  onTestFinished(async () => {
    await db.close();
    await drop();
  });
  const folder = await tempFolder();
  const files = (await readdir(migrations)).toSorted();
  const copy = async (all: readonly string[]) => {
    for (const file of all) await copyFile(path.join(migrations, file), path.join(folder, file));
  };
  const start = files.findIndex((file) => file.startsWith("0017"));
  await copy(files.slice(0, start));
  await migrate(url, { folder });
  await claimsOfOld(db.sql);
  await copy(files.slice(start));
  await migrate(url, { folder });

  const moves = await db.sql<{ contract: string; kind: string; quantity: bigint }>`
    select contract, kind, quantity from in_kind_moves
    join claims on claims.id = in_kind_moves.claim order by contract, kind`;
  expect(moves.map(({ contract, kind, quantity }) => `${contract} ${kind} ${quantity}`)).toEqual([
    ...["expired expire 7", "expired grant 7"],
    ...["issued grant 7", "withdrawn grant 7", "withdrawn release 7"],
  ]);
  const claims = await db.sql<{ contract: string; back: string | null }>`
    select contract, progress->'givenBack'->>'hours' as back from claims order by contract`;
  expect(claims.map(({ contract, back }) => `${contract} ${back}`)).toEqual([
    ...["expired 7", "issued null", "reviewing null", "withdrawn 7"],
  ]);
});
