import type { DayWindow } from "./lifecycle.ts";

/** R43: which version of a programme a claim is judged by. */
export interface Version {
  /** 1, 2, 3 …; every version is kept. */
  readonly number: number;
  /** Inclusive; the last one may be open at its end. */
  readonly inForce: Pick<DayWindow, "from"> & { readonly until: Temporal.PlainDate | null };
  /** The day that must lie in `inForce`. */
  readonly decidedBy: "signed" | "applied" | "redeemed";
  /** Open claims of the versions before: they stay under theirs, or are redeemed by this one. */
  readonly openClaims: "stay" | "follow";
}
