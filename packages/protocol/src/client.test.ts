import { asId, yuan, type JobId, type TenantId } from "@wadi/core/units";
import { expect, test } from "vitest";
import { ApiProblem, createClient, HubUnreachable, UnexpectedReply } from "./client.ts";
import { routes } from "./index.ts";

/** A hub far away that gives these replies in turn, and what it was asked. */
function hubThatGives(...replies: (Response | Error)[]) {
  const asked: { url: string; init: RequestInit & { headers: Headers } }[] = [];
  const pauses: number[] = [];
  const client = createClient({
    hub: "https://hub.example/wadi/",
    key: "wadi_key_secret",
    fetch: (url, init) => {
      asked.push({ url: url as string, init: init as RequestInit & { headers: Headers } });
      const reply = replies.shift() ?? new Error("asked too often");
      return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
    },
    pause: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
    chance: () => 0.5,
  });
  return { client, asked, pauses };
}

const json = (body: unknown, init: ResponseInit = {}) => Response.json(body, init);
const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  json(
    { type: `/docs/problems#${code}`, title: "T", status, code, detail: "D", instance: "r-1" },
    { status, headers: { "content-type": "application/problem+json", ...headers } },
  );
const refused = () => new TypeError("fetch failed", { cause: { code: "x" } });
const refusedBy = (code: string) =>
  new TypeError("fetch failed", { cause: Object.assign(new Error("no"), { code }) });
const link = { from: "a", to: "b", megabitsPerSecond: 10, perGB: "0.5" };
const aTenant = { id: asId<TenantId>("acme") };

test("a call fills the path, encodes query and body, and decodes the reply", async () => {
  const { client, asked } = hubThatGives(json(link));
  const body = { from: asId("a"), to: asId("b"), megabitsPerSecond: 10, perGB: yuan(2) } as const;
  const reply = await client.call(routes.putLink, { body: body as never });
  expect(reply.perGB).toBe(500_000n);
  expect(asked[0]?.url).toBe("https://hub.example/wadi/v1/links");
  expect(asked[0]?.init.method).toBe("PUT");
  expect(JSON.parse(asked[0]?.init.body as string)).toMatchObject({ perGB: "2.00" });
  expect(asked[0]?.init.headers.get("authorization")).toBe("Bearer wadi_key_secret");
});

test("a query field that is left out is not sent, and times travel in UTC", async () => {
  const { client, asked } = hubThatGives(new Response("text"));
  const from = Temporal.Instant.from("2026-11-01T00:00:00+08:00");
  await client.raw(routes.tenantStatement, {
    params: aTenant,
    query: { from, until: undefined, format: "text" },
    accept: "text/plain",
  });
  const { url, init } = asked[0]!;
  expect(url).toBe(
    "https://hub.example/wadi/v1/tenants/acme/statement?from=2026-10-31T16%3A00%3A00Z&format=text",
  );
  expect(init.headers.get("accept")).toBe("text/plain");
});

test("what is not a name in a path is escaped", async () => {
  const { client, asked } = hubThatGives(json({ items: [] }));
  await client.call(routes.listOutputs, { params: { id: "../x?y" as JobId } }).catch(() => {});
  expect(asked[0]?.url).toBe("https://hub.example/wadi/v1/jobs/..%2Fx%3Fy/outputs");
});

test("a refusal has the problem's code, status, detail and wrong fields", async () => {
  const errors = [{ pointer: "/name", in: "body", detail: "is needed" }];
  const body = {
    type: "t",
    title: "T",
    status: 422,
    code: "c",
    detail: "D",
    instance: "r",
    errors,
  };
  const { client } = hubThatGives(json(body, { status: 422 }));
  const error = await client.call(routes.live).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiProblem);
  expect(error).toMatchObject({ code: "c", status: 422, detail: "D", instance: "r", errors });
});

test.each([
  [new Response("<html>", { status: 502, headers: { "content-type": "text/html" } })],
  [new Response("<html>", { status: 200 })],
  [json({ status: "fine" })],
  [json({ nothing: 1 }, { status: 404 })],
])("a reply that no hub gives is told as such", async (reply) => {
  const { client } = hubThatGives(reply, reply, reply, reply);
  await expect(client.call(routes.live)).rejects.toBeInstanceOf(UnexpectedReply);
});

test("a busy hub is asked again, not before it says so, and later each time", async () => {
  const { client, asked, pauses } = hubThatGives(
    problem(503, "overloaded"),
    problem(429, "rate-limited", { "retry-after": "2" }),
    problem(503, "stopping"),
    json({ status: "ok" }),
  );
  expect(await client.call(routes.live)).toEqual({ status: "ok" });
  expect(asked).toHaveLength(4);
  expect(pauses).toEqual([200, 2400, 800]);
});

test("after four tries the last refusal is told", async () => {
  const busy = () => problem(503, "overloaded");
  const { client, asked } = hubThatGives(busy(), busy(), busy(), busy(), json({ status: "ok" }));
  await expect(client.call(routes.live)).rejects.toMatchObject({ code: "overloaded" });
  expect(asked).toHaveLength(4);
});

test("a hub that asks for an hour is not waited for", async () => {
  const { client, pauses } = hubThatGives(problem(429, "rate-limited", { "retry-after": "3600" }));
  await expect(client.call(routes.live)).rejects.toMatchObject({ status: 429 });
  expect(pauses).toEqual([]);
});

test("a post is repeated with an idempotency key, and never without one", async () => {
  const line = {
    seq: "1",
    id: "00000000-0000-0000-0000-000000000001",
    kind: "top-up",
    book: "money",
    from: "bank",
    to: "prepaid/acme",
    amount: "1.00",
    hold: null,
    fact: "top-up/1",
    note: "",
    job: null,
    run: null,
    happenedAt: "2026-11-01T00:00:00Z",
    knownAt: "2026-11-01T00:00:00Z",
    hash: "00",
  };
  const body = { amount: yuan(1), note: "" };
  const safe = hubThatGives(refusedBy("ECONNRESET"), json(line, { status: 201 }));
  const request = { params: aTenant, body, idempotencyKey: "k" };
  expect((await safe.client.call(routes.topUp, request)).amount).toBe(yuan(1));
  expect(safe.asked.map(({ init }) => init.headers.get("idempotency-key"))).toEqual(["k", "k"]);

  const unsafe = hubThatGives(problem(503, "overloaded"));
  const params = { id: asId<JobId>("00000000-0000-0000-0000-000000000001") };
  await expect(unsafe.client.call(routes.cancelJob, { params })).rejects.toMatchObject({
    code: "overloaded",
  });
  expect(unsafe.asked).toHaveLength(1);
});

test("a hub that cannot be reached is named, with what to try", async () => {
  const { client, asked } = hubThatGives(
    ...Array.from({ length: 4 }, () => refusedBy("ECONNREFUSED")),
  );
  const error = await client.call(routes.live).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HubUnreachable);
  expect((error as Error).message).toBe(
    "cannot reach the hub at https://hub.example: nothing listens there; start the hub, " +
      "or check the address",
  );
  expect((error as Error).message).not.toContain("secret");
  expect(asked).toHaveLength(4);
});

test("a name that does not exist is not asked for again", async () => {
  const { client, asked } = hubThatGives(refusedBy("ENOTFOUND"));
  await expect(client.call(routes.live)).rejects.toMatchObject({ code: "ENOTFOUND" });
  expect(asked).toHaveLength(1);
});

test("a caller who stops gets its own reason", async () => {
  const reason = new Error("the caller has had enough");
  const { client } = hubThatGives(refused());
  const signal = AbortSignal.abort(reason);
  await expect(client.call(routes.live, { signal })).rejects.toBe(reason);
});

test("each item of a list comes once, page after page", async () => {
  const page = (from: string, next: string | null) => json({ items: [{ ...link, from }], next });
  const { client, asked } = hubThatGives(page("a", "c1"), page("b", "c2"), page("c", null));
  const seen: string[] = [];
  for await (const { from } of client.each(routes.listLinks, { query: { limit: 1 } })) {
    seen.push(from);
  }
  expect(seen).toEqual(["a", "b", "c"]);
  expect(asked.map(({ url }) => new URL(url).search)).toEqual([
    "?limit=1",
    "?limit=1&cursor=c1",
    "?limit=1&cursor=c2",
  ]);
});

/** A stream of these pieces that then ends, or breaks. */
function eventStream(pieces: readonly string[], end: "ends" | "breaks") {
  const left = [...pieces];
  const body = new ReadableStream({
    pull(controller) {
      const piece = left.shift();
      if (piece !== undefined) controller.enqueue(new TextEncoder().encode(piece));
      else if (end === "ends") controller.close();
      else controller.error(new Error("cut"));
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

test("a cut stream goes on after its last event, until it is over", async () => {
  const { client, asked } = hubThatGives(
    eventStream(["id: 1\ndata: a\n\n", "id: 2\nda"], "breaks"),
    refusedBy("ECONNREFUSED"),
    problem(503, "stopping"),
    eventStream(["id: 2\ndata: b\n\n"], "ends"),
    eventStream(["id: 3\ndata: c\n\n"], "ends"),
  );
  const cuts: string[] = [];
  const params = { id: asId<JobId>("00000000-0000-0000-0000-000000000001") };
  const events = client.stream(routes.followJob, {
    params,
    isOver: () => Promise.resolve(asked.length === 5),
    onCut: (why) => cuts.push(why?.name ?? "ended"),
  });
  const seen: string[] = [];
  for await (const { data } of events) seen.push(data);
  expect(seen).toEqual(["a", "b", "c"]);
  expect(cuts).toEqual(["HubUnreachable", "HubUnreachable", "ApiProblem", "ended"]);
  expect(asked.map(({ init }) => init.headers.get("last-event-id"))).toEqual([
    null,
    "1",
    "1",
    "1",
    "2",
  ]);
});

test("a stream that is refused for good is not asked for again", async () => {
  const { client, asked } = hubThatGives(problem(404, "not-found"));
  const params = { id: asId<JobId>("00000000-0000-0000-0000-000000000001") };
  const events = client.stream(routes.followJob, { params });
  await expect(events.next()).rejects.toMatchObject({ code: "not-found" });
  expect(asked).toHaveLength(1);
});

test("a stream that is silent for too long is taken for broken", async () => {
  const silent = new Response(new ReadableStream({}), {
    headers: { "content-type": "text/event-stream" },
  });
  const { client } = hubThatGives(silent, eventStream(["data: a\n\n"], "ends"));
  const cuts: string[] = [];
  const events = client.stream(routes.followTenant, {
    silentMs: 1,
    onCut: (why) => cuts.push(String((why as HubUnreachable | undefined)?.code)),
  });
  expect((await events.next()).value).toMatchObject({ data: "a" });
  expect(cuts).toEqual(["TIMEOUT"]);
  await events.return();
});

test("a hub that stays away is told in the end", async () => {
  const { client, pauses } = hubThatGives(
    ...Array.from({ length: 40 }, () => refusedBy("ECONNREFUSED")),
  );
  const events = client.stream(routes.followTenant, { patienceMs: 20_000 });
  await expect(events.next()).rejects.toBeInstanceOf(HubUnreachable);
  expect(pauses.reduce((sum, ms) => sum + ms)).toBeGreaterThan(20_000);
});

test("a hub that cannot say whether a stream is over is asked again", async () => {
  const { client } = hubThatGives(
    eventStream(["data: a\n\n"], "ends"),
    eventStream(["data: b\n\n"], "ends"),
  );
  let asked = 0;
  const events = client.stream(routes.followTenant, {
    isOver: () => {
      asked += 1;
      const away = new HubUnreachable("http://hub.example", new Error("away"));
      return asked === 1 ? Promise.reject(away) : Promise.resolve(true);
    },
  });
  const seen: string[] = [];
  for await (const { data } of events) seen.push(data);
  expect(seen).toEqual(["a", "b"]);
});
