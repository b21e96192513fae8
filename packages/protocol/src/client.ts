/// <reference lib="dom" />
import { z } from "zod";
import { UnexpectedReply } from "./client/errors.ts";
import type { ServerEvent } from "./client/event-reader.ts";
import { follow } from "./client/follow.ts";
import type { AnyRequest, Asked, ItemOf, RequestOf, StreamRequest } from "./client/request.ts";
import { pause, send, type Link } from "./client/send.ts";
import type { ReplyOf, Route } from "./route.ts";

export { ApiProblem, HubUnreachable, UnexpectedReply } from "./client/errors.ts";
export type { ServerEvent } from "./client/event-reader.ts";
export type { Asked, ItemOf, RequestOf, StreamRequest } from "./client/request.ts";

export interface ClientOptions {
  /** Where the hub is: "http://127.0.0.1:7400", or with a path where a proxy puts it. */
  readonly hub: URL | string;
  /** The API key; without one only public routes answer. */
  readonly key?: string | undefined;
  readonly fetch?: typeof fetch;
  /** How often a call that may be repeated is tried, the first time included. Default 4. */
  readonly tries?: number;
  /** The clock and the dice of the pauses between tries. */
  readonly pause?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly chance?: () => number;
}

/**
 * The API as functions. It needs `fetch` and nothing else, so it runs in browsers too. All of it
 * throws `ApiProblem` (the hub refused), `HubUnreachable`, `UnexpectedReply`, or the reason of
 * `request.signal`. Calls that are safe to repeat are tried again while the hub is busy or away.
 */
export interface Client {
  /** Calls a route and decodes its reply into the domain's values. */
  call<const R extends Route>(route: R, ...request: Asked<R>): Promise<ReplyOf<R>>;
  /** The same without decoding: the reply's JSON as it travelled. */
  wire<const R extends Route>(route: R, ...request: Asked<R>): Promise<unknown>;
  /** The reply itself, for what is no JSON. Its status is below 400; its body is not read yet. */
  raw<const R extends Route>(route: R, ...request: Asked<R>): Promise<Response>;
  /** Every item of a list, page after page. `query.limit` is the size of a page. */
  each<const R extends Route>(route: R, ...request: Asked<R>): AsyncGenerator<ItemOf<R>>;
  /** Server-sent events, taken up after the last one wherever the connection breaks. */
  stream<const R extends Route>(
    route: R,
    request: RequestOf<R> & StreamRequest,
  ): AsyncGenerator<ServerEvent, void, undefined>;
}

export function createClient(options: ClientOptions): Client {
  const link: Link = {
    base: new URL(options.hub),
    key: options.key,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    tries: options.tries ?? 4,
    pause: options.pause ?? pause,
    chance: options.chance ?? Math.random,
  };

  const wire = (route: Route, request: AnyRequest = {}) =>
    send(link, { route, request, accept: "application/json" }, (reply) =>
      readJson(reply, link.base.href),
    );

  const call = async (route: Route, request?: AnyRequest) =>
    decodeReply(route, await wire(route, request), link.base);

  async function* each(route: Route, request: AnyRequest = {}) {
    let { cursor } = (request.query ?? {}) as { cursor?: string };
    do {
      const query = { ...request.query, cursor };
      const page = (await call(route, { ...request, query })) as unknown as Page;
      yield* page.items;
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }

  const raw = (route: Route, request: AnyRequest = {}) => {
    const accept = request.accept ?? route.media?.[0] ?? "application/json";
    return send(link, { route, request, accept }, (reply) => Promise.resolve(reply));
  };

  return {
    wire,
    raw,
    call: call as Client["call"],
    each: each as Client["each"],
    stream: (route, request) => follow(link, { route, request }),
  };
}

/**
 * A reply's JSON as the domain's values.
 * @throws UnexpectedReply when it does not fit the route
 */
export function decodeReply<const R extends Route>(
  route: R,
  json: unknown,
  hub: URL | string,
): ReplyOf<R> {
  if (route.reply === undefined) return undefined as ReplyOf<R>;
  const decoded = z.safeDecode(route.reply, json);
  if (decoded.success) return decoded.data as ReplyOf<R>;
  const [issue] = decoded.error.issues;
  const why = `in an unknown form (${issue?.path.join(".")}: ${issue?.message})`;
  throw new UnexpectedReply({ url: new URL(route.path, hub).href, status: route.status, why });
}

interface Page {
  readonly items: readonly unknown[];
  readonly next: string | null;
}

async function readJson(reply: Response, hub: string): Promise<unknown> {
  if (reply.status === 204) return undefined;
  const text = await reply.text();
  try {
    return JSON.parse(text);
  } catch {
    const { url, status } = reply;
    throw new UnexpectedReply({ url: url || hub, status, why: "with what is no JSON" });
  }
}
