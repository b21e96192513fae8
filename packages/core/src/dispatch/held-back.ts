import type { Reason } from "./reason.ts";
import type { ArrayNow, Shape, TenantNow } from "./snapshot.ts";

/** What rules of its own side say of a job, whatever room there is. */
export interface OwnSide {
  /** The fewest cards it could start with. */
  readonly needed: number;
  readonly tenant: TenantNow | undefined;
  /** Its array, where that has a bound. */
  readonly array: ArrayNow | undefined;
}

/** The rule that keeps a job from starting now: its tenant's quota, or its array's bound. */
export function heldBack({ needed, tenant, array }: OwnSide): Reason | undefined {
  const { cardsInUse: inUse, cardQuota: quota } = tenant ?? { cardsInUse: 0, cardQuota: null };
  if (quota !== null && inUse + needed > quota) {
    return { code: "tenant-quota", facts: { inUse, quota, needed } };
  }
  if (array && array.running >= array.parallel) {
    return { code: "array-bound", facts: { ...array } };
  }
  return undefined;
}

/** The fewest cards that a job of the shape holds, on whichever card it runs. */
export const leastCards = ({ cards, replicas }: Pick<Shape, "cards" | "replicas">) =>
  replicas * Math.min(...cards.options.map(({ count }) => count));
