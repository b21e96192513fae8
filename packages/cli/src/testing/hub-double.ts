import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { refusals, routes, type RefusalCode, type Route, type RouteName } from "@wadi/protocol";
import { z } from "zod";

/** One request as it came to the double, decoded by its route. */
export interface DoubleCall {
  readonly route: RouteName;
  readonly params: Record<string, string>;
  readonly query: Record<string, string>;
  readonly body: unknown;
  readonly headers: IncomingMessage["headers"];
  /** For streams: what is written here is the answer. */
  readonly reply: ServerResponse;
}

/** Gives the reply's domain value, or an object for `raw`; or throws a `Refusal`. */
export type Answer = (call: DoubleCall) => unknown;
export type Answers = Partial<Record<RouteName, Answer>>;

/** What the double refuses with, as the hub would. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly errors: readonly object[];
  readonly headers: Record<string, string>;
  constructor(
    code: RefusalCode,
    detail: string,
    more: { errors?: readonly object[]; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.code = code;
    this.errors = more.errors ?? [];
    this.headers = more.headers ?? {};
  }
}

/** A text that is sent as it is, in place of JSON. */
export class Raw {
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers: Record<string, string>;
  constructor(type: string, body: string | Uint8Array, headers: Record<string, string> = {}) {
    this.type = type;
    this.body = body;
    this.headers = headers;
  }
}

export interface HubDouble {
  readonly url: string;
  readonly calls: readonly DoubleCall[];
  /** Of one route, in the order they came. */
  readonly callsOf: (route: RouteName) => DoubleCall[];
  readonly close: () => Promise<void>;
}

/**
 * A server in a hub's place: it matches, decodes and encodes by the routes of the protocol, and
 * answers what the test says. A route without an answer is refused with `not-found`.
 */
export async function startDouble(answers: Answers): Promise<HubDouble> {
  const calls: DoubleCall[] = [];
  const server = createServer((request, reply) => {
    answer({ request, reply, answers, calls }).catch((error: unknown) => sendError(reply, error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    callsOf: (name) => calls.filter(({ route }) => route === name),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface Asked {
  readonly request: IncomingMessage;
  readonly reply: ServerResponse;
  readonly answers: Answers;
  readonly calls: DoubleCall[];
}

async function answer({ request, reply, answers, calls }: Asked): Promise<void> {
  const url = new URL(request.url ?? "/", "http://double");
  const bytes = await readAll(request);
  const found = match(request.method ?? "", url.pathname);
  if (!found) throw new Refusal("not-found", `there is no ${url.pathname}`);
  const { name, route, params } = found;
  if (request.headers.authorization !== "Bearer wadi_test_key" && route.needs !== "public") {
    throw new Refusal("not-signed-in", "the key is unknown, expired or revoked");
  }
  if (route.idempotent === true && request.headers["idempotency-key"] === undefined) {
    throw new Refusal("invalid-request", "the header Idempotency-Key is needed");
  }
  const query = Object.fromEntries(url.searchParams);
  route.query?.decode(query);
  const body = route.body ? route.body.decode(JSON.parse(bytes.toString("utf8"))) : bytes;
  const call = { route: name, params, query, body, headers: request.headers, reply };
  calls.push(call);
  const act = answers[name];
  if (!act) throw new Refusal("not-found", `the double has no answer for ${name}`);
  const value = await act(call);
  if (reply.headersSent) return;
  if (value instanceof Raw) {
    reply.writeHead(200, { "content-type": value.type, ...value.headers }).end(value.body);
  } else if (route.reply) {
    const json = z.encode(route.reply, value);
    reply.writeHead(route.status, { "content-type": "application/json" }).end(JSON.stringify(json));
  } else reply.writeHead(route.status).end();
}

function sendError(reply: ServerResponse, error: unknown): void {
  const refusal = error instanceof Refusal ? error : new Refusal("internal-error", String(error));
  const { code, message: detail, errors } = refusal;
  const { status, title } = refusals[code];
  const problem = { type: `/docs/problems#${code}`, title, status, code, detail, instance: "r-1" };
  reply
    .writeHead(status, { "content-type": "application/problem+json", ...refusal.headers })
    .end(JSON.stringify({ ...problem, ...(errors.length > 0 && { errors }) }));
}

function match(method: string, path: string) {
  for (const [name, route] of Object.entries<Route>(routes)) {
    const pattern = new RegExp(`^${route.path.replaceAll(/:(\w+)/g, "(?<$1>[^/]+)")}$`);
    const found = route.method === method ? pattern.exec(path) : null;
    if (!found) continue;
    const params = Object.fromEntries(
      Object.entries(found.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]),
    );
    return { name: name as RouteName, route, params };
  }
  return undefined;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
