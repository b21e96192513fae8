import { Readable } from "node:stream";
import type { BodyOf, FieldProblem, ParamsOf, QueryOf, ReplyOf, Route } from "@wadi/protocol";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";

import { Refused } from "../refused.ts";
import { isAcceptable } from "./accepts.ts";
import type { App } from "./app.ts";
import type { Content, Streamed } from "./content.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { refuseBadText } from "./read-body.ts";
import type { Signer } from "./signer.ts";
import { check } from "@wadi/protocol/wrong-fields";

/** One request to a route, checked and decoded: what the handler of the route works with. */
export interface Call<R extends Route = Route> {
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  /** Of a route that `accepts` other than JSON: the bytes, which fail once there are too many. */
  readonly body: R["accepts"] extends string ? Readable : BodyOf<R>;
  /** @throws Error on a route that is public or takes a join token: nobody is signed in there */
  readonly signer: Signer;
  /** Present on every route that is `idempotent`. */
  readonly idempotencyKey: string | undefined;
  /** SHA-256 of method, path and canonical body: what an idempotency key was used for. */
  readonly fingerprint: Buffer;
  readonly requestId: string;
  /** Aborts when the caller has gone or the hub stops: ends long polls and streams. */
  readonly signal: AbortSignal;
  /** For streams and headers of the reply. */
  readonly raw: { readonly request: FastifyRequest; readonly reply: FastifyReply };
}

/** What a handler gives back: the reply's domain value, or content of the route's other media. */
export type Answer<R extends Route> =
  | (R["reply"] extends object ? ReplyOf<R> : never)
  | (R["media"] extends readonly string[] ? Content | Streamed : never)
  | (R["reply"] extends object ? never : R["media"] extends object ? never : void);

/**
 * Serves a route of the protocol: signs the caller in, checks `route.needs`, decodes params, query
 * and body, and encodes what `handle` gives back. Whatever `handle` throws becomes problem details.
 */
export function serve<const R extends Route>(
  app: App,
  route: R,
  handle: (call: Call<R>) => Promise<Answer<R>> | Answer<R>,
): void {
  const { limits } = app.hub.config;
  app.served.push({ route, pattern: patternOf(route.path) });
  app.route({
    method: route.method,
    url: route.path,
    config: { route },
    bodyLimit: isLarge(route) ? limits.syncBytes : limits.bodyBytes,
    exposeHeadRoute: route.needs === "public",
    handler: async (request, reply) => {
      refuseUnacceptable(route, request);
      const answer = await handle(readCall(route, { app, request, reply }));
      return send(route, { reply, answer });
    },
  });
}

/** What machines send in batches. */
const isLarge = ({ needs }: Route) => needs === "agent:sync" || needs === "meters:write";

/** Matches the paths of a route: "/v1/jobs/:id" has "/v1/jobs/7" and not "/v1/jobs/7/logs". */
function patternOf(path: string): RegExp {
  const steps = path
    .split("/")
    .map((step) => (step.startsWith(":") ? "[^/]+" : RegExp.escape(step)));
  return new RegExp(`^${steps.join("/")}$`);
}

interface At {
  readonly app: App;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** @throws Refused `invalid-request` that names every wrong field of every part at once */
function readCall<R extends Route>(route: R, at: At): Call<R> {
  const { request, reply } = at;
  const problems: FieldProblem[] = [];
  const read = (schema: z.ZodType | undefined, given: unknown, part: FieldProblem["in"]) => {
    const checked = check(schema ?? nothing, given, part);
    if (!checked.ok) problems.push(...checked.problems);
    return checked.ok ? checked.value : undefined;
  };
  refuseBadText(request.params, "params");
  refuseBadText(request.query, "query");
  const params = read(route.params, request.params, "params");
  const query = read(route.query, request.query, "query");
  const body =
    route.accepts === undefined
      ? readBody(route, request, read)
      : (request.body ?? Readable.from([])); // a file without a byte comes without a type
  const idempotencyKey = route.idempotent === true ? readKey(request, problems) : undefined;
  if (problems.length > 0) throw invalid(problems);

  const call = {
    params: route.params && params,
    query: route.query && query,
    body,
    idempotencyKey,
    requestId: request.id,
    raw: { request, reply },
    get signer() {
      if (request.signer === null) throw new Error(`${route.path} signs nobody in`);
      return request.signer;
    },
    get fingerprint() {
      const path = request.url.split("?", 1)[0]!;
      return fingerprintOf({ method: request.method, path, body: request.body });
    },
    get signal() {
      return signalOf(at);
    },
  };
  return call as unknown as Call<R>;
}

const nothing = z.strictObject({});

function readBody(
  route: Route,
  request: FastifyRequest,
  read: (schema: z.ZodType | undefined, given: unknown, part: "body") => unknown,
): unknown {
  if (route.body) return read(route.body, request.body, "body");
  // What a caller sends where nothing is read would be thrown away in silence.
  if (request.body !== undefined) read(undefined, request.body, "body");
  return undefined;
}

function readKey(request: FastifyRequest, problems: FieldProblem[]): string | undefined {
  const key = request.headers["idempotency-key"];
  if (typeof key === "string" && /^[\x21-\x7E]{1,255}$/.test(key)) return key;
  const detail =
    key === undefined
      ? "is needed here: a new UUID for each new request, the same again for a repetition"
      : "must be 1 to 255 visible ASCII characters without spaces";
  problems.push({ pointer: "/idempotency-key", in: "headers", detail });
  return undefined;
}

function invalid(problems: readonly FieldProblem[]): Refused {
  const [first] = problems;
  const more = problems.length > 1 ? `, and ${problems.length - 1} more` : "";
  const place = first!.pointer === "" ? `the ${first!.in}` : first!.pointer;
  return new Refused("invalid-request", {}, `${place} ${first!.detail}${more}`, problems);
}

function refuseUnacceptable(route: Route, request: FastifyRequest): void {
  if (route.status === 204) return;
  const types = route.media ?? ["application/json"];
  if (isAcceptable(request.headers.accept, types)) return;
  const detail = `this route answers with ${types.join(" or ")}; say so in Accept, or leave it out`;
  throw new Refused("not-acceptable", { types: [...types] }, detail);
}

function signalOf({ app, reply }: At): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  if (reply.raw.destroyed) gone.abort();
  return AbortSignal.any([gone.signal, app.phase.stopping.signal]);
}

function send(route: Route, { reply, answer }: { reply: FastifyReply; answer: unknown }) {
  if (isStreamed(answer)) return reply;
  void reply.code(route.status);
  if (isContent(answer)) {
    const isBareText = answer.type.startsWith("text/") && !answer.type.includes(";");
    const type = isBareText ? `${answer.type}; charset=utf-8` : answer.type;
    void reply.headers(answer.headers ?? {}).type(type);
    return reply.send(answer.body);
  }
  if (route.reply === undefined) return reply.send();
  void reply.type("application/json; charset=utf-8");
  return reply.send(JSON.stringify(z.encode(route.reply, answer)));
}

const kindOf = (answer: unknown) =>
  typeof answer === "object" && answer !== null ? (answer as { kind?: unknown }).kind : undefined;
const isContent = (answer: unknown): answer is Content => kindOf(answer) === "content";
const isStreamed = (answer: unknown): answer is Streamed => kindOf(answer) === "streamed";
