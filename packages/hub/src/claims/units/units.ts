import type { Decision, InKindUnit, Progress } from "@wadi/core/vouchers";
import type { ClaimId } from "@wadi/protocol";

/** What happens to units that a claim was granted in kind; the migration says what each does. */
export type UnitMoveKind = "grant" | "draw" | "release" | "expire" | "claw-back";

/** Card-hours or tokens of one part of a claim that moved. */
export interface UnitMove {
  /** Names what happened for ever: it moves units once. */
  readonly fact: string;
  readonly part: string;
  readonly unit: InKindUnit;
  readonly kind: UnitMoveKind;
  readonly quantity: bigint;
  readonly at: Temporal.Instant;
}

/** The moves of one thing that happened to a claim; of what is 0 none is made. */
export const unitMoves = (
  what: Pick<UnitMove, "fact" | "kind" | "at">,
  units: readonly {
    readonly code: string;
    readonly unit: InKindUnit;
    readonly quantity: bigint;
  }[],
): UnitMove[] =>
  units
    .filter(({ quantity }) => quantity > 0n)
    .map(({ code, unit, quantity }) => {
      return { ...what, fact: `${what.fact}/${code}`, part: code, unit, quantity };
    });

/** What a decision granted in kind. */
export const grantMoves = (
  { id }: { readonly id: ClaimId },
  { decision: { inKind }, at }: { decision: Pick<Decision, "inKind">; at: Temporal.Instant },
): UnitMove[] =>
  unitMoves(
    { fact: `claim/${id}/grant`, kind: "grant", at },
    inKind.map(({ code, unit, granted }) => ({ code, unit, quantity: granted })),
  );

/** A claim's voucher in kind, part by part, as it stands. */
export const unitsOf = (decision: Pick<Decision, "inKind">, { drawn, givenBack }: Progress) =>
  decision.inKind.map(({ code, unit, granted }) => {
    const [used, back] = [drawn[code] ?? 0n, givenBack[code] ?? 0n];
    return { part: code, unit, granted, drawn: used, released: back, open: granted - used - back };
  });
