import type { Case } from "../case.ts";
import { overlay, type Counters } from "../counters.ts";
import type { Decision, Touched } from "../decision.ts";

/** Counters for claims that are decided one after the other. */
export interface InTurn {
  readonly counters: Counters;
  /**
   * To be called before a claim is decided: what the one before it for the same contract had
   * counted, and was refused, is given back, because a contract counts once.
   * @returns the claim that gave back; null: there is none
   */
  readonly makeWay: (one: ContractOf) => string | null;
  readonly take: (one: ContractOf, decision: Pick<Decision, "outcome" | "touched">) => void;
}

type ContractOf = Pick<Case, "claim" | "applicant" | "contract">;

/** Counters with what decisions took since; the ones below are left as they are. */
export function spendOnce(below: Counters): InTurn {
  const { counters, add } = overlay(below);
  const refused = new Map<string, { claim: string; touched: readonly Touched[] }>();
  return {
    counters,
    makeWay: (one) => {
      const name = nameOf(one);
      const before = refused.get(name);
      if (before === undefined) return null;
      refused.delete(name);
      add(before.touched.map(({ key, by }) => ({ key, by: -by })));
      return before.claim;
    },
    take: (one, { outcome, touched }) => {
      add(touched);
      if (outcome !== "refused" || touched.every(({ by }) => by === 0n)) return;
      refused.set(nameOf(one), { claim: one.claim, touched });
    },
  };
}

const nameOf = ({ applicant, contract }: ContractOf) => JSON.stringify([applicant, contract]);
