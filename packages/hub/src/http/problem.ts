import { refusals, type Problem, type RefusalCode } from "@wadi/protocol";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

import { DatabaseUnavailable, OutcomeUnknown, TooBusy } from "../db/index.ts";
import { Refused } from "../refused.ts";

export const problemType = "application/problem+json; charset=utf-8";

/** Where the page of problems is served; the fragment is the code. */
export const problemsPath = "/docs/problems";

/** How long callers wait before they ask again, where the error itself does not say. */
const retryAfterMs = 1000;

/**
 * Answers with problem details for whatever was thrown. What the caller cannot act on is told as
 * `internal-error` and nothing else of it: the rest is in the log, under the request id.
 */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const refused = toRefused(error);
  const { status } = refusals[refused.code];
  request.problem = refused.code;
  if (status >= 500) {
    const level = refused.code === "internal-error" ? "error" : "warn";
    request.log[level]({ err: error }, refused.message);
  }
  const wait = retryAfterOf(error, refused);
  if (wait !== undefined) void reply.header("retry-after", Math.ceil(wait / 1000));
  if (status === 401) void reply.header("www-authenticate", 'Bearer realm="wadi"');
  void reply
    .code(status)
    .header("content-type", problemType)
    .send(JSON.stringify(problemOf(refused, request.id), bigintAsText));
}

/** @param requestId  as in the logs */
export function problemOf(refused: Refused, requestId: string): Problem {
  const { code, message, facts, fields } = refused;
  const { status, title } = refusals[code];
  return {
    type: `${problemsPath}#${code}`,
    title,
    status,
    code,
    detail: message,
    instance: requestId,
    ...(fields.length > 0 && { errors: [...fields] }),
    ...(Object.keys(facts).length > 0 && { facts }),
  };
}

/** What the caller is told of an error. */
function toRefused(error: unknown): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof TooBusy) {
    return new Refused("overloaded", {}, "the hub takes no more requests of this kind just now");
  }
  if (error instanceof DatabaseUnavailable) {
    return new Refused("database-unavailable", {}, "nothing was changed; ask again in a moment");
  }
  if (error instanceof OutcomeUnknown) {
    const cure = "ask again with the same Idempotency-Key, or look whether it is there";
    return new Refused("outcome-unknown", {}, `it may or may not have been saved: ${cure}`);
  }
  const known = frameworkCodes[(error as FastifyError | undefined)?.code ?? ""];
  if (known) return new Refused(known.code, {}, known.detail);
  return new Refused("internal-error", {}, "the hub's log has more under this request's id");
}

/** What Fastify and Node refuse by themselves before a handler runs. */
const frameworkCodes: Record<string, { code: RefusalCode; detail: string }> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: "unsupported-media-type",
    detail: "send the body as application/json, and say so in Content-Type",
  },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: "body-too-large",
    detail: "the body is larger than this route takes",
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: "malformed-body",
    detail: "the body is not as long as Content-Length says",
  },
  FST_ERR_BAD_URL: {
    code: "malformed-request",
    detail: "the path is no valid URL path: a % must be followed by two hex digits",
  },
  FST_ERR_MAX_PARAM_LENGTH: {
    code: "not-found",
    detail: "a part of the path is longer than anything that the hub has",
  },
  ECONNRESET: { code: "malformed-body", detail: "the connection ended before the body did" },
};

function retryAfterOf(error: unknown, refused: Refused): number | undefined {
  const said = (refused.facts as { retryAfterMs?: unknown }).retryAfterMs;
  if (typeof said === "number") return said;
  if (refusals[refused.code].status !== 503) return undefined;
  return (error as { retryAfterMs?: number }).retryAfterMs ?? retryAfterMs;
}

const bigintAsText = (_key: string, value: unknown) =>
  typeof value === "bigint" ? value.toString() : value;
