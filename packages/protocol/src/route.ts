import { z } from "zod";
import type { Permission } from "./permissions.ts";

/**
 * One route of the REST API: the hub serves it, OpenAPI describes it, the client calls it, the
 * permission walk tests it. All from this value.
 */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** With `:name` for each param. */
  readonly path: `/${string}`;
  readonly needs: Permission;
  readonly summary: string;
  readonly tag: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The reply's body; absent where the reply is no JSON (see `media`) or has none. */
  readonly reply?: z.ZodType;
  readonly status: 200 | 201 | 202 | 204;
  /** Other than JSON: what the reply is ("text/event-stream", "text/csv" …). */
  readonly media?: readonly string[];
  /** Other than JSON: what the body is. */
  readonly accepts?: string;
  /** The caller must send `Idempotency-Key`; the same key with the same body repeats the reply. */
  readonly idempotent?: boolean;
}

/** Checks the value against `Route` and keeps its exact type. */
export const route = <const R extends Route>(definition: R): R => definition;

/** The domain's view of what a caller sends and gets. */
export type ParamsOf<R extends Route> = R["params"] extends z.ZodType
  ? z.output<R["params"]>
  : undefined;
export type QueryOf<R extends Route> = R["query"] extends z.ZodType
  ? z.output<R["query"]>
  : undefined;
export type BodyOf<R extends Route> = R["body"] extends z.ZodType ? z.output<R["body"]> : undefined;
export type ReplyOf<R extends Route> = R["reply"] extends z.ZodType
  ? z.output<R["reply"]>
  : undefined;

/** Every list is paged: `cursor` is the `next` of the page before; opaque. */
export const pageQuery = z.strictObject({
  cursor: z.string().max(512).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** One page, in the order the route names. `next` is null on the last page. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() });
