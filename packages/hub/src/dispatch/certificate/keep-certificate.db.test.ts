import { round, type Snapshot } from "@wadi/core/dispatch";
import { yuan } from "@wadi/core/units";
import { beforeEach, expect, test } from "vitest";

import { testDb } from "../../testing/index.ts";
import { aQueue, aSnapshot, nowMs } from "../../testing/snapshots.ts";
import { testApp } from "../../testing/test-app.ts";
import type { Certified } from "./certify-plan.ts";
import { keepCertificate, type CertificateKeeper } from "./keep-certificate.ts";
import { readCertificate } from "./store.ts";

/*
 * When certificates are made: with a certifier that is ready at once, and says what it was asked.
 */

const db = await testDb();
const { hub, logged } = await testApp(db, { env: { WADI_CERTIFY_MS: "100000" } });
const epoch = 7n;

let asked: number[];
let fails: boolean;
let keeper: CertificateKeeper;
beforeEach(async () => {
  asked = [];
  fails = false;
  await db.sql`delete from certificates`;
  await db.sql`update leadership set epoch = ${epoch}, expires_at = now() + interval '1 hour'`;
  keeper = keepCertificate(hub, { certify, close: () => Promise.resolve() });
});

const scarcity = (atMs: number) => ({
  ...{ atMs, fromMs: nowMs },
  perCardHour: new Map([["c1-a" as never, [100, 0]]]),
});
function certify({ nowMs: atMs, queue }: Snapshot): Promise<Certified> {
  asked.push((atMs - nowMs) / 1000);
  if (fails) return Promise.reject(new Error("the certifier is ill"));
  const jobs = queue.flatMap((one) => one.jobs).length;
  const money = { cost: yuan(11n), bound: yuan(10n) };
  return Promise.resolve({
    ...{ atMs, ...money, jobs, rounds: 3, tookMs: 5 },
    scarcity: scarcity(atMs),
  });
}

/** A round so many seconds later, with so many jobs. */
async function roundAt(seconds: number, { jobs = 20, differs = {}, in: own = epoch } = {}) {
  const queue = jobs > 0 ? aQueue({ jobs }) : [];
  const snapshot = aSnapshot({ nowMs: nowMs + seconds * 1000, queue, ...differs });
  keeper.look(own, { plan: round(snapshot), snapshot });
  await keeper.close(); // waits for what is under way
}

const inForce = (seconds: number) =>
  db.transaction((sql) => keeper.scarcity(sql, { epoch, nowMs: nowMs + seconds * 1000 }));

test("one is made at once, then every so often, and stored for all hubs", async () => {
  for (const seconds of [0, 5, 50, 99, 101, 150]) await roundAt(seconds);
  expect(asked).toEqual([0, 101]);
  const stored = await readCertificate(db.sql);
  expect(stored).toMatchObject({ atMs: nowMs + 101_000, cost: yuan(11n), jobs: 20, tookMs: 5 });
  expect(stored).toEqual(keeper.shown());
});

test("a large change brings the next one forward, but not at once", async () => {
  for (const [seconds, jobs] of [
    [0, 20],
    [5, 200],
    [11, 200],
    [30, 210],
    [40, 500],
  ] as const) {
    await roundAt(seconds, { jobs });
  }
  expect(asked).toEqual([0, 11, 40]);
  const pools = aSnapshot().pools.map((pool) => ({ ...pool, id: "c9-a" as never }));
  await roundAt(51, { jobs: 500, differs: { pools } });
  expect(asked.at(-1)).toBe(51);
});

test("where nothing waits, nobody is asked, and no card is worth more than its price", async () => {
  await roundAt(0);
  expect(await inForce(1)).toEqual(scarcity(nowMs));
  await roundAt(20, { jobs: 0 });
  expect(asked).toEqual([0]);
  expect(keeper.shown()).toMatchObject({ cost: 0n, bound: 0n, jobs: 0 });
  expect(await inForce(21)).toBeNull();
});

test("another leader goes by what is stored, until it is too old", async () => {
  await roundAt(0);
  keeper.forget();
  expect(keeper.shown()).toBeUndefined();
  expect(await inForce(1199)).toEqual(scarcity(nowMs));
  expect(await inForce(1200)).toBeNull();
});

test("who leads no more writes nothing", async () => {
  await roundAt(0, { in: epoch - 1n });
  expect(await readCertificate(db.sql)).toBeUndefined();
  expect(keeper.shown()).toBeUndefined();
});

test("one that fails is told of, and tried again when the next one is due", async () => {
  fails = true;
  const snapshot = aSnapshot();
  keeper.look(epoch, { plan: round(snapshot), snapshot });
  await expect
    .poll(() => logged().filter(({ msg }) => msg === "a plan was not certified").length)
    .toBe(1);
  expect(keeper.shown()).toBeUndefined();
  fails = false;
  await roundAt(101);
  expect(keeper.shown()).toMatchObject({ atMs: nowMs + 101_000 });
});
