import type { DecidedInKind } from "../decision.ts";

/** R25: what of a further quantity a grant in kind covers; the rest is paid for. Whole units. */
export function drawInKind(
  { granted }: Pick<DecidedInKind, "granted">,
  { drawn, wanted }: { drawn: bigint; wanted: bigint },
): { covered: bigint; paid: bigint; left: bigint } {
  const open = granted > drawn ? granted - drawn : 0n;
  const covered = wanted < open ? wanted : open;
  return { covered, paid: wanted - covered, left: open - covered };
}
