import { beforeAll, expect, test } from "vitest";

import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { aJob, makeWorld, type World } from "../testing/world.ts";
import { fairShare, keepQueue } from "./queue-keeper.ts";
import { readQueue } from "./read-queue.ts";

/* No centre is up, so that what is submitted waits. What is read bit by bit is compared each time
   with what is read whole. */

const db = await testDb();
const hub = await testHub(db);
let world: World;
beforeAll(async () => {
  world = await makeWorld(hub);
});

const submit = async (differs: object = {}) => {
  const spec = { ...(aJob(world.model) as object), ...differs };
  return String((await world.post("/v1/jobs", spec, world.keys.member))["id"]);
};
const cancel = (job: string) =>
  hub.ask("POST", `/v1/jobs/${job}/cancel`, { key: world.keys.member });

const ids = ({ queue }: { queue: Awaited<ReturnType<typeof readQueue>>["queue"] }) =>
  queue.map(({ shape, jobs }) => `${shape.key} ${jobs.map(({ id }) => id).join(" ")}`).toSorted();
const wholly = async () => ids(await readQueue(hub.hub, db.sql, 200));

test("what is read bit by bit is what is read whole, whatever happens to jobs", async () => {
  const keeper = keepQueue();
  const look = async () => {
    const seen = await db.transaction((sql) => keeper.look(hub.hub, sql));
    expect(ids(seen)).toEqual(await wholly());
    seen.keep();
    return seen;
  };
  await look();
  const job = await submit();
  const wide = await submit({ replicas: 2 });
  await look();
  const after = await submit({ after: { ok: [wide] } });
  await look();
  await cancel(job);
  await look();
  await submit({ array: { count: 5, parallel: 2 } });
  await look();
  await submit({ array: { count: 3 } });
  await cancel(wide); // and with it what depends on it
  expect(ids(await look()).join()).not.toContain(after);
  expect((await look()).arrays.size).toBe(1);
});

test("groups in which nothing has changed are the same values again", async () => {
  const keeper = keepQueue();
  const look = async () => {
    const seen = await db.transaction((sql) => keeper.look(hub.hub, sql));
    seen.keep();
    return seen.queue;
  };
  await submit({ replicas: 3 });
  await look();
  const before = await look();
  await submit({ replicas: 4 });
  const after = await look();
  expect(after.length).toBe(before.length + 1);
  expect(new Set(after).isSupersetOf(new Set(before))).toBe(true);
});

test("what a round that failed has seen is seen again", async () => {
  const keeper = keepQueue();
  const look = () => db.transaction((sql) => keeper.look(hub.hub, sql));
  (await look()).keep();
  const job = await submit();
  const failed = await look();
  expect(ids(failed).join()).toContain(job);
  await cancel(await submit());
  expect(ids(await look())).toEqual(await wholly());
});

test("what is written by a transaction that ends late is not missed", async () => {
  const keeper = keepQueue();
  const look = async () => {
    const seen = await db.transaction((sql) => keeper.look(hub.hub, sql));
    seen.keep();
    return ids(seen).join();
  };
  const [late, other] = [await submit({ replicas: 5 }), await submit({ replicas: 6 })];
  await look();
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const ending = db.transaction(async (sql) => {
    await sql`update jobs set state = 'cancelled' where id = ${late}`;
    await sql`
      insert into events (job, tenant, at, kind, facts)
      values (${late}, 'acme', now(), 'job.cancelled', '{}')`;
    begun.resolve();
    await gate.promise;
  });
  await begun.promise;
  await cancel(other); // a later transaction that ends before it
  expect(await look()).toContain(late);
  gate.resolve();
  await ending;
  expect(await look()).not.toContain(late);
});

test.each([
  [[], 200],
  [[5, 7], 200],
  [[1_000_000], 200],
  [Array.from({ length: 1000 }, () => 1000), 100],
  [[...Array.from({ length: 999 }, () => 1), 1_000_000], 200],
  [Array.from({ length: 50_000 }, () => 20), 4],
])("a round looks at a fair share of each group", (sizes, share) => {
  expect(fairShare(sizes)).toBe(share);
});
