import { durationOf, formatYuan } from "../units/index.ts";
import { besideBookings } from "./choose.ts";
import { closedNow, inRound, poolOf, type Choice, type Decision } from "./decision.ts";
import { judgedOf } from "./judged.ts";
import type { Candidate, Plan } from "./plan.ts";
import type { Preferred } from "./preference.ts";
import type { Reason } from "./reason.ts";
import type { PoolState, WaitingShape } from "./state.ts";

/** Shapes that wait, with what each pool says of them. */
export function tellWaiting(decision: Decision): Plan["waiting"] {
  return [...decision.shapes]
    .filter(([, { parked, waitsFor }]) => parked !== null || waitsFor !== null)
    .map(([entry]) => ({
      shape: entry.shape,
      why: whyNotNow(decision, entry),
      candidates: candidatesOf(decision, entry, undefined),
    }))
    .toSorted((a, b) => (a.shape.key < b.shape.key ? -1 : 1));
}

/**
 * Every pool with its verdict and reason, as the region stands at this point of the round: chosen
 * and possible ones first, by preference; none where the round does not explain itself.
 */
export function candidatesOf(
  decision: Decision,
  entry: WaitingShape,
  choice: Choice | undefined,
): Candidate[] {
  if (!decision.explains) return [];
  const { judgements, preferred } = judgedOf(decision.state, entry, decision.nowMs);
  const eligible = preferred.map((one) => candidateOf(decision, entry, { preferred: one, choice }));
  const refused = judgements
    .filter((one) => one.kind === "refused")
    .map(({ pool, reason }): Candidate => ({
      pool: poolOf(decision, pool.id).now,
      cards: 0,
      verdict: "refused",
      cost: null,
      startsIn: null,
      runTime: null,
      reason,
    }));
  const order = { chosen: 0, possible: 1, busy: 2, refused: 3 } as const;
  return [...eligible, ...refused].toSorted((a, b) => order[a.verdict] - order[b.verdict]);
}

function candidateOf(
  decision: Decision,
  entry: WaitingShape,
  { preferred, choice }: { preferred: Preferred; choice: Choice | undefined },
): Candidate {
  const { judged } = preferred;
  const pool = poolOf(decision, judged.pool.id);
  const { cost, startsIn } = judged.estimate;
  const cards = judged.option.count * entry.shape.replicas;
  const runTime = durationOf(judged.runTime.expected);
  const known = { pool: pool.now, cards, cost, startsIn, runTime };
  if (choice?.pool === pool) return { ...known, verdict: "chosen", reason: null };
  const busy = closedNow(decision, pool) ?? withoutRoom(decision, entry, { preferred, pool });
  if (busy) return { ...known, verdict: "busy", startsIn: null, reason: busy };
  const reason = choice ? behind(entry, preferred, choice.preferred) : whyNotNow(decision, entry);
  return { ...known, verdict: "possible", reason };
}

/** What keeps it from starting where there is room. */
function whyNotNow(decision: Decision, entry: WaitingShape): Reason | null {
  const { parked, waitsFor } = inRound(decision, entry);
  return parked === "no-room" ? waitsFor : (parked ?? waitsFor);
}

function withoutRoom(
  { guarded, nowMs }: Decision,
  { shape }: WaitingShape,
  { preferred, pool }: { preferred: Preferred; pool: PoolState },
): Reason | undefined {
  const { need, estimate } = preferred.judged;
  const gang = { replicas: shape.replicas, need };
  const { freeCards: free, totalCards } = pool.hosts;
  if (!pool.hosts.layOut(gang)) {
    const needed = need.cards * shape.replicas;
    if (free < needed) return { code: "no-room", facts: { free, total: totalCards, needed } };
    const facts = {
      free,
      cards: need.cards,
      cpu: need.cpu / 1000,
      memoryMiB: need.memory,
      replicas: shape.replicas,
    };
    return { code: "no-host-with-room", facts };
  }
  if (!guarded.has(pool.now.id)) return undefined;
  const endMs = nowMs + estimate.startsIn + shape.maxRunTime;
  const allows = besideBookings(pool, { need, nowMs, endMs });
  if (pool.hosts.layOut(gang, { allows })) return undefined;
  return { code: "kept-for-booked", facts: { free, pool: pool.now.id } };
}

function behind({ shape }: WaitingShape, judged: Preferred, chosen: Preferred): Reason {
  const winner = chosen.judged.pool.id;
  if (shape.cards.choose === "first" && chosen.judged.rank < judged.judged.rank) {
    return { code: "later-option", facts: { chosen: winner } };
  }
  const mine = judged.judged.estimate.cost.total;
  const theirs = chosen.judged.estimate.cost.total;
  if (mine < theirs) return { code: "scarcer", facts: { chosen: winner, cost: formatYuan(mine) } };
  if (mine === theirs) return { code: "looser-fit", facts: { chosen: winner } };
  const more = formatYuan((mine - theirs) as typeof mine);
  return { code: "dearer", facts: { cost: formatYuan(mine), chosen: winner, more } };
}
