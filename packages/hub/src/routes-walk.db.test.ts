import { problem, roles, routes, type Permission, type Role, type Route } from "@wadi/protocol";
import { beforeAll, describe, expect, test } from "vitest";

import { testDb } from "./testing/index.ts";
import { foreign, samples } from "./testing/route-samples.ts";
import type { Sample } from "./testing/sample.ts";
import { testHub } from "./testing/test-hub.ts";
import { makeWorld, type World } from "./testing/world.ts";

/*
 * Every route × every kind of caller, on a real server and database. A route that nobody serves
 * fails here, and so does one whose sample is not taken.
 */

const db = await testDb();
const hub = await testHub(db, { WADI_LONG_POLL_MS: "0" });
const all: [string, Route][] = Object.entries(routes);
const isSigned = ({ needs }: Pick<Route, "needs">) => needs !== "public" && needs !== "join-token";
let world: World;

beforeAll(async () => {
  world = await makeWorld(hub);
});

interface Outcome {
  readonly status: number;
  readonly code: string | undefined;
  readonly needs: string | undefined;
  readonly detail: string;
}

async function send(route: Route, sample: Sample, key?: string): Promise<Outcome> {
  const response = await hub.ask(route.method, sample.path, {
    ...(key !== undefined && { key }),
    body: sample.body,
    headers: { "idempotency-key": crypto.randomUUID(), ...sample.headers },
  });
  if (response.ok) {
    await response.body?.cancel(); // a stream would go on
    return { status: response.status, code: undefined, needs: undefined, detail: "" };
  }
  const { code, facts, detail } = problem.parse(await response.json());
  return { status: response.status, code, needs: neededIn(facts), detail };
}

const neededIn = (facts: Record<string, unknown> = {}) =>
  typeof facts["needs"] === "string" ? facts["needs"] : undefined;

/** A status where it went well, else the refusal; one by the permission table says which it was. */
function nameOf({ status, code, needs }: Outcome): string {
  if (code === undefined) return `${status}`;
  return needs === undefined ? code : `${status} ${code}: needs ${needs}`;
}

const sampleOf = async (name: string) => samples[name as keyof typeof samples](world);

test("every route of the protocol is served, and nothing else under /v1", () => {
  const named = (route: Route) => `${route.method} ${route.path}`;
  const served = hub.app.served.map(({ route }) => named(route)).sort();
  expect(served).toEqual(all.map(([, route]) => named(route)).sort());
});

describe.each(all.filter(([, route]) => isSigned(route)))("%s", (name, route) => {
  test("asks for a key that is valid", async () => {
    const sample = await sampleOf(name);
    const wrong = `${world.keys.operator.slice(0, -43)}${"x".repeat(43)}`;
    for (const key of [undefined, "nonsense", wrong, await expiredKey(), await revokedKey()]) {
      expect(await send(route, sample, key)).toMatchObject({ status: 401, code: "not-signed-in" });
    }
  });

  test.each(Object.keys(roles) as Role[])("lets the role %s in as the table says", async (role) => {
    const sample = await sampleOf(name);
    const outcome = await send(route, sample, world.keys[role]);
    const ofRole: readonly Permission[] = roles[role];
    const may = route.needs === "signed" || ofRole.includes(route.needs);
    const expected = may
      ? [`${route.status}`, ...(sample.refusals ?? []), ...exceptionsFor(name, role)]
      : [`403 not-allowed: needs ${route.needs}`];
    expect(expected, outcome.detail).toContain(nameOf(outcome));
  });
});

const narrowable = all.filter(
  ([, { needs }]) => isSigned({ needs }) && needs !== "signed" && needs !== "agent:sync",
);
test.each(narrowable)("%s refuses a key that was narrowed to other things", async (name, route) => {
  const role = ownerOf(route.needs);
  const rest = roles[role].filter((one) => one !== route.needs);
  const { secret } = await world.makeKey(role, undefined, rest);
  const outcome = await send(route, await sampleOf(name), secret);
  expect(nameOf(outcome)).toBe(`403 not-allowed: needs ${route.needs}`);
});

describe("what is public asks for nothing", () => {
  test.each(all.filter(([, route]) => !isSigned(route)))("%s", async (name, route) => {
    const sample = await sampleOf(name);
    for (const key of [undefined, "nonsense", world.keys.member]) {
      const outcome = await send(route, sample, key);
      expect([`${route.status}`, ...(sample.refusals ?? [])]).toContain(nameOf(outcome));
    }
  });
});

describe("what is somebody else's is not there", () => {
  const cases = Object.entries(foreign).flatMap(([name, callers]) =>
    callers.map((role) => [name, role] as const),
  );
  test.each(cases)("%s, for a %s of another", async (name, role) => {
    const key = world.others[role as keyof World["others"]];
    const route: Route = routes[name as keyof typeof routes];
    expect(await send(route, await sampleOf(name), key)).toMatchObject({
      status: 404,
      code: "not-found",
    });
  });

  test("lists hold one's own only", async () => {
    const jobs = async (key: string) => {
      const response = await hub.ask("GET", "/v1/jobs?limit=1000", { key });
      return ((await response.json()) as { items: { tenant: string }[] }).items;
    };
    expect((await jobs(world.keys.member)).every(({ tenant }) => tenant === "acme")).toBe(true);
    expect((await jobs(world.keys.member)).length).toBeGreaterThan(0);
    expect(await jobs(world.others.member)).toEqual([]);
    const asked = await hub.ask("GET", "/v1/jobs?tenant=acme", { key: world.others.member });
    expect(((await asked.json()) as { items: unknown[] }).items).toEqual([]);
  });
});

test("nothing of all this was a fault of the hub", () => {
  expect(hub.troubles().filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

/** What a role cannot do although it may call the route: who it is does not fit. */
function exceptionsFor(name: string, role: Role): string[] {
  if (name === "readMe" && role === "agent") return ["not-allowed"];
  const speaksForAnother: Partial<Record<string, Role[]>> = {
    tenantStatement: ["provider", "programme-officer"],
    tenantBundle: ["provider", "programme-officer"],
    providerStatement: ["tenant-admin", "programme-officer"],
    fundStatement: ["tenant-admin", "provider"],
    districtStatement: ["tenant-admin", "provider", "programme-officer"],
    readTerms: ["tenant-admin", "programme-officer"],
  };
  return speaksForAnother[name]?.includes(role) ? ["not-found"] : [];
}

/** Some role that has the permission. */
function ownerOf(needs: Permission) {
  const found = (Object.keys(roles) as Role[]).find((role) =>
    (roles[role] as readonly Permission[]).includes(needs),
  );
  if (found === undefined || found === "agent") throw new Error(`no person has ${needs}`);
  return found;
}

async function expiredKey(): Promise<string> {
  const { id, secret } = await world.makeKey("operator");
  await db.sql`update api_keys set expires_at = now() where id = ${id}`;
  return secret;
}

async function revokedKey(): Promise<string> {
  const { id, secret } = await world.makeKey("operator");
  await hub.ask("DELETE", `/v1/keys/${id}`, { key: hub.operator });
  return secret;
}
