import { waitingWorth } from "./cost.ts";
import { closedNow, poolOf, type Decision } from "./decision.ts";
import { lossOf, lostMs } from "./lost-work.ts";
import { regretsOf, type Regret } from "./regret.ts";
import type { Need, RunNow } from "./snapshot.ts";
import { runningShape, useOf, type PoolState, type WaitingShape } from "./state.ts";

/** A run and another pool that it might go to. */
interface Wish {
  readonly run: RunNow;
  readonly from: PoolState;
  readonly to: PoolState;
  readonly there: Regret;
  /** What each millisecond saves from then on; below 0 where it would cost more. */
  readonly savesPerMs: number;
  /** How long it would have to run there. */
  readonly leftMs: number;
  /** What it loses by it once: work done twice, its data brought anew; micro-yuan. */
  readonly loss: number;
}

interface Exchange {
  readonly wishes: readonly [Wish, Wish];
  readonly savesPerMs: number;
}

/**
 * Stops pairs of preemptible runs that hold alike in two pools, where together they save so much by
 * having each other's cards, what they lose by it taken off, that the policy lets them move. Both
 * are placed anew by a later round. Pools that somebody waits for are left alone: who waits there
 * would have the cards first.
 */
export function exchangeRuns(decision: Decision, runs: readonly RunNow[]): void {
  const { moves, runsPerHour } = decision.state.policy.preemption;
  const { preemptions, state, victims } = decision;
  const found = wishesOf(decision, runs).flatMap((both) => pairsOf(both, Number(moves)));
  const best = found.toSorted(
    (a, b) => b.savesPerMs - a.savesPerMs || (a.wishes[0].run.job < b.wishes[0].run.job ? -1 : 1),
  );
  for (const { wishes } of best) {
    if (preemptions.length + state.preemptedLately + 2 > runsPerHour) return;
    if (wishes.some(({ run }) => victims.has(run.job)) || !mayHold(decision, wishes)) continue;
    for (const { run, from } of wishes) {
      victims.add(run.job);
      preemptions.push({
        ...{ job: run.job, pool: from.now.id, for: run.job, rule: "moved" },
        cards: run.need.cards * run.shape.replicas,
        loss: lossOf(from, run, decision.nowMs),
      });
    }
  }
}

/** Of two pools, those who would go one way and those who would go the other. */
type Ways = readonly [Wish[], Wish[]];

/** Runs that may change places with each other: those who hold alike here and there. */
function wishesOf(decision: Decision, runs: readonly RunNow[]): Ways[] {
  const { state } = decision;
  const numberOf = new Map(state.inOrder.map((pool, i) => [pool, i]));
  const holdings = new Map<number, number>();
  const numberIn = ({ cards }: Need, replicas: number) => {
    const held = replicas * cardsMost + cards;
    const known = holdings.get(held) ?? holdings.size;
    holdings.set(held, known);
    return known;
  };
  const wished = new Map<number, Ways>();
  for (const wish of eachWish(decision, runs)) {
    const { run, from, to, there } = wish;
    const { replicas } = run.shape;
    const ends = [numberOf.get(from)!, numberOf.get(to)!] as const;
    const held = numberIn(run.need, replicas);
    const wanted = numberIn(there.preferred.judged.need, replicas);
    if (Math.max(held, wanted) >= holdingsMost) continue;
    const isUp = ends[0] < ends[1];
    const [low, high] = isUp ? [held, wanted] : [wanted, held];
    const between = Math.min(...ends) * numberOf.size + Math.max(...ends);
    const key = (between * holdingsMost + low) * holdingsMost + high;
    const ways = wished.get(key) ?? [[], []];
    wished.set(key, ways);
    ways[isUp ? 0 : 1].push(wish);
  }
  return [...wished.values()].filter(([up, down]) => up.length > 0 && down.length > 0);
}

/** More than one replica ever takes. */
const cardsMost = 65_536;
/** So many kinds of holdings are told apart; runs that hold in yet other ways stay. */
const holdingsMost = 1024;

function* eachWish(decision: Decision, runs: readonly RunNow[]): Generator<Wish> {
  const { state, nowMs } = decision;
  const isWanted = wantedPools(decision);
  const open = new Set(
    state.inOrder.filter((pool) => {
      const isGuarded = decision.guarded.has(pool.now.id);
      return !isWanted.has(pool) && !closedNow(decision, pool) && !isGuarded;
    }),
  );
  for (const run of runs) {
    const from = poolOf(decision, run.pool);
    const entry = runningShape(state, run);
    const regrets = regretsOf(decision, entry);
    const here = regrets.get(run.pool);
    if (run.need.share < 1000 || !here || !open.has(from)) continue;
    const lost = Number(lossOf(from, run, nowMs));
    for (const [pool, there] of regrets) {
      const to = poolOf(decision, pool);
      const { need, latestStartMs } = there.preferred.judged;
      const isLate = latestStartMs !== null && latestStartMs < nowMs;
      if (to === from || need.share < 1000 || isLate || !open.has(to)) continue;
      yield wishOf(decision, { run, entry, from, to, here, there, lost });
    }
  }
}

interface Compared extends Pick<Wish, "run" | "from" | "to" | "there"> {
  readonly entry: WaitingShape;
  readonly here: Regret;
  /** The work that it loses, at its own price; micro-yuan. */
  readonly lost: number;
}

function wishOf({ state, nowMs }: Decision, compared: Compared): Wish {
  const { run, from, to, here, there, entry, lost } = compared;
  const again = lostMs(run, nowMs);
  const faster = there.preferred.judged.runTime.expected / here.preferred.judged.runTime.expected;
  const { startsIn, cost } = there.preferred.judged.estimate;
  const worthPerMs = Number(waitingWorth(entry.shape, state.policy)) / 3_600_000;
  const late = worthPerMs * (again + startsIn);
  return {
    ...{ run, from, to, there },
    savesPerMs: here.perMs - there.perMs,
    leftMs: Math.max(0, run.expectedEndMs - nowMs + again) * faster,
    loss: lost + Number(cost.data) + late,
  };
}

/** Pools that may run what is left in the queue. */
function wantedPools(decision: Decision): Set<PoolState> {
  const wanted = new Set<PoolState>();
  for (const entry of decision.state.queue.entries()) {
    const waits = [...entry.groups.values()].some(({ jobs, taken }) => taken < jobs.length);
    if (!waits) continue;
    for (const pool of regretsOf(decision, entry).keys()) wanted.add(poolOf(decision, pool));
  }
  return wanted;
}

/** Those who save most with those who save most, each once; the savings last while both run. */
function pairsOf([ours, theirs]: Ways, least: number): Exchange[] {
  const [a, b] = [ours.toSorted(bySaving), theirs.toSorted(bySaving)];
  const pairs: Exchange[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [one, other] = [a[i]!, b[j]!];
    const savesPerMs = one.savesPerMs + other.savesPerMs;
    if (savesPerMs <= 0) break;
    const lastsMs = Math.min(one.leftMs, other.leftMs);
    const isWorth = savesPerMs * lastsMs - one.loss - other.loss >= least;
    if (isWorth && fitsFor(one, other) && fitsFor(other, one)) {
      pairs.push({ wishes: [one, other], savesPerMs });
      i += 1;
      j += 1;
    } else if (one.leftMs <= other.leftMs) i += 1;
    else j += 1;
  }
  return pairs;
}

const bySaving = (a: Wish, b: Wish) =>
  b.savesPerMs - a.savesPerMs || (a.run.job < b.run.job ? -1 : 1);

/** Whether the hosts that the other leaves have the cpu and memory for it as well. */
function fitsFor({ there }: Wish, { run }: Wish): boolean {
  const { cpu, memory } = there.preferred.judged.need;
  return cpu <= run.need.cpu && memory <= run.need.memory;
}

/** Whether their quotas let both have what they go for; from then on they count as holding it. */
function mayHold({ state, undo }: Decision, wishes: readonly [Wish, Wish]): boolean {
  const { fairness } = state;
  const back: (() => void)[] = [];
  for (const { run } of wishes) {
    const use = useOf(run, state)!;
    fairness.release(run.tenant, use);
    back.push(() => fairness.occupy(run.tenant, use));
  }
  const isAllowed = wishes.every(({ run, to, there }) => {
    const { need } = there.preferred.judged;
    const use = useOf({ shape: run.shape, need, pool: to.now.id }, state)!;
    if (fairness.check(run.tenant, use) !== undefined) return false;
    fairness.occupy(run.tenant, use);
    back.push(() => fairness.release(run.tenant, use));
    return true;
  });
  if (isAllowed) undo.push(...back);
  else for (const takeBack of back.toReversed()) takeBack();
  return isAllowed;
}
