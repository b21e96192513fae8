import { expect, test } from "vitest";

import { privateServer, tempFolder, testedBin } from "../testing/private-server.ts";
import { connectDb, type Db } from "./db.ts";
import { startEmbedded } from "./embedded/server.ts";
import { DatabaseUnavailable, isOutage } from "./errors.ts";

/** Asks until the database answers; anything but an outage ends the test. */
async function answer(db: Db): Promise<number> {
  for (;;) {
    try {
      const [row] = await db.sql<{ n: bigint }>`select count(*) as n from kept`;
      return Number(row?.n);
    } catch (error) {
      if (!isOutage(error)) throw error;
    }
  }
}

test("while the server is away callers are told to come back", async () => {
  const stateFolder = await tempFolder();
  const first = await startEmbedded({ stateFolder, fsync: false, ...testedBin() });
  const db = connectDb(first.url);
  await db.sql`create table kept as select generate_series(1, 3) as n`;
  const interrupted = db.sql`select pg_sleep(60)`.catch((error: unknown) => error);
  await first.stop();
  expect(await interrupted).toBeInstanceOf(DatabaseUnavailable);

  await expect(db.sql`select 1`).rejects.toThrow(DatabaseUnavailable);
  await expect(db.transaction((tx) => tx`select 1`)).rejects.toMatchObject({ retryAfterMs: 1000 });
  await db.close();
});

test("a server killed with -9 is started again, and every acknowledged row is there", async () => {
  const troubles: string[] = [];
  const server = await privateServer({ onTrouble: ({ message }) => troubles.push(message) });
  const db = connectDb(server.url);
  await db.sql`create table kept (n int primary key)`;
  const hears: (string | undefined)[] = [];
  await db.listen("kept", (message) => hears.push(message));

  const written = { acknowledged: 0, stop: false };
  const writer = (async () => {
    for (let n = 1; !written.stop; n += 1) {
      const failure = await db
        .transaction((tx) => tx`insert into kept values (${n})`)
        .then(nothing, (error: unknown) => error);
      if (failure === undefined) written.acknowledged += 1;
      else if (!isOutage(failure)) throw new Error("no outage", { cause: failure });
    }
  })();

  for (let kill = 0; kill < 3; kill += 1) {
    const pid = server.pid();
    const wanted = written.acknowledged + 20;
    while (written.acknowledged < wanted) await new Promise(setImmediate);
    process.kill(pid, "SIGKILL");
    while (server.pid() === pid) await answer(db);
  }
  written.stop = true;
  await writer;
  expect(await answer(db)).toBeGreaterThanOrEqual(written.acknowledged);
  expect(troubles.filter((text) => text.includes("ended by itself"))).toHaveLength(3);
  await db.listen("later", () => {}); // resolves: the listening connection is back too
  expect(hears).toContain(undefined);
  await db.close();
});

test("one backend that is killed takes all connections along, and no process of ours", async () => {
  const server = await privateServer();
  const db = connectDb(server.url);
  await db.sql`create table kept as select generate_series(1, 5) as n`;
  const [row] = await db.sql<{ pid: number }>`select pg_backend_pid() as pid`;
  process.kill(row!.pid, "SIGKILL");
  expect(await answer(db)).toBe(5);
  await db.close();
});

test("a wrong address is an outage, a wrong database is not", async () => {
  const nobody = connectDb("postgresql://wadi@127.0.0.1:1/wadi");
  await expect(nobody.sql`select 1`).rejects.toThrow(
    "the database is not available: connecting to database wadi at 127.0.0.1:1",
  );
  await nobody.close();

  const server = await privateServer();
  const missing = connectDb(server.url.replace("/wadi?", "/missing?"));
  await expect(missing.sql`select 1`).rejects.toThrow('database "missing" does not exist');
  await missing.close();
});

function nothing(): void {}
