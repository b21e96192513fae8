import { writeSync } from "node:fs";

/** How long a keeper keeps quiet about what it has just said. */
const quietMs = 60_000;
const saidAt = new Map<string, number>();

/**
 * Writes what went wrong to the keeper's log, the same thing at most once a minute. It never
 * fails: on a full disk, which may be what there is to tell, it is left unsaid. (`console.error`
 * would raise the error again later, to be told in its turn.)
 */
export function complain(about: string, error: unknown): void {
  const now = performance.now();
  if (now - (saidAt.get(about) ?? Number.NEGATIVE_INFINITY) < quietMs) return;
  saidAt.set(about, now);
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  try {
    writeSync(2, `${new Date().toISOString()} ${about}: ${detail}\n`);
  } catch {
    saidAt.delete(about); // Perhaps next time.
  }
}
