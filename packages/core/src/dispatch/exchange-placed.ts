import { tryPool } from "./choose.ts";
import { poolOf, type Decision, type Placed } from "./decision.ts";
import { barredModels } from "./held-back.ts";
import { put, unplace } from "./place.ts";
import { regretsOf, type Regret } from "./regret.ts";

/**
 * Lets jobs that this round has placed change pools with each other, two by two, where together
 * they regret less by it: who comes first takes the cards that suit him best, though another may
 * lose far more by not having them. Those that may move later only, by the same measure by which
 * runs move, so that what was stopped to change places does so.
 */
export function exchangePlaced(decision: Decision): void {
  const movable = decision.placed
    .map((one, at) => ({ at, shape: one.entry.shape }))
    .filter(({ shape }) => shape.preemptible && shape.cards.choose !== "first")
    .slice(0, lookedAt);
  for (const [i, { at }] of movable.entries()) {
    let best: { at: number; saved: number } | undefined;
    for (const other of movable.slice(i + 1)) {
      const saved = savedBy(decision, [at, other.at]);
      if (saved > (best?.saved ?? 0)) best = { at: other.at, saved };
    }
    if (best) exchange(decision, [at, best.at]);
  }
}

/** So many placements are compared with each other at most. */
const lookedAt = 200;

/** What both save each millisecond; 0 where they are in one pool or one of them may not go. */
function savedBy(decision: Decision, [a, b]: readonly [number, number]): number {
  const [one, other] = [decision.placed[a]!, decision.placed[b]!];
  if (one.choice.pool === other.choice.pool) return 0;
  const [here, there] = [regretIn(decision, one, one), regretIn(decision, one, other)];
  const [theirs, ours] = [regretIn(decision, other, other), regretIn(decision, other, one)];
  if (!here || !there || !theirs || !ours) return 0;
  return here.perMs + theirs.perMs - there.perMs - ours.perMs;
}

const regretIn = (decision: Decision, { entry }: Placed, { choice }: Placed): Regret | undefined =>
  regretsOf(decision, entry).get(choice.pool.now.id);

/** Both or neither: where one finds no room, or a quota keeps it, all stays as it was. */
function exchange(decision: Decision, [a, b]: readonly [number, number]): void {
  const [one, other] = [decision.placed[a]!, decision.placed[b]!];
  unplace(decision, one);
  unplace(decision, other);
  const first = placedIn(decision, one, other);
  if (first) put(decision, first, a);
  const second = first && placedIn(decision, other, one);
  if (second) {
    put(decision, second, b);
    return;
  }
  if (first) unplace(decision, first);
  put(decision, one, a);
  put(decision, other, b);
}

/** The first job where the second was placed. */
function placedIn(decision: Decision, one: Placed, { choice }: Placed): Placed | undefined {
  const { entry, job } = one;
  const { now } = choice.pool;
  if (barredModels(decision, entry, job).models.has(now.model.id)) return undefined;
  const { preferred } = regretsOf(decision, entry).get(now.id)!;
  const found = tryPool(decision, entry, { preferred, pool: poolOf(decision, now.id) });
  return found && { entry, job, choice: found };
}
