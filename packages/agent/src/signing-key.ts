import { createPrivateKey, generateKeyPairSync, hash, sign, type KeyObject } from "node:crypto";
import { batchTextOf, type RunReading } from "@wadi/core/proof";
import type { CentreId } from "@wadi/core/units";
import { linkEntry } from "@wadi/protocol";

/**
 * Signs the readings among entries as they travel, in their order.
 * @returns in base64; null where there are none
 */
export type SignReadings = (entries: readonly unknown[]) => string | null;

/** A new Ed25519 key pair, both raw and in base64. */
export function makeSigningKey(): { readonly secret: string; readonly open: string } {
  const { privateKey } = generateKeyPairSync("ed25519");
  const { d, x } = privateKey.export({ format: "jwk" });
  const plain = (text: string) => Buffer.from(text, "base64url").toString("base64");
  return { secret: plain(`${d}`) + plain(`${x}`), open: plain(`${x}`) };
}

/** @param secret  as `makeSigningKey` made it; null: nothing is signed */
export function readingSigner(centre: CentreId, secret: string | null): SignReadings {
  if (secret === null) return () => null;
  const key = keyOf(secret);
  return (entries) => {
    const readings = entries.filter(isReading).flatMap((entry): RunReading[] => {
      const read = linkEntry.parse(entry);
      return read.kind === "reading" ? [read] : [];
    });
    if (readings.length === 0) return null;
    const text = batchTextOf(centre, readings, (one) => hash("sha256", one, "hex"));
    return sign(null, Buffer.from(text), key).toString("base64");
  };
}

const isReading = (entry: unknown) => (entry as { readonly kind: string }).kind === "reading";

/** Both halves are 44 characters of base64: 32 bytes each. */
function keyOf(secret: string): KeyObject {
  const [d, x] = [secret.slice(0, 44), secret.slice(44)].map((half) =>
    Buffer.from(half, "base64").toString("base64url"),
  );
  return createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d: d!, x: x! }, format: "jwk" });
}
