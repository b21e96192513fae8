import type { PoolId } from "../../units/index.ts";

/*
 * What a certificate is asked about: the jobs that wait, in groups of like jobs, and what is free.
 * Money is in micro-yuan as plain numbers (an hour's price, a job's cost, all of a region's cost
 * stay below 2^53), times are epoch milliseconds.
 */

export interface BoundProblem {
  readonly nowMs: number;
  /**
   * Where the hours begin and the last one ends: `nowMs`, then rising. Prices and free cards are
   * given for each hour between two of them. They need not be of one length: days may follow hours.
   */
  readonly edgesMs: readonly number[];
  readonly pools: readonly BoundPool[];
  readonly groups: readonly BoundGroup[];
}

/** Lists have an entry for each hour. */
export interface BoundPool {
  readonly id: PoolId;
  /** Mean over the hour; 0 while the pool is closed. */
  readonly freeCards: readonly number[];
  /** Most at any moment of the hour: a run that needs more does not touch it. */
  readonly mostFree: readonly number[];
  /** What a card-hour costs a tenant; where it changes within the hour, the least. */
  readonly perCardHour: readonly number[];
  /** The least that it costs at any time after the last hour. */
  readonly perCardHourAfter: number;
}

/** Jobs that cost and need the same wherever they run. */
export interface BoundGroup {
  /** Names it from one certificate to the next. */
  readonly id: string;
  readonly jobs: number;
  /** Of one job, from now on. */
  readonly waitingPerHour: number;
  /** The ways in which one job may run; a pool may stand in several. */
  readonly options: readonly BoundOption[];
}

export interface BoundOption {
  readonly pool: PoolId;
  /** All replicas together; parts of a card are fractions. */
  readonly cards: number;
  /** As long as it is expected to take; the least, where that depends on its hosts. */
  readonly runMs: number;
  /** When its data can be there: it starts no sooner. At `nowMs` or later. */
  readonly readyMs: number;
  /** It starts no later; null: whenever. */
  readonly latestStartMs: number | null;
  /** What does not depend on when it starts: data, power. */
  readonly fixed: number;
  /** What is lost to reclaims, as a part of what the cards cost: 0.02 adds 2 %. */
  readonly loss: number;
  /**
   * What one card costs over the run, at least, whenever it starts from the last hour on; absent:
   * as `perCardHourAfter` has it, as if all its hours were the cheapest.
   */
  readonly perCardAfter?: number;
}

/** @throws RangeError that names the first value which cannot be, with what it should be */
export function checkProblem({ nowMs, edgesMs, pools, groups }: BoundProblem): void {
  need(edgesMs.length >= 2, "edgesMs", edgesMs.length, "at least two times");
  need(edgesMs[0] === nowMs, "edgesMs[0]", edgesMs[0], `nowMs, ${nowMs}`);
  edgesMs.forEach((edge, i) => {
    need(i === 0 || edge > edgesMs[i - 1]!, `edgesMs[${i}]`, edge, "later than the one before");
  });
  unique(pools, "pools");
  for (const pool of pools) checkPool(pool, edgesMs.length - 1);
  unique(groups, "groups");
  const known = new Set(pools.map(({ id }) => id));
  for (const group of groups) checkGroup(group, { nowMs, known });
}

function checkPool(pool: BoundPool, hours: number): void {
  for (const name of ["freeCards", "mostFree", "perCardHour"] as const) {
    const at = `pool ${pool.id}: ${name}`;
    need(pool[name].length === hours, at, pool[name].length, `${hours} numbers, one for each hour`);
    for (const value of pool[name]) needAmount(value, at);
  }
  pool.freeCards.forEach((free, hour) => {
    const most = pool.mostFree[hour]!;
    need(free <= most, `pool ${pool.id}: freeCards[${hour}]`, free, `mostFree, ${most}, or less`);
  });
  needAmount(pool.perCardHourAfter, `pool ${pool.id}: perCardHourAfter`);
}

function checkGroup(
  group: BoundGroup,
  { nowMs, known }: { nowMs: number; known: ReadonlySet<PoolId> },
): void {
  const name = `group ${group.id}`;
  needAmount(group.jobs, `${name}: jobs`);
  needAmount(group.waitingPerHour, `${name}: waitingPerHour`);
  for (const option of group.options) {
    const at = `${name} in pool ${option.pool}`;
    need(known.has(option.pool), `${name}: pool`, option.pool, "one of pools");
    need(option.cards > 0, `${at}: cards`, option.cards, "above 0");
    need(option.runMs > 0, `${at}: runMs`, option.runMs, "above 0");
    need(option.readyMs >= nowMs, `${at}: readyMs`, option.readyMs, `nowMs, ${nowMs}, or later`);
    needAmount(option.fixed, `${at}: fixed`);
    needAmount(option.loss, `${at}: loss`);
    needAmount(option.perCardAfter ?? 0, `${at}: perCardAfter`);
  }
}

function unique(list: readonly { readonly id: string }[], name: string): void {
  const seen = new Set<string>();
  for (const { id } of list) {
    need(!seen.has(id), `${name}: id`, id, "there once");
    seen.add(id);
  }
}

function needAmount(value: number, at: string): void {
  need(Number.isFinite(value) && value >= 0, at, value, "a number of at least 0");
}

function need(holds: boolean, at: string, value: unknown, right: string): void {
  if (!holds) throw new RangeError(`${at} is ${String(value)}; it must be ${right}`);
}
