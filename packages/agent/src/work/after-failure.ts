import { ApiProblem } from "@wadi/protocol";

/** What becomes of the link after a sync that failed. */
export type AfterFailure =
  /** Again, after so long. `isTheirs`: the hub has taken offence at what this agent sends. */
  | { readonly kind: "again"; readonly waitMs: number; readonly isTheirs: boolean }
  /** The same with less at a time. */
  | { readonly kind: "less"; readonly waitMs: number }
  /** The hub does not know the journal: begin another. */
  | { readonly kind: "new-journal" }
  /** This agent is no longer its centre's. */
  | { readonly kind: "replaced" }
  /** The hub does not know this agent. */
  | { readonly kind: "not-known" };

const firstWaitMs = 250;
const longestWaitMs = 5000;
/** A refusal of the request as such: only a change of the hub or of this agent can help. */
const refusedMs = 30_000;

/** @param failures  in a row, this one included */
export function afterFailure(
  error: unknown,
  { failures, chance }: { failures: number; chance: () => number },
): AfterFailure {
  const waitMs = backoffMs(failures, chance);
  if (!(error instanceof ApiProblem)) return { kind: "again", waitMs, isTheirs: false };
  const { code, status } = error;
  if (code === "agent-replaced") return { kind: "replaced" };
  if (code === "journal-unknown") return { kind: "new-journal" };
  if (status === 401) return { kind: "not-known" };
  if (status === 413) return { kind: "less", waitMs };
  const mayPass = status >= 500 || status === 429 || status === 408;
  return { kind: "again", waitMs: mayPass ? waitMs : refusedMs, isTheirs: !mayPass };
}

/** Twice as long each time, up to a bound, and half of it by chance. */
export function backoffMs(failures: number, chance: () => number): number {
  const grown = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 10));
  return grown * (0.5 + 0.5 * chance());
}
