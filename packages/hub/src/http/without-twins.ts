/** What tells one request from another. */
interface Request {
  readonly tenant: string;
  readonly idempotencyKey: string;
  /** Equal for equal requests. */
  readonly fingerprint: Uint8Array;
}

/**
 * A request that its network doubled may stand twice in one batch. The second is no repetition of
 * anything stored yet: whatever becomes of the first is its answer too.
 * @returns each request once, in their order, and of each given one which of them it is
 */
export function withoutTwins<R extends Request>(
  requests: readonly R[],
): { firsts: R[]; firstOf: ReadonlyMap<R, R> } {
  const byRequest = new Map<string, R>();
  const firstOf = new Map<R, R>();
  for (const one of requests) {
    const print = Buffer.from(one.fingerprint).toString("hex");
    const request = [one.tenant, print, one.idempotencyKey].join(" ");
    const first = byRequest.get(request) ?? one;
    byRequest.set(request, first);
    firstOf.set(one, first);
  }
  return { firsts: [...byRequest.values()], firstOf };
}
