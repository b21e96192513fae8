import { problem, roles, routes, type Permission, type Role, type Route } from "@wadi/protocol";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { testDb } from "./testing/index.ts";
import { samples } from "./testing/route-samples.ts";
import type { Sample } from "./testing/sample.ts";
import { testHub } from "./testing/test-hub.ts";
import { makeWorld, type World } from "./testing/world.ts";

/*
 * Whatever is sent to a route by somebody who may call it: the answer is one of the route's own
 * or a problem below 500, and the hub goes on.
 */

const hub = await testHub(await testDb(), { WADI_LONG_POLL_MS: "0", WADI_STREAMS: "10000" });
let world: World;
beforeAll(async () => {
  world = await makeWorld(hub);
});

/** Values that break things: bounds of every number type, text that no column takes, depth. */
const nasty = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    ...[-1, 0, 0.5, 1e-7, 2 ** 31, 2 ** 53, 2 ** 63, 1e308, -0, true, null, [], {}],
    ...[
      "",
      " ",
      "\0",
      "a\0b",
      "\uD800",
      "洼".repeat(40),
      "a".repeat(5000),
      "__proto__",
      "%00",
      "../..",
    ],
    ...["9".repeat(30), "99999999999999999999.999999", "-1", "1e400", "0.0000001", "NaN", "null"],
    ...[
      "9999999d",
      "0s",
      "-1s",
      "99999999999GiB",
      "+275760-09-13T00:00:00Z",
      "1970-01-01T00:00:00Z",
    ],
    ...[
      "0190b0aa-1111-7000-8000-000000000000",
      "0".repeat(64),
      "'; drop table jobs; --",
      "acme",
      "c1",
    ],
  ),
);

/** The sample's body with something nasty in one place, or in another's stead. */
const spoilt = (body: unknown) =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(fc.nat(), nasty).map(([at, value]) => spoil(body, { at, value })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.string(), nasty)
        .map(([key, value]) => ({ ...(body as object), [key]: value })),
    },
    { weight: 1, arbitrary: nasty },
  );

/** JSON text of a body, now and then broken off, doubled, or no JSON at all. */
const bodyText = (body: unknown) =>
  fc.oneof(
    { weight: 8, arbitrary: spoilt(body).map((value) => JSON.stringify(value) ?? "") },
    {
      weight: 1,
      arbitrary: fc.nat({ max: 300 }).map((length) => JSON.stringify(body).slice(0, length)),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom("[".repeat(5000), '{"a":'.repeat(5000), "\0", "{}{}", "\uFEFF"),
    },
  );

const queryText = fc.oneof(
  fc.constant(""),
  fc
    .dictionary(
      fc.constantFrom("limit", "cursor", "state", "name", "from", "until", "format", "run", "x"),
      fc.oneof(fc.string(), nasty.map(safe)),
      { maxKeys: 3 },
    )
    .map((query) => `?${new URLSearchParams(wellFormed(query))}`),
);

const all: [string, Route][] = Object.entries(routes);

test.each(all)("whatever is sent to %s, it is no fault of the hub", async (name, route) => {
  const sample: Sample = await samples[name as keyof typeof samples](world);
  const key = world.keys[callerOf(route.needs)];
  const text =
    sample.body === undefined || sample.headers ? fc.constant(undefined) : bodyText(sample.body);
  const step = fc.option(
    fc.oneof(
      fc.webSegment(),
      nasty.map((value) => encodeURIComponent(safe(value))),
    ),
  );
  await fc.assert(
    fc.asyncProperty(text, queryText, step, async (body, query, id) => {
      const path = id === null ? sample.path : withStep(route, { path: sample.path, id });
      const response = await hub.ask(route.method, path + query, {
        key,
        body,
        headers: { "idempotency-key": crypto.randomUUID() },
      });
      const isTaken = response.ok;
      if (isTaken) await response.body?.cancel(); // a stream would go on
      const told = isTaken ? undefined : problem.parse(await response.json());
      expect(told?.status ?? 200, told?.detail).toBeLessThan(500);
    }),
    { numRuns: 40 },
  );
});

test("the hub is as well as before", async () => {
  expect((await hub.ask("GET", "/readyz")).status).toBe(200);
  expect(hub.troubles().filter((line) => line.includes('"level":"error"'))).toEqual([]);
});

/** Replaces the value at one of the places of a JSON value; which one, `at` says. */
function spoil(body: unknown, { at, value }: { at: number; value: unknown }): unknown {
  const copy = structuredClone(body);
  const places: { inside: Record<string, unknown>; key: string }[] = [];
  const walk = (inside: unknown) => {
    if (typeof inside !== "object" || inside === null) return;
    for (const key of Object.keys(inside)) {
      places.push({ inside: inside as Record<string, unknown>, key });
      walk((inside as Record<string, unknown>)[key]);
    }
  };
  walk(copy);
  const place = places[at % Math.max(1, places.length)];
  if (!place) return value;
  place.inside[place.key] = value;
  return copy;
}

/** The path with its first param replaced. */
function withStep(route: Route, { path, id }: { path: string; id: string }): string {
  const at = route.path.split("/").findIndex((one) => one.startsWith(":"));
  if (at < 0) return path;
  return path
    .split("/")
    .map((one, i) => (i === at ? id : one))
    .join("/");
}

function callerOf(needs: Permission): Role {
  const found = (Object.keys(roles) as Role[]).find((role) =>
    (roles[role] as readonly Permission[]).includes(needs),
  );
  return found ?? "member";
}

function safe(value: unknown): string {
  return typeof value === "string" ? value.toWellFormed() : JSON.stringify(value);
}

const wellFormed = (query: Record<string, string>) =>
  Object.fromEntries(Object.entries(query).map(([name, value]) => [name, value.toWellFormed()]));
