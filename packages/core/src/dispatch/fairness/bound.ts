import type { Organisation } from "../policy.ts";
import type { CardClasses } from "./card-classes.ts";
import type { Bound, Branch, Leaf, Tree } from "./tree.ts";

/** Thousandths of a card. */
export const milli = 1000;

/** A branch without a quota for the class adds no bound: it lends all and borrows freely. */
export function boundOf(branch: Branch, cardClass: number): Bound {
  const known = branch.bounds[cardClass];
  if (known) return known;
  const none = { own: 0, total: 0, shared: 0, kept: 0, direct: 0, inUse: 0 };
  return (branch.bounds[cardClass] = { ...none, borrow: Infinity });
}

/** Gives the branches of the tree the quotas of their organisations. */
export function setQuotas(
  tree: Tree,
  { organisations, classes }: { organisations: readonly Organisation[]; classes: CardClasses },
): void {
  const quotas = new Map(organisations.map(({ id, quotas: own }) => [id, own]));
  // Children before their parents: what a branch shares is whole before it is passed up.
  for (const branch of tree.organisations.toReversed()) {
    for (const { cards, nominal, borrow, lend } of quotas.get(branch.id)!) {
      const bound = boundOf(branch, classes.named(cards));
      bound.own = nominal * milli;
      bound.total += bound.own;
      bound.shared += bound.own;
      bound.borrow = borrow === null ? Infinity : borrow * milli;
      bound.kept = lend === null ? 0 : Math.max(0, bound.shared - lend * milli);
    }
    for (const [cardClass, bound] of branch.bounds.entries()) {
      if (!bound) continue;
      const above = boundOf(branch.parent!, cardClass);
      above.total += bound.total;
      above.shared += bound.shared - bound.kept;
    }
  }
}

/** Adds to what a tenant uses of a class; a negative change takes away. */
export function use(
  { parent }: Leaf,
  { cardClass, change }: { cardClass: number; change: number },
): void {
  boundOf(parent, cardClass).direct += change;
  let passed = change;
  for (let at: Branch | undefined = parent; at && passed !== 0; at = at.parent) {
    const bound = boundOf(at, cardClass);
    const before = beyondKept(bound);
    bound.inUse += passed;
    passed = beyondKept(bound) - before;
  }
}

/** More cards of one class, in thousandths. */
export interface Asked {
  readonly cardClass: number;
  readonly needed: number;
}

/** What one branch on the way up would have to give. */
export interface Step {
  readonly branch: Branch;
  readonly bound: Bound;
  /** Of what is needed: what those below it do not have kept for themselves. */
  readonly passed: number;
}

/**
 * The tenant's branches up to the root. Each gives of what it keeps to itself and asks the one
 * above it for the rest only, so that nobody above has a say in what is kept for just this use.
 */
export function stepsUp({ parent }: Leaf, { cardClass, needed }: Asked): Step[] {
  const steps: Step[] = [];
  let passed = needed;
  for (let branch: Branch | undefined = parent; branch; branch = branch.parent) {
    const bound = boundOf(branch, cardClass);
    steps.push({ branch, bound, passed });
    passed = Math.max(0, bound.inUse + passed - bound.kept) - beyondKept(bound);
  }
  return steps;
}

/** Whether it would use no more than it and those below it have and do not keep. */
export const staysWithin = ({ bound, passed }: Step) => bound.inUse + passed <= bound.shared;

/** What branches below it keep and do not use; `used` is all that runs at it and below. */
export const idleKept = ({ total, shared, inUse }: Bound, used: number) =>
  total - shared - (used - inUse);

const beyondKept = ({ inUse, kept }: Bound) => Math.max(0, inUse - kept);
