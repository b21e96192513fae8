import type { CardModelId, Mebibytes, MilliCores, TenantId } from "../../units/index.ts";
import type { FairnessPolicy } from "../policy.ts";
import type { TenantNow } from "../snapshot.ts";
import { milli, setQuotas, use, type Asked } from "./bound.ts";
import { openCardClasses, type CardClasses } from "./card-classes.ts";
import {
  cardsNumber,
  cpuNumber,
  memoryNumber,
  wholeOf,
  type Totals,
  type Whole,
} from "./resources.ts";
import { openTree, type Branch, type Leaf, type Sharer, type Tree } from "./tree.ts";

/** Cards of one model for one tenant. */
export interface CardsAsked {
  readonly model: CardModelId;
  /** Of all replicas together. */
  readonly cards: number;
  /** Of each card, in thousandths; left out: whole cards. */
  readonly share?: number;
}

/** What one run holds, all its replicas together. */
export interface Use extends CardsAsked {
  readonly share: number;
  readonly cpu: MilliCores;
  readonly memory: Mebibytes;
}

/** Who holds what. Each change costs the depth of the tree. */
export interface Books {
  readonly tree: Tree;
  readonly classes: CardClasses;
  readonly whole: Whole;
  /** Tenants whose use or past has changed since `epoch` began, oldest first. */
  readonly touched: readonly Leaf[];
  /** Another number: any share may have changed, and `touched` was begun anew. */
  readonly epoch: number;
  asked(wish: CardsAsked): Asked;
  add(tenant: TenantId, held: Use): void;
  /** @throws Error when the tenant holds less */
  subtract(tenant: TenantId, held: Use): void;
  addStarts(tenant: TenantId, change: number): void;
  setTenant(tenant: TenantId, now: TenantNow): void;
  setTotals(totals: Totals): void;
}

/** Books in which nobody holds anything yet. */
export function openBooks({ policy, totals }: { policy: FairnessPolicy; totals: Totals }): Books {
  const classes = openCardClasses(policy);
  const tree = openTree(policy);
  setQuotas(tree, { organisations: policy.organisations, classes });
  let whole = wholeOf(totals, { policy, classes });
  let touched: Leaf[] = [];
  let epoch = 0;

  const begin = () => {
    touched = [];
    epoch += 1;
  };
  const touch = (leaf: Leaf) => {
    // A line that has missed so many changes is sooner built anew than brought up to date.
    if (touched.length > tree.size()) begin();
    touched.push(leaf);
  };
  const asked = ({ model, cards, share = milli }: CardsAsked): Asked => ({
    cardClass: classes.of(model),
    needed: cards * share,
  });
  const change = (tenant: TenantId, held: Use, sign: 1 | -1) => {
    const leaf = tree.leafOf(tenant);
    addUse(leaf, { ...asked(held), cpu: held.cpu, memory: held.memory, sign });
    touch(leaf);
  };
  return {
    tree,
    classes,
    get whole() {
      return whole;
    },
    get touched() {
      return touched;
    },
    get epoch() {
      return epoch;
    },
    asked,
    add: (tenant, held) => change(tenant, held, 1),
    subtract: (tenant, held) => change(tenant, held, -1),
    addStarts: (tenant, starts) => addStarts(tree.leafOf(tenant), starts),
    setTenant(tenant, now) {
      const leaf = tree.leafOf(tenant);
      addStarts(leaf, now.startedLately - leaf.startedLately);
      addPast(leaf, Math.round(now.pastCardSeconds) - leaf.past);
      leaf.startedLately = now.startedLately;
      leaf.cardQuota = now.cardQuota;
      touch(leaf);
    },
    setTotals(now) {
      whole = wholeOf(now, { policy, classes });
      begin();
    },
  };
}

function addUse(
  leaf: Leaf,
  held: Asked & { cpu: MilliCores; memory: Mebibytes; sign: 1 | -1 },
): void {
  const { cardClass, needed, cpu, memory, sign } = held;
  const number = cardsNumber(cardClass);
  if ((leaf.used[number] ?? 0) + sign * needed < 0) {
    throw new Error(`${leaf.id} gives back ${needed} thousandths of a card and holds fewer`);
  }
  leaf.cards += sign * needed;
  use(leaf, { cardClass, change: sign * needed });
  for (let at: Sharer | undefined = leaf; at; at = at.parent) {
    at.used[number] = (at.used[number] ?? 0) + sign * needed;
    at.used[cpuNumber] = (at.used[cpuNumber] ?? 0) + sign * cpu;
    at.used[memoryNumber] = (at.used[memoryNumber] ?? 0) + sign * memory;
  }
}

function addStarts({ parent }: Leaf, change: number): void {
  for (let at: Branch | undefined = parent; at; at = at.parent) at.started += change;
}

function addPast(leaf: Leaf, change: number): void {
  for (let at: Sharer | undefined = leaf; at; at = at.parent) at.past += change;
}
