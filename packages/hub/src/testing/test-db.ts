import { afterAll, expect, inject, onTestFinished } from "vitest";

import { withDatabase } from "../db/connection.ts";
import { connectDb, type ConnectOptions, type Db } from "../db/db.ts";
import { command, newName } from "./test-server.ts";

/**
 * A fresh database with all migrations: at the top of a test file for all of its tests, inside a
 * test for that one. It is closed and dropped after them.
 */
export async function testDb(options: ConnectOptions = {}): Promise<Db> {
  const db = connectDb(await testDatabaseUrl(), options);
  afterwards(() => db.close());
  return db;
}

/** The same for a process that the tests start: the URL to give it as `DATABASE_URL`. */
export async function testDatabaseUrl(): Promise<string> {
  const { url, drop } = await createTestDatabase();
  afterwards(drop);
  return url;
}

/** After the test in which it is called, or after the file's tests. The latest comes first. */
function afterwards(clean: () => Promise<void>): void {
  if (expect.getState().currentTestName === undefined) afterAll(clean);
  else onTestFinished(clean);
}

/** For a database that lives shorter or longer than a test file. The caller drops it. */
export async function createTestDatabase(
  from: "template" | "nothing" = "template",
): Promise<{ url: string; drop(): Promise<void> }> {
  const { url, template } = inject("testServer");
  const name = newName(crypto.randomUUID().slice(0, 8));
  const source = from === "template" ? template : "template0";
  await command(url, `create database ${name} template ${source}`);
  return {
    url: withDatabase(url, name),
    drop: () => command(url, `drop database if exists ${name} with (force)`),
  };
}
