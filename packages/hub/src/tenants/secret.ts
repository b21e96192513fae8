import { createHash, randomBytes, randomInt, timingSafeEqual } from "node:crypto";

/*
 * A key reads `wadi_<prefix>_<secret>`: 12 letters and digits that name it, then 256 random bits.
 * The prefix is public: it stands in lists and in logs. Only a hash of the whole is stored.
 */

export const keyPrefix = "wadi_";
const nameAlphabet = "abcdefghijkmnpqrstuvwxyz23456789"; // without l, o, 0, 1
const shape = /^(wadi_[a-z0-9]{12})_[A-Za-z0-9_-]{43}$/;

export interface NewSecret {
  /** Shown once, never stored. */
  readonly secret: string;
  readonly prefix: string;
  readonly hash: Buffer;
}

export function makeSecret(): NewSecret {
  const name = Array.from({ length: 12 }, () => nameAlphabet[randomInt(nameAlphabet.length)]);
  const prefix = `${keyPrefix}${name.join("")}`;
  const secret = `${prefix}_${randomBytes(32).toString("base64url")}`;
  return { secret, prefix, hash: hashOf(secret) };
}

/** The public part of what looks like a key of ours. */
export function prefixOf(secret: string): string | undefined {
  return shape.exec(secret)?.[1];
}

/** In constant time, so that how long a refusal takes tells nothing of the hash. */
export function proves(secret: string, hash: Uint8Array): boolean {
  return timingSafeEqual(hashOf(secret), hash);
}

const hashOf = (secret: string) => createHash("sha256").update(secret).digest();
