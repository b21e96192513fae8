import type { Duration } from "../../units/index.ts";

/**
 * What is left of past use after `elapsedMs`: half after each half-life. A clock that went back
 * decays nothing.
 */
export function decayed(
  pastCardSeconds: number,
  { halfLife, elapsedMs }: { halfLife: Duration; elapsedMs: number },
): number {
  return pastCardSeconds * 2 ** (-Math.max(0, elapsedMs) / halfLife);
}
