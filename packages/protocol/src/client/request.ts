import type { z } from "zod";
import type { BodyOf, ParamsOf, QueryOf, ReplyOf, Route } from "../route.ts";

/** What any route can be called with; `RequestOf` says what one route needs of it. */
export interface AnyRequest {
  readonly params?: object | undefined;
  readonly query?: object | undefined;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
  /** The body of a route that takes other than JSON. */
  readonly content?: BodyInit | undefined;
  /** The form of the reply, one of the route's `media`; default JSON, or the first of them. */
  readonly accept?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for a reply, by default a minute; for `raw`, until it begins. */
  readonly timeoutMs?: number | undefined;
}

/** A field of the query that is left out has its default. */
export type RequestOf<R extends Route> = Omit<AnyRequest, "params" | "query" | "body"> &
  ParamsIn<R> &
  QueryIn<R> &
  BodyIn<R> &
  KeyIn<R>;

type ParamsIn<R extends Route> = R["params"] extends z.ZodType
  ? { readonly params: ParamsOf<R> }
  : { readonly params?: undefined };
type QueryIn<R extends Route> = R["query"] extends z.ZodType
  ? { readonly query?: { readonly [K in keyof QueryOf<R>]?: QueryOf<R>[K] | undefined } }
  : { readonly query?: undefined };
type BodyIn<R extends Route> = R["body"] extends z.ZodType
  ? { readonly body: BodyOf<R> }
  : { readonly body?: undefined };
type KeyIn<R extends Route> = R["idempotent"] extends true
  ? { readonly idempotencyKey: string }
  : { readonly idempotencyKey?: undefined };

/** The arguments after the route: none are needed where the route asks for nothing. */
export type Asked<R extends Route> =
  object extends RequestOf<R> ? [request?: RequestOf<R>] : [request: RequestOf<R>];

/** What a paged list is of. */
export type ItemOf<R extends Route> =
  ReplyOf<R> extends { items: readonly (infer Item)[] } ? Item : never;

/** How a stream of events is followed. */
export interface StreamRequest {
  /** Go on after this event. */
  readonly lastEventId?: string | undefined;
  /** Asked when the connection has ended; without it the stream goes on until `signal`. */
  readonly isOver?: () => Promise<boolean>;
  /** Told that the connection has broken off, before it is made again. */
  readonly onCut?: (why: Error | undefined) => void;
  /** A connection without a byte for so long is taken for broken. Default a minute. */
  readonly silentMs?: number;
  /** How long a hub may be away, all pauses in a row together. Default two minutes. */
  readonly patienceMs?: number;
}
