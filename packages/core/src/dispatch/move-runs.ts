import { cardsOf, waitingWorth } from "./cost.ts";
import { exchangePlaced } from "./exchange-placed.ts";
import { exchangeRuns } from "./exchange-runs.ts";
import { cardsHeld, costOfCards, lossOf, lostMs } from "./lost-work.ts";
import { closedNow, poolOf, type Decision } from "./decision.ts";
import { judgedOf } from "./judged.ts";
import { scarcityOf } from "./preference.ts";
import type { Eligible } from "./refuse.ts";
import type { RunNow } from "./snapshot.ts";
import { runningShape, type PoolState } from "./state.ts";

/** So many runs are looked at in one round, those that would run longest first. */
const runsLookedAt = 2000;

interface Move {
  readonly run: RunNow;
  readonly from: PoolState;
  readonly to: PoolState;
  readonly judged: Eligible;
  /** What is saved by it, the work that is lost taken off; micro-yuan. */
  readonly gain: number;
}

/**
 * Stops preemptible runs that would cost so much less in a pool which nobody who waits can use,
 * what they lose by it counted in, that the policy lets them go there. Their jobs are placed anew
 * by a later round like all others.
 */
export function moveRuns(decision: Decision): void {
  if (decision.state.policy.preemption.moves === null) return;
  exchangePlaced(decision);
  const runs = longestRuns(decision);
  moveToFree(decision, runs);
  exchangeRuns(decision, runs);
}

function moveToFree(decision: Decision, runs: readonly RunNow[]): void {
  const { state, preemptions, nowMs, victims } = decision;
  const { moves: least, runsPerHour } = state.policy.preemption;
  const open = state.inOrder.filter((pool) => {
    return (
      pool.hosts.freeCards > 0 && !closedNow(decision, pool) && !decision.guarded.has(pool.now.id)
    );
  });
  if (open.length === 0) return;
  const found = runs
    .flatMap((run) => bestMove(decision, { run, open }) ?? [])
    .filter(({ gain }) => gain >= Number(least))
    .toSorted((a, b) => b.gain - a.gain || (a.run.job < b.run.job ? -1 : 1));
  for (const { run, from, to, judged } of found) {
    if (preemptions.length + state.preemptedLately >= runsPerHour) return;
    const taken = to.hosts.layOut({ replicas: run.shape.replicas, need: judged.need });
    if (!taken) continue;
    const held = { need: judged.need, hosts: taken.hosts };
    to.hosts.take(held);
    victims.add(run.job);
    decision.undo.push(() => to.hosts.give(held));
    preemptions.push({
      job: run.job,
      pool: from.now.id,
      cards: run.need.cards * run.shape.replicas,
      loss: lossOf(from, run, nowMs),
      for: run.job,
      rule: "moved",
    });
  }
}

function longestRuns({ state, nowMs, victims }: Decision): RunNow[] {
  const { leastRun } = state.policy.preemption;
  const all = state.inOrder.flatMap(({ preemptible }) => [...preemptible.values()]);
  return all
    .filter((run) => !run.stopping && !victims.has(run.job) && nowMs - run.sinceMs >= leastRun)
    .toSorted((a, b) => b.expectedEndMs - a.expectedEndMs || (a.job < b.job ? -1 : 1))
    .slice(0, runsLookedAt);
}

function bestMove(
  decision: Decision,
  { run, open }: { run: RunNow; open: readonly PoolState[] },
): Move | undefined {
  const { state, nowMs } = decision;
  const { preferred } = judgedOf(state, runningShape(state, run), nowMs);
  const here = preferred.find(({ judged }) => judged.pool.id === run.pool)?.judged;
  const leftMs = run.expectedEndMs - nowMs;
  if (!here || leftMs <= 0) return undefined;
  const from = poolOf(decision, run.pool);
  let best: Move | undefined;
  for (const { judged } of preferred) {
    const to = poolOf(decision, judged.pool.id);
    if (to === from || !open.includes(to)) continue;
    const gain = gainOf(decision, { run, from, to, here, there: judged, leftMs });
    if (!best || gain > best.gain) best = { run, from, to, judged, gain };
  }
  return best;
}

interface Compared {
  readonly run: RunNow;
  readonly from: PoolState;
  readonly to: PoolState;
  readonly here: Eligible;
  readonly there: Eligible;
  readonly leftMs: number;
}

/** Waiting and cards saved, less the data brought and the work done twice; micro-yuan. */
function gainOf({ state, nowMs }: Decision, compared: Compared): number {
  const { run, from, to, here, there, leftMs } = compared;
  const toDoMs = leftMs + lostMs(run, nowMs);
  const thereMs = (toDoMs * there.runTime.expected) / here.runTime.expected;
  const { startsIn, cost } = there.estimate;
  const savedMs = leftMs - thereMs - startsIn;
  const worth = (Number(waitingWorth(run.shape, state.policy)) * savedMs) / 3_600_000;
  const hereCards = cardsHeld(run);
  const thereCards = (cardsOf(run.shape, there.option) * there.need.share) / 1000;
  const stays = { cards: hereCards, fromMs: nowMs, toMs: nowMs + leftMs };
  const beginMs = nowMs + startsIn;
  const scarce = ({ now }: PoolState, { cards, ...span }: typeof stays) =>
    Number(scarcityOf(state.scarcity, { pool: now.id, cards, span }));
  const goes = { cards: thereCards, fromMs: beginMs, toMs: beginMs + thereMs };
  const saved = Number(costOfCards(from, stays)) + scarce(from, stays);
  return worth + saved - Number(costOfCards(to, goes)) - scarce(to, goes) - Number(cost.data);
}
