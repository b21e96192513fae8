import { generateKeyPairSync, hash, sign } from "node:crypto";
import { batchTextOf } from "@wadi/core/proof";
import { asId, type CentreId } from "@wadi/core/units";
import { linkEntry } from "@wadi/protocol";

/** A centre's key, with which it vouches for what it read off. */
export interface Signer {
  /** The public half, raw, in base64. */
  readonly open: string;
  /** Over the readings among these entries, in their order; null where there are none. */
  sign(entries: readonly object[]): string | null;
}

export function signerOf(centre: string): Signer {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const { x } = publicKey.export({ format: "jwk" });
  return {
    open: Buffer.from(x!, "base64url").toString("base64"),
    sign: (entries) => {
      const readings = entries.flatMap((entry) => {
        const read = linkEntry.parse(entry);
        return read.kind === "reading" ? [read] : [];
      });
      if (readings.length === 0) return null;
      const id = asId<CentreId>(centre);
      const text = batchTextOf(id, readings, (one) => hash("sha256", one, "hex"));
      return sign(null, Buffer.from(text), privateKey).toString("base64");
    },
  };
}
