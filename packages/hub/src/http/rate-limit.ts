import type { Rate } from "../config.ts";
import type { Clock } from "../context.ts";

/**
 * Token buckets, one for each name, in this process: a bucket holds `burst` requests and fills up
 * at `perSecond`. With several hubs a caller has as much at each.
 */
export interface RateLimiter {
  /** Takes one request out of a bucket. @returns 0, or after how many ms to ask again */
  take(name: string, rate: Rate): number;
  /** Whether the bucket is empty; takes nothing. @returns the same */
  look(name: string, rate: Rate): number;
}

/** Counted in thousandths of a request, in whole numbers: a ms brings `perSecond` of them. */
interface Bucket {
  thousandths: number;
  atMs: number;
}

/** Beyond this the buckets unused for longest are forgotten, which fills them. */
const bucketsMax = 50_000;

export function rateLimiter(clock: Clock): RateLimiter {
  const buckets = new Map<string, Bucket>();

  function fill(name: string, { perSecond, burst }: Rate): Bucket {
    const nowMs = clock.now().epochMilliseconds;
    const bucket = buckets.get(name) ?? { thousandths: burst * 1000, atMs: nowMs };
    const gained = Math.max(0, nowMs - bucket.atMs) * perSecond;
    bucket.thousandths = Math.min(burst * 1000, bucket.thousandths + gained);
    bucket.atMs = nowMs;
    buckets.delete(name); // so that the map's order is the order of use
    buckets.set(name, bucket);
    if (buckets.size > bucketsMax) buckets.delete(buckets.keys().next().value!);
    return bucket;
  }

  const waitMs = ({ thousandths }: Bucket, { perSecond }: Rate) =>
    Math.max(0, Math.ceil((1000 - thousandths) / perSecond));

  return {
    look: (name, rate) => waitMs(fill(name, rate), rate),
    take: (name, rate) => {
      const bucket = fill(name, rate);
      const wait = waitMs(bucket, rate);
      if (wait === 0) bucket.thousandths -= 1000;
      return wait;
    },
  };
}
