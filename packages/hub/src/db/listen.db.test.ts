import { once, EventEmitter } from "node:events";
import { expect, test } from "vitest";

import { testDb } from "../testing/index.ts";

const db = await testDb();
const { sql } = db;

/** What is heard on a channel, one by one. */
async function hearing(channel: string) {
  const heard = new EventEmitter();
  const all: (string | undefined)[] = [];
  const stop = await db.listen(channel, (message) => {
    all.push(message);
    heard.emit("message");
  });
  const untilLong = async (length: number) => {
    while (all.length < length) await once(heard, "message");
    return all;
  };
  return { stop, all, untilLong };
}

test("messages are heard in the order of their commits, and only once committed", async () => {
  const { untilLong, stop } = await hearing("news of 'today'");
  await db.transaction(async (tx) => {
    await tx`select pg_notify('news of ''today''', 'second')`;
    await sql`select pg_notify('news of ''today''', 'first')`;
  });
  await expect(
    db.transaction(async (tx) => {
      await tx`select pg_notify('news of ''today''', 'never')`;
      throw new Error("rolled back");
    }),
  ).rejects.toThrow("rolled back");
  await sql`select pg_notify('news of ''today''', 'third')`;
  expect(await untilLong(3)).toEqual(["first", "second", "third"]);
  stop();
});

test("who has stopped hears nothing more; others on the channel do", async () => {
  const one = await hearing("shared");
  const two = await hearing("shared");
  await sql`select pg_notify('shared', 'a')`;
  await Promise.all([one.untilLong(1), two.untilLong(1)]);
  one.stop();
  await sql`select pg_notify('shared', 'b')`;
  await two.untilLong(2);
  expect({ one: one.all, two: two.all }).toEqual({ one: ["a"], two: ["a", "b"] });
});

test("a lost connection is made again, and the gap is told", async () => {
  const { untilLong } = await hearing("gap");
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where query like 'listen%' and datname = current_database()`;
  expect(await untilLong(1)).toEqual([undefined]);
  await sql`select pg_notify('gap', 'after')`;
  expect(await untilLong(2)).toEqual([undefined, "after"]);
});
