import { reshaped } from "../shape.ts";
import type { Shape, Snapshot } from "../snapshot.ts";
import type { Answer, Asked } from "./ask.ts";
import type { HelpChange } from "./help.ts";

/** A change that may help: worth a quote, and nothing before that. */
export interface Proposal {
  readonly change: HelpChange;
  /** Among changes of one code, smallest first: how much is changed, by that code's own measure. */
  readonly amount: number;
  /** It is only tried to see what would be: `narrow` says how much of it is needed. */
  readonly isProbe: boolean;
  apply(asked: Asked): Asked;
  /** Smaller changes that may do as well, from what came of this one; the smallest first. */
  readonly narrow: ((answer: Answer) => readonly Proposal[]) | null;
}

type Facts = HelpChange["facts"];

/** A change of the job alone. */
export function ofJob(
  code: HelpChange["code"],
  facts: Facts,
  at: {
    amount?: number;
    change: (shape: Shape) => Partial<Omit<Shape, "key" | "family">>;
    narrow?: Proposal["narrow"];
    isProbe?: boolean;
  },
): Proposal {
  const { amount = 0, narrow = null, isProbe = false } = at;
  return {
    change: { code, facts, by: "tenant" },
    amount,
    isProbe,
    apply: (asked) => ({ ...asked, shape: reshaped(asked.shape, at.change(asked.shape)) }),
    narrow,
  };
}

/**
 * A change that the operator makes. The same change of the same snapshot is the same snapshot
 * again, so that its region is laid out once however often it is asked about.
 */
export function ofRegion(
  code: HelpChange["code"],
  facts: Facts,
  at: { amount: number; change: (snapshot: Snapshot) => Snapshot },
): Proposal {
  const name = JSON.stringify([code, facts]);
  const apply = (asked: Asked): Asked => {
    const known = changed.get(asked.snapshot) ?? new Map<string, Snapshot>();
    changed.set(asked.snapshot, known);
    const snapshot = known.get(name) ?? at.change(asked.snapshot);
    known.set(name, snapshot);
    return { ...asked, snapshot };
  };
  const change = { code, facts, by: "operator" } as const;
  return { change, amount: at.amount, isProbe: false, apply, narrow: null };
}

/** Snapshots are values: what was made of one is kept beside it. */
const changed = new WeakMap<Snapshot, Map<string, Snapshot>>();
