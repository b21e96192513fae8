import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";

import { startChild } from "../testing/child.ts";
import { testDb } from "../testing/index.ts";
import {
  fence,
  NotLeader,
  readLeader,
  renewLead,
  resignLead,
  standForLead,
  tryLead,
} from "./leadership.ts";

const db = await testDb();
const { sql, transaction } = db;
const minute = { leaseMs: 60_000 };

beforeEach(async () => {
  await expire();
});

/** Turns the lease's clock: as if its holder had not been heard of for long. */
async function expire(): Promise<void> {
  await sql`update leadership set expires_at = to_timestamp(0)`;
}

async function lead(holder: string): Promise<bigint> {
  const epoch = await tryLead(sql, { holder, ...minute });
  if (epoch === undefined) throw new Error(`${holder} should lead now`);
  return epoch;
}

test("one leads, the others do not, and each new leader begins a new epoch", async () => {
  const first = await lead("a");
  expect(await tryLead(sql, { holder: "b", ...minute })).toBeUndefined();
  expect(await readLeader(sql)).toEqual({ holder: "a", epoch: first });
  await expire();
  expect(await readLeader(sql)).toBeUndefined();
  expect(await lead("b")).toBe(first + 1n);
});

test("of many that try at once exactly one leads", async () => {
  const tries = Array.from({ length: 12 }, (_, i) => tryLead(sql, { holder: `${i}`, ...minute }));
  const epochs = (await Promise.all(tries)).filter((epoch) => epoch !== undefined);
  expect(epochs).toHaveLength(1);
});

test("a lease is renewed as long as nobody else has led, even after it ran out", async () => {
  const epoch = await lead("a");
  await expire();
  expect(await renewLead(sql, { epoch, ...minute })).toBe(true);
  expect(await tryLead(sql, { holder: "b", ...minute })).toBeUndefined();
  await expire();
  await lead("b");
  expect(await renewLead(sql, { epoch, ...minute })).toBe(false);
});

test("who resigns is followed at once; a late resignation harms no successor", async () => {
  const first = await lead("a");
  await resignLead(sql, first);
  const second = await lead("b");
  await resignLead(sql, first);
  expect(await readLeader(sql)).toEqual({ holder: "b", epoch: second });
});

test("a round of a past epoch is refused before it writes", async () => {
  const old = await lead("a");
  await expire();
  const now = await lead("b");
  await expect(transaction((tx) => fence(tx, old))).rejects.toThrow(NotLeader);
  await transaction((tx) => fence(tx, now));
});

test("a round under way holds up a successor, but not its own leader's renewal", async () => {
  const epoch = await lead("a");
  let followed = false;
  const round = transaction(async (tx) => {
    await fence(tx, epoch);
    await expire();
    const follower = tryLead(sql, { holder: "b", ...minute }).finally(() => (followed = true));
    await untilWaiting("tuple", "transactionid");
    expect(await renewLead(sql, { epoch, ...minute })).toBe(true); // in another session, at once
    expect(followed).toBe(false);
    return { follower }; // to be awaited when this transaction is over
  });
  // the renewal came first, so the follower, let go, finds the lease taken
  expect(await (await round).follower).toBeUndefined();
  expect(await readLeader(sql)).toEqual({ holder: "a", epoch });
});

test("a round that begins while a successor takes over waits and is refused", async () => {
  const old = await lead("a");
  await expire();
  const takeover = transaction(async (tx) => {
    expect(await tryLead(tx, { holder: "b", ...minute })).toBe(old + 1n);
    const outcome = transaction((other) => fence(other, old)).catch(thrown);
    await untilWaiting("transactionid", "tuple");
    return { outcome };
  });
  await (
    await takeover
  ).outcome;
});

test("a candidate leads, renews, and hands over when it stops", async () => {
  const changes: string[] = [];
  const stand = (holder: string) =>
    standForLead(db, {
      holder,
      renewMs: 20,
      onChange: (epoch) => changes.push(`${holder} ${epoch === undefined ? "follows" : "leads"}`),
    });
  const one = stand("one");
  while (one.epoch() === undefined) await sleep(5);
  const two = stand("two");
  await expire(); // one renews before two can take over, or two takes over: never both
  await one.stop();
  while (two.epoch() === undefined) await sleep(5);
  expect(one.epoch()).toBeUndefined();
  expect(changes[0]).toBe("one leads");
  expect(changes.at(-1)).toBe("two leads");
  await two.stop();
});

test("a leader that was frozen is replaced, and its rounds are refused when it wakes", async () => {
  const leader = startChild({ program: "leader.ts", args: [db.url] });
  const frozen = BigInt(await leader.says(/^\d+$/));

  leader.kill("SIGSTOP");
  await expire(); // ten seconds, without the wait
  const epoch = await lead("successor");
  expect(epoch).toBe(frozen + 1n);

  leader.kill("SIGCONT");
  leader.writeLine("make a round");
  expect(await leader.says(/./)).toMatch(/^NotLeader:/);
});

function thrown(error: unknown): unknown {
  return error;
}

/** Resolves when some session of this database waits for a lock of one of these kinds. */
async function untilWaiting(...kinds: string[]): Promise<void> {
  for (;;) {
    const waiting = await sql`
      select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'
        and wait_event = any(${kinds})`;
    if (waiting.length > 0) return;
    await sleep(5);
  }
}
