import type { Sha256 } from "../ledger/index.ts";

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/**
 * JSON as text that does not depend on who wrote it: keys in the order of their code units, no
 * space between. Numbers and texts as JSON.stringify writes them (RFC 8785 does the same); fields
 * that are undefined are left out, as there.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key]!)}`).join(",")}}`;
}

/** Of a document without its own field `digest`. */
export function digestOf(document: JsonObject, sha256: Sha256): string {
  const { digest: _, ...rest } = document;
  return sha256(canonicalJson(rest));
}

const isList = (value: readonly Json[] | JsonObject): value is readonly Json[] =>
  Array.isArray(value);
