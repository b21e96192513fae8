import { createHash } from "node:crypto";
import { connect } from "node:net";
import { jobRoutes, problem, route, type Problem } from "@wadi/protocol";
import { expect, test } from "vitest";
import { z } from "zod";

import { DatabaseUnavailable, OutcomeUnknown, TooBusy } from "../db/index.ts";
import { testDb } from "../testing/index.ts";
import { testApp } from "../testing/test-app.ts";
import { content, serve } from "./index.ts";

const tag = "Test";
const put = { method: "PUT", tag, summary: "", needs: "public" } as const;
const failures: Record<string, Error> = {
  busy: new TooBusy("full"),
  away: new DatabaseUnavailable("away"),
  open: new OutcomeUnknown("open"),
  bug: new Error(`a bug with wadi_abcdefghijkl_${"s".repeat(43)}`),
};
const fail = route({
  ...put,
  path: "/test/fail/:how",
  status: 200,
  params: z.strictObject({ how: z.string() }),
  reply: z.object({}),
});
const bytes = route({
  ...put,
  path: "/test/bytes",
  status: 204,
  accepts: "application/octet-stream",
});
const once = route({
  ...{ ...put, path: "/test/once/:id", status: 200, idempotent: true },
  params: z.strictObject({ id: z.string() }),
  body: z.strictObject({ a: z.int() }),
  reply: z.object({ key: z.string(), print: z.string() }),
});
const table = route({ ...put, path: "/test/table", status: 200, media: ["text/csv"] });
const untrue = route({
  ...put,
  path: "/test/untrue",
  status: 200,
  reply: z.object({ a: z.int() }),
});

const digests: string[] = [];
const { ask, operator, keyOf, url, logged, clock } = await testApp(await testDb(), {
  env: {
    WADI_RATE_ANONYMOUS: "1000/100000",
    WADI_RATE_KEY: "2/3",
    WADI_UPLOAD_BYTES: "100000",
    WADI_REQUEST_MS: "1000",
    WADI_CORS_ORIGINS: "https://console.example",
  },
  serveMore: (app) => {
    serve(app, fail, ({ params }) => {
      throw failures[params.how]!;
    });
    serve(app, bytes, async ({ body }) => {
      const hash = createHash("sha256");
      for await (const chunk of body) hash.update(chunk as Buffer);
      digests.push(hash.digest("hex"));
    });
    serve(app, once, ({ idempotencyKey, fingerprint }) => ({
      key: idempotencyKey!,
      print: fingerprint.toString("hex"),
    }));
    serve(app, table, () => content({ type: "text/csv", body: "a,b\n" }));
    serve(app, untrue, () => ({ a: 0.5 }));
    serve(app, jobRoutes.makeQuote, ({ body }) => {
      throw new Error(`quoted ${body.name}`);
    });
  },
});

const slowRequest =
  "PUT /test/once/1 HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n" +
  "content-type: application/json\r\n\r\n{";

const problemOf = async (response: Response): Promise<Problem> => {
  expect(response.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  const told = problem.parse(await response.json());
  expect([told.status, told.type]).toEqual([response.status, `/docs/problems#${told.code}`]);
  expect(told.instance).toBe(response.headers.get("x-request-id"));
  return told;
};
const onWire = (text: string) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(text));
    let reply = "";
    socket.on("data", (chunk) => (reply += chunk.toString()));
    socket.on("close", () => resolve(reply));
    socket.on("error", reject);
  });

test.each([
  ["GET", "/v2/jobs", {}, 404, "not-found"],
  ["GET", "/v1/keys/", {}, 404, "not-found"],
  ["PATCH", "/v1/tenants/acme", {}, 405, "method-not-allowed"],
  ["HEAD", "/v1/tenants", {}, 405, "method-not-allowed"],
  ["GET", "/v1/%zz", {}, 400, "malformed-request"],
  ["PUT", `/v1/tenants/${"a".repeat(600)}`, {}, 404, "not-found"],
  ["GET", "/v1/me", {}, 401, "not-signed-in"],
  ["GET", "/v1/me", { headers: { authorization: "Basic eA==" } }, 401, "not-signed-in"],
  ["GET", "/v1/me", { key: "wadi_" }, 401, "not-signed-in"],
  ["GET", "/healthz?x=1", {}, 422, "invalid-request"],
  ["GET", "/healthz", { headers: { accept: "text/html" } }, 406, "not-acceptable"],
  ["PUT", "/test/once/%00", { body: { a: 1 } }, 422, "invalid-request"],
  ["PUT", "/test/untrue", {}, 500, "internal-error"],
  ["PUT", "/test/untrue", { body: { a: 1 } }, 422, "invalid-request"],
  ["PUT", "/test/fail/busy", {}, 503, "overloaded"],
  ["PUT", "/test/fail/away", {}, 503, "database-unavailable"],
  ["PUT", "/test/fail/open", {}, 503, "outcome-unknown"],
  ["PUT", "/test/fail/bug", {}, 500, "internal-error"],
] as const)("%s %.40s with %j is %d %s", async (method, path, how, status, code) => {
  const response = await ask(method, path, how);
  expect(response.status).toBe(status);
  const told = method === "HEAD" ? { code } : await problemOf(response);
  expect(told.code).toBe(code);
});

test("a method that is not there is told with those that are", async () => {
  const response = await ask("DELETE", "/v1/keys");
  expect(response.headers.get("allow")).toBe("POST, GET");
  expect((await problemOf(response)).detail).toBe("/v1/keys has POST, GET and no DELETE");
});

const tenant = (body: unknown, headers: Record<string, string> = {}) =>
  ask("PUT", "/v1/tenants/acme", { key: operator, body, headers });

test("every wrong field is named by a pointer, with what would be right", async () => {
  const told = await problemOf(await tenant({ name: 7, quota: { card: 1 }, more: 1 }));
  expect(told.errors).toEqual([
    { pointer: "/name", in: "body", detail: "must be a string; read 7" },
    { pointer: "/quota/card", in: "body", detail: 'is not a known field; did you mean "cards"?' },
    {
      pointer: "/more",
      in: "body",
      detail: 'is not a known field; known are "name" or "quota"',
    },
  ]);
  const listed = await ask("GET", "/v1/tenants?limit=9x&curser=a", { key: operator });
  expect((await problemOf(listed)).errors).toMatchObject([
    { pointer: "/limit", in: "query", detail: 'must be a whole number; read "9x"' },
    { pointer: "/curser", in: "query", detail: 'is not a known field; did you mean "cursor"?' },
  ]);
  const where = await ask("PUT", "/v1/tenants/A_", { key: operator, body: { name: "x" } });
  expect((await problemOf(where)).errors).toMatchObject([{ pointer: "/id", in: "params" }]);
});

test.each([
  ['{"name": "a",}', {}, 400, "line 1, column 14"],
  ['{"name": "a\\u0000"}', {}, 422, "/name must hold no NUL character"],
  ["name: a", { "content-type": "application/yaml" }, 415, "send the body as application/json"],
  ["{}", { "content-type": "text/plain" }, 415, "send the body as application/json"],
  [`{"name": "${"a".repeat(2 ** 20)}"}`, {}, 413, "larger than this route takes"],
  ["", {}, 422, "the body is needed: an object"],
  ["[".repeat(500_000), {}, 400, "the body is not JSON"],
  [
    `{"name":"a","quota":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    {},
    422,
    "must be an object",
  ],
])("the body %.20s… is refused", async (body, headers, status, detail) => {
  const response = await tenant(body, headers);
  const told = await problemOf(response);
  expect([response.status, told.detail]).toEqual([status, expect.stringContaining(detail)]);
});

test("a job spec may be YAML, and a fault in it has a line", async () => {
  const key = await keyOf("member");
  const headers = { "content-type": "application/yaml" };
  const quoteOf = async (body: string) =>
    problemOf(await ask("POST", "/v1/quotes", { key, body, headers }));
  const broken = await quoteOf("version: 1\nname: [a\nrun: x");
  expect(broken).toMatchObject({ code: "malformed-body", facts: { line: 3 } });
  const wrong = await quoteOf(
    "version: 1\nname: a\nrun: {kind: command, argv: [x]}\nmaxRunTime: 1h",
  );
  expect(wrong.errors).toMatchObject([{ pointer: "/cards", detail: "is needed: an object" }]);
});

test("an idempotent route needs a key, and fingerprints what was asked", async () => {
  const send = (key: string | undefined, to: string, body: unknown) =>
    ask("PUT", to, { body, headers: key === undefined ? {} : { "idempotency-key": key } });
  expect((await problemOf(await send(undefined, "/test/once/1", { a: 1 }))).errors).toMatchObject([
    { pointer: "/idempotency-key", in: "headers" },
  ]);
  expect((await send("a b", "/test/once/1", { a: 1 })).status).toBe(422);
  const print = async (to: string, body: unknown) =>
    ((await (await send("k-1", to, body)).json()) as { print: string }).print;
  expect(await print("/test/once/1", '{ "a" : 1 }')).toBe(await print("/test/once/1", { a: 1 }));
  expect(await print("/test/once/2", { a: 1 })).not.toBe(await print("/test/once/1", { a: 1 }));
  expect(await print("/test/once/1", { a: 2 })).not.toBe(await print("/test/once/1", { a: 1 }));
});

test("bytes are streamed through, and cut off at the limit", async () => {
  const headers = { "content-type": "application/octet-stream" };
  const send = (body: Uint8Array<ArrayBuffer> | ReadableStream, more: object = {}) =>
    fetch(`${url}/test/bytes`, { method: "PUT", headers, body, ...more });
  const whole = Buffer.alloc(100_000, 7);
  expect((await send(whole)).status).toBe(204);
  expect(digests).toEqual([createHash("sha256").update(whole).digest("hex")]);

  expect((await problemOf(await send(Buffer.alloc(100_001)))).code).toBe("body-too-large");
  const endless = new ReadableStream({
    pull: (to) => to.enqueue(Buffer.alloc(10_000)),
  });
  const cut = await send(endless, { duplex: "half" }).then(
    async (response) => (await problemOf(response)).code,
    () => "the connection was cut",
  );
  expect(["body-too-large", "the connection was cut"]).toContain(cut);
  expect(digests).toHaveLength(1);
  expect((await ask("PUT", "/test/bytes", { body: { a: 1 } })).status).toBe(415);
});

test("text goes out as it is, with its character set", async () => {
  const response = await ask("PUT", "/test/table");
  expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(await response.text()).toBe("a,b\n");
});

test("a fault of ours tells nothing, and is in the log under the request's id", async () => {
  const headers = { "x-request-id": "find-me-7" };
  const told = await problemOf(await ask("PUT", "/test/fail/bug", { headers }));
  expect(JSON.stringify(told)).not.toMatch(/bug|stack|at /);
  const line = logged().find(({ request, level }) => request === "find-me-7" && level === "error");
  expect(JSON.stringify(line)).toContain("a bug with wadi_abcdefghijkl_[cut]");
});

test("each request gets one line, and no line holds a key", async () => {
  const headers = { "x-request-id": "one-line" };
  await ask("GET", "/v1/tenants?limit=1", { key: operator, headers });
  await expect
    .poll(() => logged().filter(({ request }) => request === "one-line"))
    .toMatchObject([
      { method: "GET", route: "/v1/tenants", status: 200, role: "operator", msg: "request" },
    ]);
  expect(JSON.stringify(logged())).not.toContain(operator.slice(18));
});

test.each(["a b", "x".repeat(200), "a\u00E9b", ""])("the request id %j is replaced", async (id) => {
  const reply = await onWire(
    `GET /healthz HTTP/1.1\r\nhost: h\r\nconnection: close\r\nx-request-id: ${id}\r\n\r\n`,
  );
  expect(reply).toMatch(/x-request-id: [0-9a-f-]{36}\r\n/);
});

test("replies forbid what browsers could do with them", async () => {
  const { headers } = await ask("GET", "/healthz");
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("access-control-allow-origin")).toBeNull();
});

test("pages of named origins may call, others not", async () => {
  const preflight = (origin: string) =>
    ask("OPTIONS", "/v1/jobs", { headers: { origin, "access-control-request-method": "POST" } });
  const allowed = await preflight("https://console.example");
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get("access-control-allow-origin")).toBe("https://console.example");
  expect(allowed.headers.get("access-control-allow-headers")).toContain("idempotency-key");
  const refused = await preflight("https://elsewhere.example");
  expect(refused.headers.get("access-control-allow-origin")).toBeNull();
});

test.each([
  ["what is no HTTP", "hello\r\n\r\n", 400, "malformed-request"],
  [
    "headers without end",
    `GET / HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n\r\n`,
    431,
    "headers-too-large",
  ],
  ["a body that never comes", slowRequest, 408, "request-timeout"],
])(
  "%s is answered with a problem as well",
  async (_, text, status, code) => {
    const reply = await onWire(text);
    expect(reply.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    expect(problem.parse(JSON.parse(reply.split("\r\n\r\n")[1]!)).code).toBe(code);
  },
  60_000,
);

test("a key has its rate; who asks faster is told when to come back", async () => {
  const key = await keyOf("member");
  const statuses = async (count: number) => {
    const replies = await Promise.all(
      Array.from({ length: count }, () => ask("GET", "/v1/me", { key })),
    );
    return replies.map(({ status }) => status).sort((a, b) => a - b);
  };
  expect(await statuses(4)).toEqual([200, 200, 200, 429]);
  const late = await ask("GET", "/v1/me", { key });
  expect(late.headers.get("retry-after")).toBe("1");
  expect((await problemOf(late)).code).toBe("rate-limited");
  expect((await ask("GET", "/v1/me", { key: operator })).status).toBe(200);
  clock.turn({ milliseconds: 500 });
  expect(await statuses(2)).toEqual([200, 429]);
});

test("the metrics tell durations by route, connections and the event loop's lag", async () => {
  await ask("GET", "/v1/tenants", { key: operator });
  const text = await (await ask("GET", "/metrics", { key: operator })).text();
  expect(text).toMatch(/wadi_http_request_duration_seconds_count\{.*route="\/v1\/tenants".*\} \d/);
  expect(text).toMatch(/wadi_db_connections\{state="open"\} \d/);
  expect(text).toContain("nodejs_eventloop_lag_seconds");
});

test("the pages for people come from here and fetch nothing from elsewhere", async () => {
  const page = await ask("GET", "/docs/");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
  const files = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(
    ([, file]) => file!,
  );
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) {
    expect(new URL(file, `${url}/docs/`).origin).toBe(url);
    expect((await fetch(new URL(file, `${url}/docs/`))).status).toBe(200);
  }
  expect(await (await ask("GET", "/docs/json")).json()).toEqual(
    await (await ask("GET", "/openapi.json")).json(),
  );
  expect(await (await ask("GET", "/docs/problems")).text()).toContain('id="exceeds-balance"');
});
