import { stat } from "node:fs/promises";
import { problem, tenantRoutes } from "@wadi/protocol";
import { expect, test } from "vitest";

import { testApp } from "../testing/test-app.ts";
import { testDb } from "../testing/index.ts";
import { ensureOperatorKey, operatorKeyFile } from "./index.ts";

const db = await testDb();
const { ask, operator, keyOf, hub, clock, keyCheck } = await testApp(db);
const other = await testApp(db, { clock });

const json = async (response: Response) => (await response.json()) as Record<string, never>;
const codeOf = async (response: Response) =>
  `${response.status} ${problem.parse(await response.json()).code}`;

test("the first key is the operator's, in a file of its own, and made once", async () => {
  const file = operatorKeyFile(hub.config.state);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(operator).toMatch(/^wadi_[a-z2-9]{12}_[\w-]{43}$/);
  expect(await ensureOperatorKey(hub)).toBe(false);

  const me = tenantRoutes.readMe.reply.parse(
    await json(await ask("GET", "/v1/me", { key: operator })),
  );
  expect(me).toMatchObject({ role: "operator", prefix: operator.slice(0, 17), revokedAt: null });
});

test("only a hash of a key is stored", async () => {
  const rows = await db.sql`select * from api_keys`;
  const stored = JSON.stringify(rows);
  expect(stored).not.toContain(operator.slice(18));
});

test("tenants and providers are put, changed and listed by id, page by page", async () => {
  const put = (id: string, body: object) =>
    ask("PUT", `/v1/tenants/${id}`, { key: operator, body });
  await put("beta", { name: "Beta" });
  await put("alpha", { name: "Alpha", quota: { cards: 9_007_199_254_740_991 } });
  const changed = await put("alpha", { name: "Alpha two", quota: { cards: 8 } });
  expect(await json(changed)).toMatchObject({
    id: "alpha",
    name: "Alpha two",
    quota: { cards: 8, queuedJobs: null },
  });
  const seen: string[] = [];
  let next: string | null = "";
  while (next !== null) {
    const cursor: string = next === "" ? "" : `&cursor=${next}`;
    const page = await ask("GET", `/v1/tenants?limit=1${cursor}`, { key: operator });
    const { items, next: after } = tenantRoutes.listTenants.reply.parse(await json(page));
    seen.push(...items.map(({ id }) => id));
    next = after;
  }
  expect(seen.filter((id) => ["alpha", "beta"].includes(id))).toEqual(["alpha", "beta"]);
  expect(seen).toEqual([...seen].sort());
});

test("a member's key has its tenant, its role's permissions and its life", async () => {
  const secret = await keyOf("member", { validFor: "1h" });
  const me = await json(await ask("GET", "/v1/me", { key: secret }));
  expect(me).toMatchObject({
    role: "member",
    scope: { tenant: "acme", provider: null, fund: null },
  });
  expect(me["permissions"]).toContain("jobs:submit");
  expect(me).not.toHaveProperty("secret");
});

test("a key stops working when its time is over", async () => {
  const secret = await keyOf("member", { validFor: "1h" });
  expect((await ask("GET", "/v1/me", { key: secret })).status).toBe(200);
  clock.turn({ minutes: 59 });
  expect((await ask("GET", "/v1/me", { key: secret })).status).toBe(200);
  clock.turn({ minutes: 1 });
  expect(await codeOf(await ask("GET", "/v1/me", { key: secret }))).toBe("401 not-signed-in");
});

test("a revoked key is refused here at once, by another hub within 5 s", async () => {
  const secret = await keyOf("member");
  const me = await json(await other.ask("GET", "/v1/me", { key: secret }));
  const revoke = () => ask("DELETE", `/v1/keys/${String(me["id"])}`, { key: operator });
  expect((await revoke()).status).toBe(204);
  expect((await ask("GET", "/v1/me", { key: secret })).status).toBe(401);
  clock.turn({ milliseconds: 5000 });
  expect((await other.ask("GET", "/v1/me", { key: secret })).status).toBe(401);
  expect((await revoke()).status).toBe(204); // again, and nothing changes
});

test("a wrong secret after the right name is refused", async () => {
  const forged = operator.slice(0, -1) + (operator.endsWith("A") ? "B" : "A");
  expect(await codeOf(await ask("GET", "/v1/me", { key: forged }))).toBe("401 not-signed-in");
});

test("a narrowed key may do what it was narrowed to", async () => {
  const secret = await keyOf("operator", { permissions: ["tenants:read"] });
  expect((await ask("GET", "/v1/tenants", { key: secret })).status).toBe(200);
  const put = ask("PUT", "/v1/tenants/x", { key: secret, body: { name: "X" } });
  expect(await codeOf(await put)).toBe("403 not-allowed");
});

test("a tenant's admin sees and revokes the keys of its tenant and no other", async () => {
  const admin = await keyOf("tenant-admin");
  const stranger = await keyOf("member", { scope: { tenant: "rival" } });
  const page = await ask("GET", "/v1/keys?limit=1000", { key: admin });
  const { items } = tenantRoutes.listKeys.reply.parse(await json(page));
  expect(new Set(items.map(({ scope }) => scope.tenant))).toEqual(new Set(["acme"]));
  expect(items.map(({ id }) => id)).toEqual(
    items
      .map(({ id }) => id)
      .sort()
      .reverse(),
  );

  const strange = await json(await ask("GET", "/v1/me", { key: stranger }));
  const revoke = ask("DELETE", `/v1/keys/${String(strange["id"])}`, { key: admin });
  expect(await codeOf(await revoke)).toBe("404 not-found");
  expect((await ask("GET", "/v1/me", { key: stranger })).status).toBe(200);
});

test.each([
  [{ role: "member", scope: { tenant: "nobody-there" } }, "/scope/tenant"],
  [{ role: "provider", scope: { provider: "nobody-there" } }, "/scope/provider"],
  [{ role: "member", scope: { tenent: "acme" } }, "/scope/tenent"],
  [{ role: "member", validFor: "30s" }, "/validFor"],
  [{ role: "agent" }, "/role"],
])("the wish %j is refused and its field named", async (wish, pointer) => {
  const made = await ask("POST", "/v1/keys", { key: operator, body: { label: "x", ...wish } });
  expect(made.status).toBe(422);
  expect(problem.parse(await made.json()).errors?.[0]?.pointer).toBe(pointer);
});

test("every change is in the trail, with who made it and in which request", async () => {
  const headers = { "x-request-id": "trail-1" };
  await ask("PUT", "/v1/providers/p1", { key: operator, body: { name: "One" }, headers });
  const page = await ask("GET", "/v1/audit?subject=provider/p1", { key: operator });
  const { items } = tenantRoutes.listAudit.reply.parse(await json(page));
  expect(items).toMatchObject([
    {
      action: "provider.put",
      request: "trail-1",
      role: "operator",
      facts: { name: "One", isNew: true },
    },
  ]);
});

test("a change that fails leaves no entry", async () => {
  const count = () => db.sql<{ n: bigint }>`select count(*) as n from audit_trail`;
  const [before] = await count();
  await ask("POST", "/v1/keys", {
    key: operator,
    body: { label: "x", role: "member", scope: { tenant: "nobody-there" } },
  });
  expect((await count())[0]).toEqual(before);
});

test("the trail takes nothing back", async () => {
  const refusal = "audit_trail is only ever added to";
  await expect(db.sql`update audit_trail set action = 'x'`).rejects.toThrow(refusal);
  await expect(db.sql`delete from audit_trail`).rejects.toThrow(refusal);
  await expect(db.sql`truncate audit_trail`).rejects.toThrow(refusal);
});

test("refused sign-ins are in the trail, but cannot flood it", async () => {
  const guess = `wadi_guessguess22_${"x".repeat(43)}`;
  clock.turn({ seconds: 60 }); // others were refused before
  for (let i = 0; i < 60; i += 1) await ask("GET", "/v1/me", { key: guess });
  const lines = () =>
    db.sql<{ facts: { from: string; leftOutSince: number } }>`
      select facts from audit_trail where subject = 'key/wadi_guessguess22' order by id`;
  await expect.poll(async () => (await lines()).length).toBe(20);
  clock.turn({ seconds: 60 });
  await ask("GET", "/v1/me", { key: guess });
  await expect.poll(async () => (await lines()).length).toBe(21);
  expect((await lines()).at(-1)!.facts).toMatchObject({ from: "127.0.0.1", leftOutSince: 40 });
});

test("when a key was last used is written in batches", async () => {
  const secret = await keyOf("member");
  const { id } = tenantRoutes.readMe.reply.parse(
    await json(await ask("GET", "/v1/me", { key: secret })),
  );
  const lastUse = async () => {
    const [row] = await db.sql<{ at: Temporal.Instant | null }>`
      select last_used_at as at from api_keys where id = ${id}`;
    return row!.at?.epochMilliseconds ?? null;
  };
  expect(await lastUse()).toBeNull();
  await keyCheck.saveUse();
  expect(await lastUse()).toBe(clock.now().epochMilliseconds);
});
