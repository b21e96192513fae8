import { createHash, randomBytes, randomInt } from "node:crypto";

/*
 * A join token reads `wadijoin_<name>_<secret>`: twelve letters and digits to know it by, then 256
 * random bits. Only its hash is stored. Credentials of agents look alike, as `wadiagent_…`.
 */

const nameAlphabet = "abcdefghijkmnpqrstuvwxyz23456789"; // without l, o, 0, 1

export interface NewSecret {
  /** Shown once, never stored. */
  readonly secret: string;
  readonly hash: Buffer;
}

export function makeSecret(kind: "wadijoin" | "wadiagent"): NewSecret {
  const name = Array.from({ length: 12 }, () => nameAlphabet[randomInt(nameAlphabet.length)]);
  const secret = `${kind}_${name.join("")}_${randomBytes(32).toString("base64url")}`;
  return { secret, hash: hashOfSecret(secret) };
}

/** What is stored of a secret. 256 random bits need no salt and no slow hash. */
export const hashOfSecret = (secret: string): Buffer =>
  createHash("sha256").update(secret).digest();
