import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "@wadi/core/proof";
import { bundle } from "@wadi/protocol";
import { z } from "zod";

import { openPause } from "./in-turns.ts";
import type { BundleDraft } from "./make-bundle.ts";

/** Texts are gathered up to so many characters. */
const pieceChars = 64 * 1024;

/**
 * A bundle as canonical JSON, record by record, with its digest at the end. Between the records the
 * hub goes on with other work: a bill of many charges takes seconds to write.
 */
export async function* bundleText(draft: BundleDraft): AsyncGenerator<string> {
  const hash = createHash("sha256");
  let piece = "";
  const pause = openPause();
  for (const text of textsOf(draft)) {
    hash.update(text);
    piece += text;
    if (piece.length >= pieceChars) {
      yield piece;
      piece = "";
    }
    await pause();
  }
  hash.update("}");
  yield `${piece},"digest":"${hash.digest("hex")}"}`;
}

/** The document without its last brace, field by field in the order of their names. */
function* textsOf(draft: BundleDraft): Generator<string> {
  const fields = Object.keys(draft).sort() as (keyof BundleDraft)[];
  for (const [i, field] of fields.entries()) {
    yield `${i === 0 ? "{" : ","}${JSON.stringify(field)}:`;
    const [schema, value] = [bundle.shape[field] as z.ZodType, draft[field] as unknown];
    if (!(schema instanceof z.ZodArray) || !Array.isArray(value)) {
      yield encoded(schema, value);
      continue;
    }
    for (const [place, item] of value.entries()) {
      yield `${place === 0 ? "[" : ","}${encoded(schema.element as z.ZodType, item)}`;
    }
    yield value.length === 0 ? "[]" : "]";
  }
}

const encoded = (schema: z.ZodType, value: unknown): string =>
  canonicalJson(z.encode(schema, value) as Json);
