import { defaultPolicy } from "@wadi/core/dispatch";
import { policySpec } from "@wadi/protocol";
import { beforeAll, expect, test } from "vitest";
import { z } from "zod";

import { testDb } from "../testing/index.ts";
import { testHub } from "../testing/test-hub.ts";
import { aJob, makeWorld, type World } from "../testing/world.ts";

const db = await testDb();
const hub = await testHub(db);
let world: World;
beforeAll(async () => {
  world = await makeWorld(hub);
});

const ask = async (method: string, path: string, body?: unknown, key = hub.operator) => {
  const reply = await hub.ask(method, path, { key, ...(body !== undefined && { body }) });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
};

test("before anybody sets one, core's default holds as version 0", async () => {
  const { body } = await ask("GET", "/v1/policy");
  expect(body).toMatchObject({ version: 0, madeAt: null, madeBy: null });
  expect(z.decode(policySpec, body["policy"] as never)).toEqual(defaultPolicy);
});

test("each change is a version of its own, kept for ever, and in the audit trail", async () => {
  const first = await ask("PUT", "/v1/policy", { version: 1, order: "oldest" });
  const second = await ask("PUT", "/v1/policy", { version: 1, ageing: null });
  expect([first.body["version"], second.body["version"]]).toEqual([1, 2]);
  expect((await ask("GET", "/v1/policy")).body).toMatchObject({
    version: 2,
    policy: { order: "fair", ageing: null },
  });
  expect((await ask("GET", "/v1/policy?version=1")).body).toMatchObject({
    policy: { order: "oldest", ageing: "1d" },
  });
  expect(await ask("GET", "/v1/policy?version=9")).toMatchObject({ status: 404 });
  const trail = await ask("GET", "/v1/audit?subject=policy/2");
  expect(trail.body["items"]).toMatchObject([{ action: "policy.put", facts: { version: 2 } }]);
  await expect(db.sql`update policies set version = 7`).rejects.toThrow("only ever added to");
  await expect(db.sql`delete from policies`).rejects.toThrow("only ever added to");
});

test("a version stored under a field's old name is read under its new one", async () => {
  const version = Number((await ask("GET", "/v1/policy")).body["version"]) + 1;
  const old = JSON.stringify({ version: 1, cheaperHourWithin: "3h" });
  await db.sql`
    insert into policies (version, policy, made_at, made_by)
    values (${version}, ${old}::json, now(), gen_random_uuid())`;
  const { body } = await ask("GET", `/v1/policy?version=${version}`);
  expect(body["policy"]).toMatchObject({ waitForCheaper: "3h" });
  expect(body["policy"]).not.toHaveProperty("cheaperHourWithin");
});

test("many at once become versions without a gap", async () => {
  const before = Number((await ask("GET", "/v1/policy")).body["version"]);
  const puts = Array.from({ length: 5 }, () => ask("PUT", "/v1/policy", { version: 1 }));
  const versions = (await Promise.all(puts)).map(({ body }) => Number(body["version"]));
  expect(versions.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5].map((n) => before + n));
});

test.each([
  ["/order", { order: "random" }],
  ["/pace", { pace: { unacknowledgedMin: 10, unacknowledgedMax: 5 } }],
  ["/colour", { colour: "red" }],
  ["/fairness/organisations/0/parent", { fairness: { organisations: [{ id: "a", parent: "b" }] } }],
  [
    "/fairness/organisations/0/quotas/0/cards",
    { fairness: { organisations: [{ id: "a", quotas: [{ cards: "abacus", nominal: 1 }] }] } },
  ],
])("what is wrong is refused by its field: %s", async (pointer, wrong) => {
  const before = (await ask("GET", "/v1/policy")).body["version"];
  for (const path of ["/v1/policy", "/v1/policy/diff"]) {
    const method = path.endsWith("diff") ? "POST" : "PUT";
    const { status, body } = await ask(method, path, { version: 1, ...wrong });
    expect(status).toBe(422);
    const pointers = (body["errors"] as { pointer: string }[]).map((one) => one.pointer);
    expect(pointers.some((one) => one.startsWith(pointer) || pointer.startsWith(one))).toBe(true);
  }
  expect((await ask("GET", "/v1/policy")).body["version"]).toBe(before);
});

test("a draft shows what it would change, and changes nothing", async () => {
  const low = { ...(aJob(world.model) as object), priority: "low", name: "waits" };
  const { id } = await world.post("/v1/jobs", low, world.keys.member);
  const job = String(id);
  const before = await ask("GET", `/v1/jobs/${job}`);
  const draft = { version: 1, booking: { depth: 0 } };
  const { status, body } = await ask("POST", "/v1/policy/diff", draft);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    looksAt: { runs: 0 },
    placements: { counts: { before: 0, after: 0 } },
    bookings: { counts: { after: 0 }, onlyAfter: [] },
  });
  expect((await ask("GET", `/v1/jobs/${job}`)).body["state"]).toBe(before.body["state"]);
  const same = await ask("POST", "/v1/policy/diff", { version: 1 }, world.keys.auditor);
  expect(same.body).toMatchObject({
    placements: { onlyBefore: [], onlyAfter: [] },
    bookings: { onlyBefore: [], onlyAfter: [] },
    held: { onlyBefore: [], onlyAfter: [] },
  });
});
