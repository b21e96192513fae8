import { boundOf, staysWithin, stepsUp, type Asked } from "./bound.ts";
import type { Branch, Leaf } from "./tree.ts";

/**
 * Whether its organisation's own tenants use more of the class than is its own: they hold what
 * somebody else has, or nobody. Those who hang on the root have nothing of their own.
 */
export function borrows({ parent }: Leaf, cardClass: number): boolean {
  const { direct, own } = boundOf(parent, cardClass);
  return direct > own;
}

/**
 * Whether an organisation on its way up has what is asked for and so may ask for it back from
 * those outside who borrow it.
 */
export const hasQuotaFor = (leaf: Leaf, asked: Asked): boolean =>
  stepsUp(leaf, asked).some((step) => step.branch.parent !== undefined && staysWithin(step));

/** A branch that must give back, and by how much it is beyond its own, in thousandths of a card. */
export interface Excess {
  readonly branch: Branch;
  readonly milli: number;
}

/**
 * Who must give back so that `by` gets what is asked for of what runs of `from` hold, from their
 * organisation up; nobody where those runs may not be stopped. The two sides meet in one branch. On
 * the side of `by`, what hangs on that branch stays within its quota; on the side of `from`, all
 * that leads up to it is beyond its own.
 */
export function excessOf({ by, from }: { by: Leaf; from: Leaf }, asked: Asked): readonly Excess[] {
  if (!borrows(from, asked.cardClass)) return [];
  const above = new Set<Branch>();
  for (let at: Branch | undefined = from.parent; at; at = at.parent) above.add(at);
  const steps = stepsUp(by, asked);
  const meet = steps.findIndex(({ branch }) => above.has(branch));
  const claims = steps[meet - 1];
  if (!claims || !staysWithin(claims)) return [];

  const found: Excess[] = [];
  for (let at = from.parent; at !== steps[meet]!.branch; at = at.parent!) {
    const { direct, own, inUse, shared } = boundOf(at, asked.cardClass);
    if (inUse <= shared) return [];
    const beyond = at === from.parent ? Math.min(direct - own, inUse - shared) : inUse - shared;
    found.push({ branch: at, milli: beyond });
  }
  // Those who hang on the branch where both meet have nothing of their own: all of it is lent.
  const { direct, own } = boundOf(from.parent, asked.cardClass);
  return found.length > 0 ? found : [{ branch: from.parent, milli: direct - own }];
}
