import { z } from "zod";

/**
 * Every refusal the API can give, with its HTTP status and title. A code says what was wrong and
 * never changes once released; the `detail` beside it says it of the case at hand.
 */
export const refusals = {
  "invalid-request": { status: 422, title: "The request does not fit the schema" },
  "malformed-request": { status: 400, title: "The request could not be read" },
  "malformed-body": { status: 400, title: "The body could not be read" },
  "not-signed-in": { status: 401, title: "No valid API key was given" },
  "not-allowed": { status: 403, title: "The key's role does not allow this" },
  "not-found": { status: 404, title: "There is no such thing, or it is not yours" },
  "method-not-allowed": { status: 405, title: "The path has no such method" },
  "not-acceptable": { status: 406, title: "The reply cannot be given in the form asked for" },
  "request-timeout": { status: 408, title: "The request took too long to arrive" },
  "body-too-large": { status: 413, title: "The body is larger than allowed" },
  "unsupported-media-type": { status: 415, title: "The body is of a type not understood" },
  "headers-too-large": { status: 431, title: "The request's headers are larger than allowed" },
  "rate-limited": { status: 429, title: "Too many requests with this key" },
  overloaded: { status: 503, title: "The hub has more requests than it can take now" },
  "database-unavailable": { status: 503, title: "The database cannot be reached now" },
  "outcome-unknown": { status: 503, title: "The database broke off while saving; ask again" },
  stopping: { status: 503, title: "The hub is stopping" },
  "internal-error": { status: 500, title: "A fault of the hub" },

  "key-reused": { status: 409, title: "The idempotency key was used with another body" },
  "already-exists": { status: 409, title: "That name is taken" },
  "changed-meanwhile": { status: 409, title: "It was changed by someone else meanwhile" },
  "job-already-final": { status: 409, title: "The job has ended" },
  "unknown-dependency": { status: 422, title: "The job depends on a job that is not yours" },
  "unknown-card-model": { status: 422, title: "The catalogue has no such card model" },
  "unknown-upload": { status: 422, title: "No such file was uploaded" },
  "nowhere-to-run": { status: 422, title: "No pool of the region could ever run this job" },
  "exceeds-balance": { status: 402, title: "The balance does not cover the most it can cost" },
  "exceeds-quota": { status: 422, title: "The job is larger than the tenant's quota" },
  "price-gap": { status: 422, title: "The price schedule leaves hours without a price" },

  "join-token-invalid": { status: 401, title: "The join token is unknown, used or expired" },
  "agent-replaced": { status: 409, title: "Another agent has joined for this centre" },
  "journal-unknown": { status: 409, title: "The agent's journal is not the one the hub knows" },
  "centre-busy": { status: 409, title: "The centre still holds runs" },

  "wrong-state": { status: 409, title: "This cannot be done in the state that it is in" },
  "needs-another-person": { status: 409, title: "This takes a second person" },
  "insufficient-funds": { status: 409, title: "The account does not hold that much" },
  unpriced: { status: 409, title: "Something used or bought has no price" },
  "programme-expired": { status: 422, title: "The programme has expired" },
  "exceeds-cap": { status: 422, title: "More than the programme's cap" },
} as const satisfies Record<string, { status: number; title: string }>;

export type RefusalCode = keyof typeof refusals;

/** One wrong field: where it is, what was wrong with it, what would be right. */
export const fieldProblem = z.object({
  /** A JSON pointer into the body, query or params: "/cards/options/0/model". */
  pointer: z.string(),
  in: z.enum(["body", "query", "params", "headers"]),
  detail: z.string(),
});
export type FieldProblem = z.infer<typeof fieldProblem>;

/** Problem details (RFC 9457). `code` is the last part of `type`. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    instance: z.string().describe("The request id, as in the logs."),
    errors: z.array(fieldProblem).optional(),
    facts: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof problem>;
