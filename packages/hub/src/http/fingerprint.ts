import { createHash } from "node:crypto";

/**
 * SHA-256 of what was asked: method, path, and the body as JSON with sorted keys, so that neither
 * the order of fields nor YAML for JSON makes another request of it.
 */
export function fingerprintOf(request: { method: string; path: string; body: unknown }): Buffer {
  const { method, path, body } = request;
  return createHash("sha256")
    .update(`${method} ${path}\n${canonicalJson(body)}`)
    .digest();
}

/** @param value  as parsed from JSON and no deeper than a schema of ours allows */
export function canonicalJson(value: unknown): string {
  if (value === undefined) return "";
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(
      Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    );
  });
}
