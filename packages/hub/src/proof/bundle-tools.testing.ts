import { createPublicKey, hash, verify } from "node:crypto";
import type { BundleTools } from "@wadi/core/proof";

export const sha256 = (text: string): string => hash("sha256", text, "hex");

/** What a verifier brings, written apart from the command line's. */
export const bundleTools: BundleTools = {
  sha256,
  isSigned: ({ text, signingKey, signature }) => {
    const x = Buffer.from(signingKey, "base64").toString("base64url");
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    return verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
  },
};
