import { beforeAll, expect, test } from "vitest";

import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { aJob, makeWorld, type World } from "../testing/world.ts";

const hub = await testHub(await testDb());
let world: World;
beforeAll(async () => {
  world = await makeWorld(hub);
});

const submit = async (idempotencyKey: string, body: unknown) => {
  const headers = { "idempotency-key": idempotencyKey };
  const reply = await hub.ask("POST", "/v1/jobs", { key: world.keys.member, body, headers });
  return { status: reply.status, body: (await reply.json()) as { id: string; code: string } };
};
/** While the batch of another job is under way, so that most of the copies share the next batch. */
async function twenty<T>(make: () => Promise<T>): Promise<T[]> {
  const before = submit(crypto.randomUUID(), aJob(world.model));
  const copies = await Promise.all(Array.from({ length: 20 }, make));
  await before;
  return copies;
}
const jobsNamed = async (name: string) => {
  const reply = await hub.ask("GET", `/v1/jobs?name=${name}`, { key: world.keys.member });
  return ((await reply.json()) as { items: { id: string }[] }).items.map(({ id }) => id);
};

test("a request that the network doubled makes one job, even within one batch", async () => {
  const spec = { ...(aJob(world.model) as object), name: "doubled" };
  const replies = await twenty(() => submit("doubled", spec));
  const [made] = await jobsNamed("doubled");
  expect(await jobsNamed("doubled")).toHaveLength(1);
  expect(new Set(replies.map(({ status, body }) => `${status} ${body.id}`))).toEqual(
    new Set([`201 ${made}`]),
  );
});

test("doubled, and refused: every copy is told so, and its key may be used again", async () => {
  const good = { ...(aJob(world.model) as object), name: "mended" };
  const bad = { ...good, after: { ok: [crypto.randomUUID()] } };
  const replies = await twenty(() => submit("mended", bad));
  const codes = new Set(replies.map(({ body }) => body.code));
  expect(codes.size).toBe(1);
  expect([...codes][0]).not.toBe("key-reused");
  expect((await submit("mended", good)).status).toBe(201);
});

test("two requests under one key at once: one is made, the other is told", async () => {
  const spec = { ...(aJob(world.model) as object), name: "either" };
  const other = { ...spec, name: "or" };
  const replies = await Promise.all([submit("clash", spec), submit("clash", other)]);
  expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
});
