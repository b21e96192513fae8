import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";

import { createTestDatabase, testDatabaseUrl } from "../../testing/index.ts";
import { tempFolder } from "../../testing/private-server.ts";
import { connectDb, type Db } from "../db.ts";
import { json } from "../encode.ts";
import { migrate, SchemaMismatch } from "../migrate.ts";
import { BadBackup } from "./archive.ts";
import { backupDatabase } from "./backup.ts";
import { restoreDatabase } from "./restore.ts";

/** A schema with one of each thing that a restore could get wrong. */
const schema = `
  create table accounts (
    id bigint generated always as identity primary key,
    name text not null unique,
    balance bigint not null,
    parent bigint references accounts (id),
    doubled bigint generated always as (balance * 2) stored);
  insert into accounts (name, balance) values ('bank', 0);
  create table transfers (
    id bigserial primary key,
    from_id bigint not null references accounts (id),
    amount bigint not null check (amount > 0));
  create function refuse_change() returns trigger language plpgsql as
    $$ begin raise 'transfers are never changed'; end $$;
  create trigger never before update or delete on transfers
    for each row execute function refuse_change();
  create trigger nor_all before truncate on transfers execute function refuse_change();
  create schema "other ""place""";
  create table "other ""place"""."od""d" (
    "col ""x""" jsonb, bytes bytea, at timestamptz, tags text[], share double precision);
  create table readings (at int not null, n int) partition by range (at);
  create table readings_1 partition of readings for values from (0) to (10);
  create table readings_2 partition of readings for values from (10) to (20);
  create table long_ones (n int, text text);
  create table nothing_in_it (n int);
  create view rich as select * from accounts where balance > 10;`;

async function aDatabase(): Promise<{ db: Db; folder: string }> {
  const folder = await tempFolder();
  await writeFile(path.join(folder, "0001-schema.sql"), schema);
  const db = await anEmptyDatabase();
  await migrate(db.url, { folder });
  return { db, folder };
}

async function anEmptyDatabase(): Promise<Db> {
  const { url, drop } = await createTestDatabase("nothing");
  const db = connectDb(url);
  onTestFinished(async () => {
    await db.close();
    await drop();
  });
  return db;
}

async function fill({ sql }: Db): Promise<void> {
  await sql`
    insert into accounts (name, balance, parent)
    select 'account ' || n, n, 1 from generate_series(1, 500) as n`;
  await sql`
    insert into transfers (from_id, amount) select 1 + n % 9, n from generate_series(1, 3000) n`;
  await sql`insert into readings select n, n from generate_series(0, 19) as n`;
  const awkward = ["", "\\.", "\n\\.\n", "tab\there", "\\N", "NULL", "汉字", "a\\\\b", '"', "\r\n"];
  const at = Temporal.Instant.from("2026-01-31T00:00:00.000001Z");
  for (const text of awkward) {
    await sql`
      insert into "other ""place"""."od""d" values
        (${json({ text })}, ${Buffer.from(text)}, ${at},
          ${awkward}, 0.1), (null, null, null, null, 'NaN')`;
  }
}

/** Far more than a chunk, and rows that are longer than one. */
async function fillLong({ sql }: Db): Promise<void> {
  await sql`
    insert into long_ones select n, repeat('many ', n * 1000) from generate_series(1, 28) n`;
}

/** All that is in a backup but its first line, which says when it was made. */
async function contentOf(file: string): Promise<string> {
  const text = gunzipSync(await readFile(file)).toString("latin1");
  return text.slice(text.indexOf("\n"));
}

test("a backup restored elsewhere holds the same, to the byte", async () => {
  const { db, folder } = await aDatabase();
  await fill(db);
  await fillLong(db);
  const file = path.join(folder, "one.backup");
  const made = await backupDatabase(db.url, file);
  expect(Object.fromEntries(made.rowsByTable)).toEqual({
    'other "place".od"d': 20,
    "public.accounts": 501,
    "public.long_ones": 28,
    "public.nothing_in_it": 0,
    "public.readings": 20,
    "public.transfers": 3000,
  });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(made.bytes).toBe((await stat(file)).size);

  const other = await anEmptyDatabase();
  const back = await restoreDatabase(other.url, file, { migrationsFolder: folder });
  expect(back.rowsByTable).toEqual(made.rowsByTable);
  const again = path.join(folder, "two.backup");
  await backupDatabase(other.url, again);
  // `lines` of JSON are sealed with their header, whose time differs; all else is equal
  const unsealed = (text: string) => text.replace(/\{"end".*\n$/, "");
  expect(unsealed(await contentOf(again))).toBe(unsealed(await contentOf(file)));
});

test("a restored database goes on as the old one would have", async () => {
  const { db, folder } = await aDatabase();
  await fill(db);
  const file = path.join(folder, "one.backup");
  await backupDatabase(db.url, file);
  const other = await anEmptyDatabase();
  await restoreDatabase(other.url, file, { migrationsFolder: folder });

  const { sql } = other;
  const [row] =
    await sql`insert into accounts (name, balance) values ('new', 7) returning id, doubled`;
  expect(row).toEqual({ id: 502n, doubled: 14n });
  expect(await sql`insert into transfers (from_id, amount) values (1, 1) returning id`).toEqual([
    { id: 3001n },
  ]);
  await expect(sql`update transfers set amount = 2`).rejects.toThrow("transfers are never changed");
  await expect(sql`insert into transfers (from_id, amount) values (9999, 1)`).rejects.toThrow(
    "violates foreign key constraint",
  );
  expect(await migrate(other.url, { folder })).toEqual([]);
});

test("a backup made while others write is of one instant", async () => {
  const { db, folder } = await aDatabase();
  await db.sql`
    insert into accounts (name, balance) select 'a' || n, 0 from generate_series(1, 50) as n`;
  let stop = false;
  const isOver = () => stop;
  const writers = [1, 2].map(async (seed) => {
    for (let i = seed; !isOver(); i += 2) {
      await db.transaction(async (sql) => {
        await sql`update accounts set balance = balance + 1 where id = ${2 + (i % 50)}`;
        await sql`insert into transfers (from_id, amount) values (${2 + (i % 50)}, 1)`;
        await sql`update accounts set balance = balance - 1 where name = 'bank'`;
      });
    }
  });
  const files = [];
  for (let i = 0; i < 3; i += 1) {
    const file = path.join(folder, `${i}.backup`);
    await backupDatabase(db.url, file);
    files.push(file);
  }
  stop = true;
  await Promise.all(writers);

  for (const file of files) {
    const other = await anEmptyDatabase();
    await restoreDatabase(other.url, file, { migrationsFolder: folder });
    const [row] = await other.sql<{ sum: string; moved: string; rows: bigint; last: bigint }>`
      select (select sum(balance) from accounts) as sum, count(*) as rows,
        (select -balance from accounts where name = 'bank')::text as moved,
        (select last_value from transfers_id_seq) >= coalesce(max(id), 0) as last
      from transfers`;
    expect(row).toEqual({ sum: "0", rows: BigInt(row!.moved), moved: row!.moved, last: true });
  }
});

test("whatever is cut off or altered, a restore refuses and keeps nothing", async () => {
  const { db, folder } = await aDatabase();
  await fill(db);
  const whole = path.join(folder, "whole.backup");
  await backupDatabase(db.url, whole);
  const packed = await readFile(whole);
  const plain = gunzipSync(packed);
  const other = await anEmptyDatabase();
  const bad = path.join(folder, "bad.backup");

  const refused = async (bytes: Buffer) => {
    await writeFile(bad, bytes);
    const outcome = restoreDatabase(other.url, bad, { migrationsFolder: folder });
    await expect(outcome).rejects.toThrow(bad);
    const [left] = await other.sql`select to_regclass('accounts') as table`;
    expect(left).toEqual({ table: null });
  };

  await fc.assert(
    fc.asyncProperty(fc.nat({ max: packed.length - 1 }), (at) => refused(packed.subarray(0, at))),
    { numRuns: 10 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: packed.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (at, by) => {
        const changed = altered(packed, at, by);
        fc.pre(!unpacksTo(plain, changed)); // a few bits of a gzip file say nothing
        await refused(changed);
      },
    ),
    { numRuns: 15 },
  );
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: plain.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, x) =>
      refused(gzipSync(altered(plain, at, x), { level: 1 })),
    ),
    { numRuns: 40 },
  );
});

test.each([
  ["cut off in the middle", (all: Buffer) => all.subarray(0, all.length / 2), "it is cut off"],
  ["altered", (all: Buffer) => altered(all, all.length >> 1, 1), /damaged|altered|cut off/],
  ["something else", () => gzipSync("hello\n"), "it is not a backup of this software"],
  ["not compressed", () => Buffer.from("hello\n"), "it is damaged"],
  ["followed by more", (all: Buffer) => Buffer.concat([all, gzipSync("more")]), "follows its end"],
])("a file that is %s is told in words", async (_how, change, words) => {
  const { db, folder } = await aDatabase();
  await fill(db);
  const file = path.join(folder, "one.backup");
  await backupDatabase(db.url, file);
  await writeFile(file, change(await readFile(file)));
  const other = await anEmptyDatabase();
  const outcome = restoreDatabase(other.url, file, { migrationsFolder: folder });
  await expect(outcome).rejects.toThrow(BadBackup);
  await expect(restoreDatabase(other.url, file, { migrationsFolder: folder })).rejects.toThrow(
    words,
  );
});

test("rows that PostgreSQL does not take are refused with its own words", async () => {
  const { db, folder } = await aDatabase();
  const file = path.join(folder, "one.backup");
  await backupDatabase(db.url, file);
  const text = gunzipSync(await readFile(file))
    .toString()
    .replace("1\tbank\t0", "1\tbank\tmany");
  await writeFile(file, gzipSync(text));
  const other = await anEmptyDatabase();
  await expect(restoreDatabase(other.url, file, { migrationsFolder: folder })).rejects.toThrow(
    'invalid input syntax for type bigint: "many"',
  );
});

test("only an empty database is restored into", async () => {
  const { db, folder } = await aDatabase();
  const file = path.join(folder, "one.backup");
  await backupDatabase(db.url, file);
  await expect(restoreDatabase(db.url, file, { migrationsFolder: folder })).rejects.toThrow(
    "the database is not empty",
  );
});

test("an older backup is migrated, a newer one refused", async () => {
  const { db, folder } = await aDatabase();
  await fill(db);
  const old = path.join(folder, "old.backup");
  await backupDatabase(db.url, old);
  await writeFile(
    path.join(folder, "0002-rich.sql"),
    "alter table accounts add rich bool; update accounts set rich = balance > 10;",
  );
  const other = await anEmptyDatabase();
  const report = await restoreDatabase(other.url, old, { migrationsFolder: folder });
  expect(report.migrated).toEqual(["0002-rich"]);
  expect(await other.sql`select count(*) as n from accounts where rich`).toEqual([{ n: 490n }]);

  const newer = path.join(folder, "newer.backup");
  await backupDatabase(other.url, newer);
  const olderCode = await tempFolder();
  await writeFile(path.join(olderCode, "0001-schema.sql"), schema);
  const outcome = restoreDatabase((await anEmptyDatabase()).url, newer, {
    migrationsFolder: olderCode,
  });
  await expect(outcome).rejects.toThrow(SchemaMismatch);
});

test("a backup never replaces a file, and one that fails leaves none", async () => {
  const { db, folder } = await aDatabase();
  const file = path.join(folder, "one.backup");
  await backupDatabase(db.url, file);
  await expect(backupDatabase(db.url, file)).rejects.toThrow("is there already");
  await expect(backupDatabase(db.url, path.join(folder, "no/such/place"))).rejects.toThrow(
    "ENOENT",
  );
  await expect(backupDatabase("postgresql://wadi@127.0.0.1:1/x", `${file}2`)).rejects.toThrow(
    "not available",
  );
});

test("the hub's own schema survives", async () => {
  const url = await testDatabaseUrl();
  const file = path.join(await tempFolder(), "hub.backup");
  const made = await backupDatabase(url, file);
  const other = await anEmptyDatabase();
  expect((await restoreDatabase(other.url, file)).rowsByTable).toEqual(made.rowsByTable);
  expect(await migrate(other.url)).toEqual([]);
});

function unpacksTo(plain: Buffer, packed: Buffer): boolean {
  try {
    return gunzipSync(packed).equals(plain);
  } catch {
    return false;
  }
}

function altered(bytes: Buffer, at: number, by: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at]! ^ by;
  return copy;
}
