import type { Reason } from "../reason.ts";
import { idleKept, milli, staysWithin, stepsUp, type Asked, type Step } from "./bound.ts";
import type { CardClasses } from "./card-classes.ts";
import { cardsNumber, type Whole } from "./resources.ts";
import type { fairnessSentences } from "./sentences.ts";
import type { Branch, Leaf } from "./tree.ts";

/** A rule of the tenant's own side that forbids a start, whatever room there is. */
export interface FairnessReason {
  readonly code: "tenant-quota" | keyof typeof fairnessSentences;
  readonly facts: Reason["facts"];
}

interface Region {
  readonly whole: Whole;
  readonly classes: CardClasses;
}

/** The first that forbids: the tenant's own quota, quotas from its side up, starts in an hour. */
export function refusal(leaf: Leaf, asked: Asked, region: Region): FairnessReason | undefined {
  return overOwnQuota(leaf, asked) ?? overQuotas(leaf, asked, region) ?? overStarts(leaf);
}

function overOwnQuota({ cards, cardQuota }: Leaf, { needed }: Asked): FairnessReason | undefined {
  if (cardQuota === null || cards + needed <= cardQuota * milli) return undefined;
  const facts = { inUse: cards / milli, quota: cardQuota, needed: needed / milli };
  return { code: "tenant-quota", facts };
}

function overQuotas(leaf: Leaf, asked: Asked, region: Region): FairnessReason | undefined {
  const steps = stepsUp(leaf, asked);
  const at = steps.findIndex(
    (step) => step.passed > 0 && step.passed > freeAt(step, asked, region),
  );
  const full = steps[at];
  if (!full) return undefined;
  const below = steps[at - 1];
  if (below && staysWithin(below)) {
    const given = asked.needed - full.passed + Math.max(0, freeAt(full, asked, region));
    return quotaTaken(below, { ...asked, ...region, given });
  }
  return full.branch.parent
    ? overQuota(full, { ...asked, ...region })
    : cardsKept(full, { ...asked, ...region });
}

/**
 * What a branch may still give, in thousandths. The root has no quota: only what organisations
 * keep for themselves bounds it, and what there is in the region.
 */
function freeAt({ branch, bound }: Step, { cardClass }: Asked, { whole }: Region): number {
  if (branch.parent) return bound.shared + bound.borrow - bound.inUse;
  const used = usedOf(branch, cardClass);
  const kept = idleKept(bound, used);
  return kept === 0 ? Infinity : totalOf(whole, cardClass) - used - kept;
}

function overQuota({ branch, bound, passed }: Step, asked: Asked & Region): FairnessReason {
  const { cardClass, needed, classes } = asked;
  const used = usedOf(branch, cardClass);
  const facts = {
    organisation: branch.id,
    class: classes.name(cardClass),
    inUse: used / milli,
    nominal: bound.total / milli,
    // Without what the tenant's own side keeps and would use for this.
    kept: (idleKept(bound, used) - (needed - passed)) / milli,
    borrowed: Math.max(0, bound.inUse - bound.shared) / milli,
    borrow: bound.borrow / milli,
    needed: needed / milli,
  };
  return { code: "organisation-quota", facts };
}

function cardsKept({ branch, bound, passed }: Step, asked: Asked & Region): FairnessReason {
  const { cardClass, needed, classes, whole } = asked;
  const used = usedOf(branch, cardClass);
  const facts = {
    class: classes.name(cardClass),
    total: totalOf(whole, cardClass) / milli,
    inUse: used / milli,
    kept: (idleKept(bound, used) - (needed - passed)) / milli,
    needed: needed / milli,
  };
  return { code: "cards-kept", facts };
}

/**
 * The organisation asks for no more than it has, but of that only `given` can be had: the rest it
 * may ask for back.
 */
function quotaTaken(
  { branch, bound }: Step,
  { cardClass, needed, classes, given }: Asked & Region & { given: number },
): FairnessReason {
  const used = usedOf(branch, cardClass);
  const facts = {
    organisation: branch.id,
    class: classes.name(cardClass),
    inUse: used / milli,
    nominal: bound.total / milli,
    taken: (bound.total - used - given) / milli,
    needed: needed / milli,
  };
  return { code: "quota-taken", facts };
}

function overStarts({ parent }: Leaf): FairnessReason | undefined {
  for (let at: Branch | undefined = parent; at; at = at.parent) {
    const { id: organisation, started, startsPerHour } = at;
    if (startsPerHour === null || started < startsPerHour) continue;
    return { code: "organisation-starts", facts: { organisation, started, startsPerHour } };
  }
  return undefined;
}

const usedOf = ({ used }: Branch, cardClass: number) => used[cardsNumber(cardClass)] ?? 0;

const totalOf = ({ totals }: Whole, cardClass: number) => totals[cardsNumber(cardClass)] ?? 0;
