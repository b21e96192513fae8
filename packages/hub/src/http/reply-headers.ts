import type { FastifyReply, FastifyRequest } from "fastify";

import type { Config } from "../config.ts";

/**
 * What every reply carries. Nothing of ours is a web page but the API's own pages under /docs, so
 * browsers are told to run and frame nothing; replies hold one caller's data, so nobody keeps them.
 */
export function setHeaders(config: Config, request: FastifyRequest, reply: FastifyReply): void {
  void reply.headers({
    "x-request-id": request.id,
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
  });
  if (config.tls) void reply.header("strict-transport-security", "max-age=31536000");
}

const allowedHeaders = "authorization, content-type, idempotency-key, last-event-id, x-request-id";
const exposedHeaders = "location, retry-after, wadi-next-offset, x-request-id";

/**
 * Lets pages of the origins that the operator names call the API; others get no such header, and
 * their browsers refuse. No cookies are involved, so there is nothing more to protect.
 *
 * @returns whether the request was a preflight and `reply` answers it
 */
export function setCorsHeaders(
  config: Config,
  request: FastifyRequest,
  reply: FastifyReply,
): boolean {
  const { origin } = request.headers;
  if (config.corsOrigins.length === 0) return false;
  void reply.header("vary", "origin");
  if (origin === undefined || !config.corsOrigins.includes(origin)) return false;

  void reply.headers({
    "access-control-allow-origin": origin,
    "access-control-expose-headers": exposedHeaders,
    "cross-origin-resource-policy": "cross-origin",
  });
  const preflight =
    request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined;
  if (!preflight) return false;
  void reply.headers({
    "access-control-allow-methods": "GET, POST, PUT, DELETE",
    "access-control-allow-headers": allowedHeaders,
    "access-control-max-age": "3600",
  });
  return true;
}
