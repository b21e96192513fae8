import {
  costOf,
  isBetter,
  openAsking,
  rankOf,
  type Answer,
  type Asked,
  type Asking,
} from "./ask.ts";
import { otherCards } from "./cards.ts";
import { grants } from "./grants.ts";
import { sizeOf, type Help, type HelpChange } from "./help.ts";
import { loosened } from "./loosen.ts";
import type { Proposal } from "./proposal.ts";
import { smaller } from "./smaller.ts";
import { otherTerms } from "./terms.ts";

/** Quotes in all, and so many of them before pairs are looked at. */
const mostQuotes = 30;
const quotesForOne = 22;
/** So many pairs are found at most. */
const mostPairs = 3;

/**
 * The smallest changes that would start a waiting job now or much sooner, or make an impossible one
 * possible. Each was tried: a quote says what it says with the change made. Like a quote it speaks
 * of the job as if it were alone in the queue, beside the starts that are promised to others. Pairs
 * only where no single change helps. None for a job that a quote starts now. At most 30 quotes.
 *
 * Those that start it now come first, then those that start it sooner, last those that make it
 * possible; among these the smallest by `sizeOf`, then by how much is changed. A change beside a
 * smaller one of the same code that does as well is left out.
 *
 * @param job  `tenant`: whose quotas count; null: nobody's. `promised`: the last plan's bookings
 *   for jobs that come before this one, none of its own
 */
export function whatHelps(
  job: Pick<Asked, "shape" | "tenant"> & Partial<Pick<Asked, "promised">>,
  snapshot: Asked["snapshot"],
): Help[] {
  const { shape, tenant, promised = [] } = job;
  const asking = openAsking(mostQuotes);
  const base = asking.ask({ shape, tenant, snapshot, promised })!;
  if (base.start?.kind === "now") return [];
  const trials = tryAll(asking, base, base, mostQuotes - quotesForOne);
  const single = trials.flatMap(({ found }) => found ?? []);
  const found = single.length > 0 ? single : pairs(asking, base, trials);
  return [...waiting(base), ...ordered(found).map((one) => helpOf(one, snapshot))].toSorted(
    (a, b) => rankOf(a.starts) - rankOf(b.starts),
  );
}

/** A change that was made, or two, and what came of it. */
interface Found {
  readonly proposals: readonly Proposal[];
  readonly answer: Answer;
}

interface Trial {
  readonly proposal: Proposal;
  readonly answer: Answer;
  /** Undefined where it does not help. */
  readonly found: Found | undefined;
}

const proposalsFor = (answer: Answer): Proposal[] =>
  [
    ...loosened(answer.asked),
    ...otherCards(answer.asked),
    ...otherTerms(answer),
    ...smaller(answer),
    ...grants(answer),
  ].toSorted(bySize);

/** Every change that comes in question after `from`, if it is better than `base`. */
function tryAll(asking: Asking, base: Answer, from: Answer, keep: number): Trial[] {
  const trials: Trial[] = [];
  for (const proposal of proposalsFor(from)) {
    if (asking.left() <= keep) break;
    const answer = asking.ask(proposal.apply(from.asked));
    if (!answer) break;
    trials.push({ proposal, answer, found: settle(asking, base, { proposal, answer, from }) });
  }
  return trials;
}

/** The change if it helps, or the smallest part of it that does as well. */
function settle(
  asking: Asking,
  base: Answer,
  tried: { proposal: Proposal; answer: Answer; from: Answer },
): Found | undefined {
  const { proposal, answer, from } = tried;
  const helps = isBetter(answer.start, base.start, base.asked.snapshot);
  if (!helps && answer.start === null) return undefined;
  for (const narrower of proposal.narrow?.(answer) ?? []) {
    const next = asking.ask(narrower.apply(from.asked));
    if (!next) break;
    const asGood = rankOf(next.start) <= rankOf(answer.start);
    const found = asGood
      ? settle(asking, base, { proposal: narrower, answer: next, from })
      : undefined;
    if (found) return found;
  }
  return helps && !proposal.isProbe ? { proposals: [proposal], answer } : undefined;
}

/**
 * Two changes: what is proposed once the first was made. Those that changed what holds the job
 * back come first, since only they bring something new to light.
 */
function pairs(asking: Asking, base: Answer, trials: readonly Trial[]): Found[] {
  const found: Found[] = [];
  const tried = new Set<string>();
  const before = obstacles(base);
  const inOrder = trials.toSorted(
    (a, b) => Number(obstacles(a.answer) === before) - Number(obstacles(b.answer) === before),
  );
  for (const { proposal: first, answer } of inOrder) {
    for (const second of proposalsFor(answer)) {
      if (found.length === mostPairs) return found;
      const names = [first, second].map(({ change }) => JSON.stringify(change)).toSorted();
      if (tried.has(names.join()) || isSameKind(first, second)) continue;
      tried.add(names.join());
      const both = asking.ask(second.apply(answer.asked));
      if (!both) return found;
      const pair = settlePair(asking, base, { first, second, both, answer });
      if (pair) found.push(pair);
    }
  }
  return found;
}

/** What keeps it from starting, pool by pool. */
const obstacles = ({ quoted: { candidates, why } }: Answer): string =>
  JSON.stringify([why, ...candidates.map(({ pool, reason }) => [pool.id, reason])]);

/** Two of one code are one change, but for quotas of two organisations. */
const isSameKind = ({ change: a }: Proposal, { change: b }: Proposal) =>
  a.code === b.code && (a.code !== "larger-quota" || a.facts.organisation === b.facts.organisation);

function settlePair(
  asking: Asking,
  base: Answer,
  tried: { first: Proposal; second: Proposal; both: Answer; answer: Answer },
): Found | undefined {
  const { first, second, both, answer } = tried;
  const beside = settle(asking, base, { proposal: second, answer: both, from: answer });
  const [small] = beside?.proposals ?? [];
  if (!beside || !small) return undefined;
  // The first is narrowed last, in the question that the second has already changed.
  const from = { ...base, asked: small.apply(base.asked) };
  const other = settle(asking, base, { proposal: first, answer: beside.answer, from });
  return other && { proposals: [...other.proposals, small].toSorted(bySize), answer: other.answer };
}

const bySize = (a: Proposal, b: Proposal) =>
  sizeOf(a.change.code) - sizeOf(b.change.code) ||
  a.amount - b.amount ||
  compareText(JSON.stringify(a.change.facts), JSON.stringify(b.change.facts));

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** By start, then by size; of one code only those that are larger for a better start. */
function ordered(found: readonly Found[]): Found[] {
  const sorted = found.toSorted(
    (a, b) =>
      rankOf(a.answer.start) - rankOf(b.answer.start) ||
      bySize(a.proposals.at(-1)!, b.proposals.at(-1)!) ||
      bySize(a.proposals[0]!, b.proposals[0]!),
  );
  const told = new Set<string>();
  return sorted.filter(({ proposals }) => {
    const key = proposals.map(({ change }) => nameOf(change)).join(" ");
    const isNew = !told.has(key);
    told.add(key);
    return isNew;
  });
}

/** Other models are other helps; of all else one is enough. */
const nameOf = ({ code, facts }: HelpChange) =>
  code === "other-model" ? `${code} ${facts.model}` : code;

function helpOf({ proposals, answer }: Found, before: Asked["snapshot"]): Help {
  const { shape, snapshot } = answer.asked;
  const { policy, tenants } = snapshot;
  return {
    changes: proposals.map(({ change }) => change),
    starts: answer.start!,
    cost: costOf(answer),
    shape,
    region: snapshot === before ? null : { policy, tenants },
  };
}

/** What is promised already. */
function waiting(base: Answer): Help[] {
  if (base.start?.kind !== "at") return [];
  const changes = [{ code: "wait", facts: {}, by: "tenant" }] as const;
  const { shape } = base.asked;
  return [{ changes, starts: base.start, cost: costOf(base), shape, region: null }];
}
