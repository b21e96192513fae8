import { createPublicKey, hash, verify } from "node:crypto";
import {
  digestOf,
  firstDifference,
  unproved,
  type BundleTools,
  type JsonObject,
} from "@wadi/core/proof";
import { bundle, type Bundle } from "@wadi/protocol";

/** What an operator has published of a day, as the bundle must have it too. */
export interface PublishedAnchor {
  readonly day: string;
  readonly root: string;
}

export type Checked =
  /** `unproved`: what it leaves to be believed, each as a sentence. */
  | { readonly kind: "right"; readonly bundle: Bundle; readonly unproved: readonly string[] }
  /** The first thing that is wrong, as a sentence. */
  | { readonly kind: "wrong"; readonly what: string };

/**
 * Makes the bill of a bundle anew, here, from what stands in its text.
 * @param published  anchors that somebody wrote down elsewhere; a day that is not among them is
 *   believed
 */
export function checkBundle(text: string, published: readonly PublishedAnchor[] = []): Checked {
  let json: JsonObject;
  try {
    json = JSON.parse(text) as JsonObject;
  } catch (error) {
    return wrong(`it is no JSON: ${(error as Error).message}`);
  }
  const read = bundle.safeParse(json);
  if (!read.success) {
    const [issue] = read.error.issues;
    return wrong(`/${issue!.path.join("/")}: ${issue!.message}`);
  }
  const what = differenceIn(read.data) ?? unpublishedIn(read.data, published);
  if (what !== undefined) return wrong(what);
  if (digestOf(json, sha256) !== read.data.digest) {
    return wrong("digest: something was changed that neither money nor a signature hangs on");
  }
  return { kind: "right", bundle: read.data, unproved: unproved(read.data) };
}

function differenceIn(read: Bundle): string | undefined {
  try {
    return firstDifference(read, tools);
  } catch (error) {
    if (error instanceof RangeError) return `a value out of all bounds: ${error.message}`;
    throw error;
  }
}

function unpublishedIn(
  { anchors }: Bundle,
  published: readonly PublishedAnchor[],
): string | undefined {
  const roots = new Map(published.map(({ day, root }) => [day, root]));
  for (const { day, root, isPublished } of anchors) {
    const other = roots.get(day);
    if (!isPublished || other === undefined || other === root) continue;
    return `anchor of ${day}: its root is ${root}; ${other} was published`;
  }
  return undefined;
}

const wrong = (what: string): Checked => ({ kind: "wrong", what });
const sha256 = (text: string) => hash("sha256", text, "hex");

const tools: BundleTools = {
  sha256,
  isSigned: ({ text, signingKey, signature }) => {
    try {
      const x = Buffer.from(signingKey, "base64").toString("base64url");
      const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
      return verify(null, Buffer.from(text), key, Buffer.from(signature, "base64"));
    } catch {
      return false; // no key at all
    }
  },
};
