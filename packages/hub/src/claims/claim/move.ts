import {
  isFinalClaim,
  moveClaim,
  type ClaimMove,
  type ClaimState,
  type Mover,
} from "@wadi/core/vouchers";

import { Refused } from "../../refused.ts";
import type { AuditEntry } from "../../tenants/index.ts";
import type { StoredClaim } from "./store.ts";

/** Who makes a move, and when; `by` null: the hub itself. */
export interface Making {
  readonly move: ClaimMove;
  readonly as: Mover;
  readonly at: Temporal.Instant;
  readonly by: AuditEntry["by"] | null;
  readonly facts?: Readonly<Record<string, unknown>>;
}

/**
 * Moves a claim along core's table and notes that it happened; the caller saves the claim.
 * @throws Refused `wrong-state` where the table has no such move
 */
export function make(claim: StoredClaim, { move, as, at, by, facts = {} }: Making): StoredClaim {
  const to = nextState(claim, { move, as });
  const key = by?.signer.key ?? null;
  const event = { at, by: key, action: move, from: claim.state, to, facts };
  return { ...claim, state: to, happened: [...claim.happened, event] };
}

/** @throws Refused `wrong-state` */
export function nextState(
  claim: Pick<StoredClaim, "id" | "state">,
  { move, as }: { move: ClaimMove; as: Mover },
): ClaimState {
  const from = claim.state as ClaimState;
  const to = moveClaim(from, { move, by: as });
  if (to !== null) return to;
  const over = isFinalClaim(from) ? "; nothing more happens to it" : "";
  const detail = `claim ${claim.id} is ${from} and cannot be moved by "${move}"${over}`;
  throw new Refused("wrong-state", { state: from, move }, detail);
}
