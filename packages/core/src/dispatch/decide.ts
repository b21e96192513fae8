import { formatYuan, type Duration, type PoolId } from "../units/index.ts";
import type { Cost } from "./cost.ts";
import { freeCards, layOut, needOf, type HostShare } from "./fit.ts";
import type { Reason } from "./reason.ts";
import type { Judgement } from "./refuse.ts";
import type { HostNow, PoolNow, Shape } from "./snapshot.ts";

export type Eligible = Extract<Judgement, { kind: "eligible" }>;

/** The hosts of a pool as they stand at this point of the round. */
export type HostsOf = (pool: PoolNow) => readonly HostNow[];

/** Where a job starts now. */
export interface Choice {
  readonly judged: Eligible;
  readonly shares: readonly HostShare[];
}

/** What one pool means for a job, said to people and programs. */
export interface Candidate {
  readonly pool: PoolNow;
  /** All replicas together; 0 where the pool has none of the cards asked for. */
  readonly cards: number;
  readonly verdict: "chosen" | "possible" | "busy" | "refused";
  readonly cost: Cost | null;
  readonly startsIn: Duration | null;
  readonly runTime: Duration | null;
  /** Why it was not chosen; null for the chosen one. */
  readonly reason: Reason | null;
}

/**
 * The eligible pools, best first: by total cost, or by the job's own order of card options before
 * that where it says `first`; then by id.
 */
export function byPreference(shape: Shape, judged: readonly Judgement[]): Eligible[] {
  const ordered = shape.cards.choose === "first";
  return judged
    .filter((one) => one.kind === "eligible")
    .toSorted(
      (a, b) =>
        (ordered ? a.rank - b.rank : 0) ||
        compare(a.estimate.cost.total, b.estimate.cost.total) ||
        compare(a.pool.id, b.pool.id),
    );
}

/**
 * The best pool that can start the job now. Between equals the tightest fit wins, which keeps
 * large gaps whole for large jobs; then the smallest id, so that two hubs never disagree.
 *
 * @param preferred  from `byPreference`
 * @returns undefined when no pool has room now
 */
export function choose(
  shape: Shape,
  preferred: readonly Eligible[],
  hostsOf: HostsOf,
): Choice | undefined {
  let best: (Choice & { readonly left: number }) | undefined;
  for (const judged of preferred) {
    if (best && !isEqual(shape, best.judged, judged)) break;
    const found = place(shape, judged, hostsOf);
    if (found && (!best || found.left < best.left)) best = found;
  }
  return best;
}

/** Every pool with its verdict and reason: chosen and possible ones first, by preference. */
export function explain(
  shape: Shape,
  judged: readonly Judgement[],
  now: { hostsOf: HostsOf; choice: Choice | undefined },
): Candidate[] {
  const eligible = byPreference(shape, judged).map((one) => candidateOf(shape, one, now));
  const refused = judged
    .filter((one) => one.kind === "refused")
    .map(({ pool, reason }): Candidate => ({
      pool,
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

function place(shape: Shape, judged: Eligible, hostsOf: HostsOf) {
  if (judged.pool.closed) return undefined;
  const hosts = hostsOf(judged.pool);
  const need = needOf(shape, judged.option);
  const shares = layOut(hosts, { replicas: shape.replicas, need });
  if (!shares) return undefined;
  return { judged, shares, left: freeCards(hosts) - need.cards * shape.replicas };
}

function isEqual({ cards }: Shape, a: Eligible, b: Eligible) {
  if (cards.choose === "first" && a.rank !== b.rank) return false;
  return a.estimate.cost.total === b.estimate.cost.total;
}

function candidateOf(
  shape: Shape,
  judged: Eligible,
  { hostsOf, choice }: { hostsOf: HostsOf; choice: Choice | undefined },
): Candidate {
  const { pool, option, estimate } = judged;
  const { cost, startsIn, runTime } = estimate;
  const known = { pool, cards: option.count * shape.replicas, cost, startsIn, runTime };
  if (choice?.judged.pool.id === pool.id) return { ...known, verdict: "chosen", reason: null };
  const busy = pool.closed ?? withoutRoom(shape, judged, hostsOf(pool));
  if (busy) {
    return { ...known, verdict: "busy", startsIn: null, reason: busy };
  }
  const reason = choice ? behind(shape, judged, choice.judged) : null;
  return { ...known, verdict: "possible", reason };
}

function withoutRoom(
  shape: Shape,
  { option }: Eligible,
  hosts: readonly HostNow[],
): Reason | undefined {
  const need = needOf(shape, option);
  if (layOut(hosts, { replicas: shape.replicas, need })) return undefined;
  const free = freeCards(hosts);
  const needed = need.cards * shape.replicas;
  if (free < needed) {
    const sum = hosts.reduce((cards, host) => cards + host.cards, 0);
    return { code: "no-room", facts: { free, total: sum, needed } };
  }
  const facts = {
    free,
    cards: need.cards,
    cpu: need.cpu / 1000,
    memoryMiB: need.memory,
    replicas: shape.replicas,
  };
  return { code: "no-host-with-room", facts };
}

function behind(shape: Shape, judged: Eligible, chosen: Eligible): Reason {
  const winner = chosen.pool.id;
  if (shape.cards.choose === "first" && chosen.rank < judged.rank) {
    return { code: "later-option", facts: { chosen: winner } };
  }
  const more = judged.estimate.cost.total - chosen.estimate.cost.total;
  if (more === 0n) return { code: "looser-fit", facts: { chosen: winner } };
  const facts = {
    cost: formatYuan(judged.estimate.cost.total),
    chosen: winner,
    more: formatYuan(more as Cost["total"]),
  };
  return { code: "dearer", facts };
}

function compare(a: bigint | PoolId, b: bigint | PoolId) {
  return a < b ? -1 : a > b ? 1 : 0;
}
