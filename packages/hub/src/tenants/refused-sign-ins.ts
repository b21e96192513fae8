import type { Hub } from "../context.ts";
import { rateLimiter, type RefusedAttempt } from "../http/index.ts";
import { appendTrail } from "./audit-store.ts";

/** The trail takes so many refused sign-ins; the rest are counted, or anybody could flood it. */
const rate = { perSecond: 1, burst: 20 };

/** @returns what writes a refused sign-in into the trail, without anybody waiting for it */
export function refusedSignIns(hub: Hub): (attempt: RefusedAttempt) => void {
  const limiter = rateLimiter(hub.clock);
  let left = 0;

  return ({ prefix, from, requestId, route }) => {
    if (limiter.take("trail", rate) > 0) {
      left += 1;
      return;
    }
    const facts = { prefix, from, route, leftOutSince: left };
    left = 0;
    const line = {
      at: hub.clock.now(),
      key: null,
      role: null,
      action: "sign-in",
      subject: `key/${prefix}`,
      request: requestId,
      outcome: "not-signed-in",
      facts,
    };
    appendTrail(hub.db.sql, [line]).catch((error: unknown) => {
      hub.log.warn({ err: error }, "writing a refused sign-in into the audit trail");
    });
  };
}
