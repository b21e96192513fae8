import { createHash } from "node:crypto";
import { cardModels } from "@wadi/core/capacity";
import { personRoles, type Permission, type PersonRole } from "@wadi/protocol";

import type { TestHub } from "./test-hub.ts";

/** A small region with two of everything: one is ours, one is somebody else's. */
export interface World {
  /** A key of each role that speaks for acme, lowland or city; and the agent's of c1. */
  readonly keys: Readonly<Record<PersonRole | "agent", string>>;
  /** Keys of the same roles that speak for others. */
  readonly others: Readonly<
    Record<"tenant-admin" | "member" | "provider" | "programme-officer", string>
  >;
  /** A job of acme. */
  readonly job: string;
  readonly journal: string;
  readonly model: string;
  readonly upload: { readonly bytes: Buffer; readonly sha256: string };
  /** @param path  "/v1/jobs", or with another method before it: "PUT /v1/funds/city" */
  post(path: string, body: unknown, key?: string): Promise<Record<string, unknown>>;
  makeKey(role: PersonRole, scope?: object, permissions?: Permission[]): Promise<Key>;
}

export interface Key {
  readonly id: string;
  readonly secret: string;
}

export async function makeWorld(hub: TestHub): Promise<World> {
  const send = sender(hub);
  const makeKey: World["makeKey"] = async (role, scope, permissions) => {
    const own = scope ?? scopes[role] ?? {};
    const body = { label: role, role, scope: own, permissions: permissions ?? null };
    return (await send("POST", "/v1/keys", body)) as unknown as Key;
  };
  const model = cardModels[0]!.id;
  for (const id of ["acme", "rival"]) await send("PUT", `/v1/tenants/${id}`, { name: id });
  for (const id of ["lowland", "upland"]) await send("PUT", `/v1/providers/${id}`, { name: id });
  for (const id of ["city", "county"]) await send("PUT", `/v1/funds/${id}`, { name: id });
  await send("PUT", "/v1/centres/c1", centreOf("lowland", { pool: "c1-a", model }));
  await send("PUT", "/v1/centres/c2", centreOf("upland", { pool: "c2-a", model }));
  await send("PUT", "/v1/links", aLink);
  await send("POST", "/v1/funds/city/appropriations", { amount: "1000" });
  await send("POST", "/v1/tenants/acme/top-ups", { amount: "100000" });
  await send("PUT", "/v1/programmes/ai", aProgramme("city"));
  await send("PUT", "/v1/programmes/rural", aProgramme("county"));
  await send("POST", "/v1/programmes/ai/grants", { amount: "10", tenant: "acme" });

  const keys: Record<string, string> = {};
  for (const role of personRoles) keys[role] = (await makeKey(role)).secret;
  const others: Record<string, string> = {};
  for (const [role, scope] of Object.entries(otherScopes)) {
    others[role] = (await makeKey(role as PersonRole, scope)).secret;
  }
  const journal = crypto.randomUUID();
  const { joinToken } = await send("POST", "/v1/centres/c1/join-tokens", {});
  const joined = await send("POST", "/v1/agent/join", { joinToken, journal });
  keys["agent"] = String(joined["credential"]);
  const job = await send("POST", "/v1/jobs", aJob(model), keys["member"]);
  const bytes = Buffer.from("some input");
  const upload = { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
  const post: World["post"] = (path, body, key) => {
    const [method, to] = path.startsWith("/") ? ["POST", path] : path.split(" ");
    return send(method!, to!, body, key);
  };
  return {
    ...{ journal, model, upload, post, makeKey },
    job: String(job["id"]),
    keys: keys as World["keys"],
    others: others as World["others"],
  };
}

const scopes: Partial<Record<PersonRole, object>> = {
  "tenant-admin": { tenant: "acme" },
  member: { tenant: "acme" },
  provider: { provider: "lowland" },
  "programme-officer": { fund: "city" },
};
const otherScopes = {
  "tenant-admin": { tenant: "rival" },
  member: { tenant: "rival" },
  provider: { provider: "upland" },
  "programme-officer": { fund: "county" },
};

export const aJob = (model: string) => ({
  version: 1,
  name: "a job",
  run: { kind: "command", argv: ["true"] },
  cards: { options: [{ model, expectedRunTime: "1h" }] },
  maxRunTime: "1h",
});

export const aLink = { from: "east", to: "west", megabitsPerSecond: 100, perGB: "0.1" };

export const aProgramme = (fund: string) => ({
  fund,
  name: "Of a test",
  rate: "0.3",
  capPerTenant: "100",
  expiresAt: "2099-01-01T00:00:00Z",
});

export const centreOf = (provider: string, { pool, model }: { pool: string; model: string }) => ({
  name: { en: "A centre", zh: "中心" },
  kind: "intelligent",
  place: "east",
  provider,
  timeZone: "Asia/Shanghai",
  pools: [
    {
      id: pool,
      model,
      hosts: [{ id: `${pool}-1`, cards: 8, cpu: 64, memory: "512GiB" }],
      emulated: true,
      prices: { timeZone: "Asia/Shanghai", periods: [{ rules: [{ perCardHour: "2" }] }] },
    },
  ],
});

/** Sends and insists: whatever builds the world must be taken. */
function sender(hub: TestHub) {
  return async (method: string, path: string, body: unknown, key = hub.operator) => {
    const headers = { "idempotency-key": crypto.randomUUID() };
    const response = await hub.ask(method, path, { key, body, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  };
}
