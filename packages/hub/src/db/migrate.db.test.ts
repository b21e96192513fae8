import { writeFile, rm } from "node:fs/promises";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

import { createTestDatabase } from "../testing/index.ts";
import { tempFolder } from "../testing/private-server.ts";
import { connectDb } from "./db.ts";
import { migrate, readMigrations, SchemaMismatch } from "./migrate.ts";

/** An empty database and a folder of migrations. */
async function given(files: Record<string, string>) {
  const folder = await tempFolder();
  const write = async (more: Record<string, string>) => {
    for (const [file, text] of Object.entries(more)) await writeFile(path.join(folder, file), text);
  };
  await write(files);
  const { url, drop } = await createTestDatabase("nothing");
  const db = connectDb(url);
  onTestFinished(async () => {
    await db.close();
    await drop();
  });
  const run = async () => (await migrate(url, { folder })).map(({ name }) => name);
  return { db, folder, write, run };
}

const one = { "0001-one.sql": "create table one (n int); insert into one values (1);" };
const two = { "0002-two.sql": "alter table one add column m int;\r\nupdate one set m = 2;" };

test("migrations run once, in order, and are written down", async () => {
  const { db, write, run } = await given(one);
  expect(await run()).toEqual(["0001-one"]);
  expect(await run()).toEqual([]);
  await write(two);
  expect(await run()).toEqual(["0002-two"]);
  expect(await db.sql`select n, m from one`).toEqual([{ n: 1, m: 2 }]);
  expect(await db.sql`select version, name, length(sha256) as hash from schema_migrations`).toEqual(
    [
      { version: 1, name: "0001-one", hash: 64 },
      { version: 2, name: "0002-two", hash: 64 },
    ],
  );
});

test("hubs that start at once run each migration once between them", async () => {
  const { db, run } = await given({ ...one, ...two });
  const done = await Promise.all([run(), run(), run(), run()]);
  expect(done.flat().sort()).toEqual(["0001-one", "0002-two"]);
  expect(await db.sql`select n from one`).toHaveLength(1);
});

test("line ends do not count as an edit", async () => {
  const { write, run } = await given({ ...one, ...two });
  await run();
  await write({ "0002-two.sql": two["0002-two.sql"].replaceAll("\r\n", "\n") });
  expect(await run()).toEqual([]);
});

test("an edited migration is refused, and nothing is run", async () => {
  const { db, write, run } = await given(one);
  await run();
  await write({ "0001-one.sql": "create table one (n bigint);", ...two });
  await expect(run()).rejects.toThrow(SchemaMismatch);
  await expect(run()).rejects.toThrow(
    "migration 0001-one was edited after it had been run on the database. Restore its text and " +
      "put the change into a new migration",
  );
  expect(await db.sql`select * from one`).toEqual([{ n: 1 }]);
});

test("a database newer than the code is refused", async () => {
  const { folder, run } = await given({ ...one, ...two });
  await run();
  await rm(path.join(folder, "0002-two.sql"));
  await expect(run()).rejects.toThrow(
    "the database is newer than this code: it has migration 0002-two, the code ends at 0001-one",
  );
});

test("a migration that was removed or renamed is refused", async () => {
  const { folder, write, run } = await given({ ...one, ...two });
  await run();
  await rm(path.join(folder, "0002-two.sql"));
  await write({ "0002-other.sql": "select 1;" });
  await expect(run()).rejects.toThrow(
    "the database has migration 0002-two where this code has 0002-other",
  );
});

test("a migration that fails leaves no trace; those before it stand", async () => {
  const { db, write, run } = await given({
    ...one,
    "0002-bad.sql": "create table half (n int); insert into one values (1 / 0);",
  });
  await expect(run()).rejects.toThrow("migration 0002-bad: division by zero");
  expect(await db.sql`select to_regclass('half') as half`).toEqual([{ half: null }]);
  await write({ "0002-bad.sql": "create table half (n int);" });
  expect(await run()).toEqual(["0002-bad"]);
});

test("a migration cannot end the transaction it runs in", async () => {
  const { run } = await given({ "0001-one.sql": "create table one (n int); commit; begin;" });
  await expect(run()).rejects.toThrow("migration 0001-one must not begin or commit a transaction");
});

test.each([
  [{ "1-short.sql": "" }, "migration 1-short.sql: its name must look like 0007-name-of-it.sql"],
  [{ ...one, "0003-three.sql": "" }, "migration 0003-three: the next number is 0002"],
  [{ ...one, "0001-twin.sql": "" }, "migration 0001-twin: the next number is 0002"],
])("names must be numbered without gaps: %j", async (files, message) => {
  const { run } = await given(files);
  await expect(run()).rejects.toThrow(message);
});

test("the hub's own migrations are well-formed", async () => {
  const names = (await readMigrations()).map(({ name }) => name);
  expect(names[0]).toBe("0001-spine-of-the-database");
});
