import type { TenantId } from "../../units/index.ts";
import type { FairnessPolicy } from "../policy.ts";

/** One of the tree: the region (its root), an organisation, or a tenant. */
export type Sharer = Branch | Leaf;

interface Shared {
  /** Its number in the tree; the root's is 0. */
  readonly index: number;
  readonly weight: number;
  /** What it and all below it hold, by resource as numbered in resources.ts. Whole numbers. */
  readonly used: number[];
  /** Card-seconds that it and all below it used before, decayed. Whole. */
  past: number;
}

/** The root, or an organisation. */
export interface Branch extends Shared {
  readonly kind: "branch";
  /** Empty for the root. */
  readonly id: string;
  /** Undefined for the root. */
  readonly parent: Branch | undefined;
  /** By card class; those that no quota names and nobody has used yet are missing. */
  readonly bounds: (Bound | undefined)[];
  readonly startsPerHour: number | null;
  /** Jobs of it and all below it that started within the last hour. */
  started: number;
}

/**
 * What one branch has of one card class, in thousandths of a card. Whatever runs came and went in
 * whichever order, `direct` and `inUse` follow from what runs now alone.
 */
export interface Bound {
  /** Its own nominal. */
  own: number;
  /** Its own and that of all below it. */
  total: number;
  /** `total` less what branches below it keep to themselves. */
  shared: number;
  /** Of `shared`: what it does not lend, and keeps to itself and those below it. */
  kept: number;
  /** How much more than `shared` it may use; Infinity: no bound. */
  borrow: number;
  /** What its own tenants use. */
  direct: number;
  /** `direct`, and what each branch below uses beyond what that one keeps. */
  inUse: number;
}

/** A tenant. */
export interface Leaf extends Shared {
  readonly kind: "leaf";
  readonly id: TenantId;
  readonly parent: Branch;
  /** Cards of all models together, in thousandths. */
  cards: number;
  cardQuota: number | null;
  startedLately: number;
}

export interface Tree {
  readonly root: Branch;
  /** Parents before their children; without the root. */
  readonly organisations: readonly Branch[];
  /** A tenant met for the first time is hung where the policy has it; else on the root. */
  leafOf(tenant: TenantId): Leaf;
  /** How many sharers there are by now. */
  size(): number;
}

/** The tree of a policy that `checkFairness` finds no fault with. Nobody in it uses anything. */
export function openTree({ organisations }: Pick<FairnessPolicy, "organisations">): Tree {
  let size = 0;
  const shared = (weight: number): Shared => ({ index: size++, weight, used: [], past: 0 });
  const branch = (facts: Pick<Branch, "id" | "parent" | "weight" | "startsPerHour">): Branch => ({
    ...shared(facts.weight),
    ...facts,
    kind: "branch",
    bounds: [],
    started: 0,
  });
  const root = branch({ id: "", parent: undefined, weight: 1, startsPerHour: null });
  const byId = new Map(organisations.map((organisation) => [organisation.id, organisation]));
  const branches = new Map<string, Branch>();
  const homes = new Map<TenantId, Branch>();
  const leaves = new Map<TenantId, Leaf>();

  const branchOf = (id: string | null): Branch => {
    if (id === null) return root;
    const known = branches.get(id);
    if (known) return known;
    const { parent, weight, startsPerHour, tenants } = byId.get(id)!;
    const made = branch({ id, parent: branchOf(parent), weight, startsPerHour });
    branches.set(id, made);
    for (const tenant of tenants) homes.set(tenant, made);
    return made;
  };
  for (const { id } of organisations) branchOf(id);

  return {
    root,
    organisations: [...branches.values()],
    leafOf(tenant) {
      const known = leaves.get(tenant);
      if (known) return known;
      const parent = homes.get(tenant) ?? root;
      const facts = { kind: "leaf", cards: 0, cardQuota: null, startedLately: 0 } as const;
      const leaf: Leaf = { ...shared(1), ...facts, id: tenant, parent };
      leaves.set(tenant, leaf);
      return leaf;
    },
    size: () => size,
  };
}
