import { createPublicKey, verify } from "node:crypto";

/** Whether a text is signed with an Ed25519 key, which is raw: 32 bytes. */
export function isSigned(of: {
  readonly text: string;
  readonly signingKey: Buffer;
  readonly signature: Buffer;
}): boolean {
  const jwk = { kty: "OKP", crv: "Ed25519", x: of.signingKey.toString("base64url") };
  const key = createPublicKey({ key: jwk, format: "jwk" });
  return verify(null, Buffer.from(of.text), key, of.signature);
}
