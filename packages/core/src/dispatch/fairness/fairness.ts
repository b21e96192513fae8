import type { CardModelId, TenantId } from "../../units/index.ts";
import type { FairnessPolicy } from "../policy.ts";
import type { TenantNow } from "../snapshot.ts";
import { milli } from "./bound.ts";
import { openBooks, type Books, type CardsAsked, type Use } from "./books.ts";
import { checkFairness } from "./check-fairness.ts";
import { openLine, type Line } from "./line.ts";
import { borrows, excessOf, hasQuotaFor } from "./reclaim.ts";
import { refusal, type FairnessReason } from "./refusal.ts";
import { weightedShare, type Totals } from "./resources.ts";

/**
 * Who uses how much, who may use more, and whose turn it is. What it answers follows from what is
 * occupied now, from tenants and totals as they were last set, and from the policy; never from
 * how it came to be so. `release` therefore undoes `occupy` to the last bit, in any order.
 */
export interface Fairness {
  /** A run holds cards from now on. */
  occupy(tenant: TenantId, use: Use): void;
  /** @throws Error when the tenant does not hold so much: a bug of the caller */
  release(tenant: TenantId, use: Use): void;
  /** `occupy`, and one more job of its organisations has started within the hour. */
  place(tenant: TenantId, use: Use): void;
  /** Undoes `place`. */
  takeBack(tenant: TenantId, use: Use): void;
  /** Takes the place of what was known of it; its runs and starts by `place` stay counted. */
  setTenant(tenant: TenantId, now: TenantNow): void;
  setTotals(totals: Totals): void;

  /** The rule that forbids the tenant so many more cards in one start. */
  check(tenant: TenantId, asked: CardsAsked): FairnessReason | undefined;
  /** Whether its organisation's tenants hold more of the model's class than is their own. */
  isBorrowing(tenant: TenantId, model: CardModelId): boolean;
  /** Whether an organisation of it has so much and may ask for it back from those who borrow. */
  wouldBeWithinQuota(tenant: TenantId, asked: CardsAsked): boolean;
  /**
   * Who must give back so that `by` gets so many cards that runs of `from` hold: organisations,
   * each with how many cards of the model's class it holds beyond its own. No more is to be taken
   * of any; none are named where those runs may not be stopped for it.
   */
  borrowedBy(between: { by: TenantId; from: TenantId }, asked: CardsAsked): readonly Lent[];

  /** Its own dominant share with its past, 1 being all there is; to be shown, not to be summed. */
  shareOf(tenant: TenantId): number;
  /** @param tenants  each with since when it waits, in epoch milliseconds */
  lineUp(tenants: ReadonlyMap<TenantId, number>): Line;
}

/** An organisation, and how many cards of a class it holds beyond its own. */
export interface Lent {
  readonly organisation: string;
  readonly cards: number;
}

/**
 * @param tenants  what is known of them; one that is missing has no past and no quota of its own
 * @throws Error when `checkFairness` finds fault with the policy: it is to be refused before
 */
export function openFairness(opened: {
  policy: FairnessPolicy;
  tenants: ReadonlyMap<TenantId, TenantNow>;
  totals: Totals;
}): Fairness {
  refuseFaults(opened.policy);
  const books = openBooks(opened);
  for (const [tenant, now] of opened.tenants) books.setTenant(tenant, now);
  return { ...changes(books), ...answers(books) };
}

const changes = (books: Books) => ({
  occupy: (tenant: TenantId, use: Use) => books.add(tenant, use),
  release: (tenant: TenantId, use: Use) => books.subtract(tenant, use),
  place(tenant: TenantId, use: Use) {
    books.add(tenant, use);
    books.addStarts(tenant, 1);
  },
  takeBack(tenant: TenantId, use: Use) {
    books.subtract(tenant, use);
    books.addStarts(tenant, -1);
  },
  setTenant: books.setTenant,
  setTotals: books.setTotals,
});

function answers(books: Books): Omit<Fairness, keyof ReturnType<typeof changes>> {
  const { classes, tree, asked } = books;
  const { leafOf } = tree;
  return {
    check: (tenant, wish) => refusal(leafOf(tenant), asked(wish), books),
    isBorrowing: (tenant, model) => borrows(leafOf(tenant), classes.of(model)),
    wouldBeWithinQuota: (tenant, wish) => hasQuotaFor(leafOf(tenant), asked(wish)),
    borrowedBy: ({ by, from }, wish) =>
      excessOf({ by: leafOf(by), from: leafOf(from) }, asked(wish)).map((one) => ({
        organisation: one.branch.id,
        cards: one.milli / milli,
      })),
    shareOf: (tenant) => weightedShare(leafOf(tenant), books.whole) / 1e12,
    lineUp: (tenants) => openLine(books, tenants),
  };
}

function refuseFaults(policy: FairnessPolicy): void {
  const faults = checkFairness(policy).map(({ path, message }) => `${path}: ${message}`);
  if (faults.length > 0) throw new Error(`the fairness policy is at fault: ${faults.join("; ")}`);
}
