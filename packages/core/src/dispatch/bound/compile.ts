import type { PoolId } from "../../units/index.ts";
import type { BoundGroup, BoundOption, BoundPool, BoundProblem } from "./problem.ts";
import { hourMs, windowOf, type Window } from "./windows.ts";

/**
 * A problem as columns of numbers. Pools, groups and options stand in an order of their own, so
 * that the order of the problem's lists changes nothing. A *cell* is an hour of a pool, with one
 * more for the time after the last hour; cells of a pool follow each other.
 */
export interface Compiled {
  readonly problem: BoundProblem;
  readonly hours: number;
  /** Cells of one pool. */
  readonly stride: number;
  readonly pools: readonly BoundPool[];
  /** Of each cell, in hours of the clock; 0 after the last hour. */
  readonly cellHours: Float64Array;
  /** Free card-hours of each cell. */
  readonly capacity: Float64Array;
  readonly groups: readonly CompiledGroup[];
  /** Groups with jobs, but with no way to run them. */
  readonly leftOut: readonly string[];
  readonly options: readonly CompiledOption[];
  /** By start of an option, in its window's order: what one job costs; infinite: it cannot. */
  readonly cost: Float64Array;
  /** The least of this start and all later ones of the option. */
  readonly leastFrom: Float64Array;
}

export interface CompiledGroup {
  readonly id: string;
  readonly jobs: number;
  /** Its options, by what they cost at least, stand at `first` up to but not at `end`. */
  readonly first: number;
  readonly end: number;
  /** Card-hours of one job, at least. */
  readonly cardHours: number;
  /** Cards of one job, at most. */
  readonly cards: number;
  /** No number that its costs were worked out from is larger; rounding is a part of this. */
  readonly magnitude: number;
}

export interface CompiledOption {
  readonly pool: PoolId;
  /** Its pool's first cell. */
  readonly cell: number;
  readonly cards: number;
  readonly window: Window;
  /** Where its starts stand in `cost`. */
  readonly first: number;
  readonly least: number;
}

/** Groups without a job, or with no way to run at all, bound nothing and are left out. */
export function compile(problem: BoundProblem): Compiled {
  const hours = problem.edgesMs.length - 1;
  const pools = problem.pools.toSorted((a, b) => byText(a.id, b.id));
  const tables = new Map(pools.map((pool, i) => [pool.id, poolTable(problem, pool, i)]));
  const windows = new Map<string, Window>();
  const withWindow = (option: BoundOption) => {
    const key = `${option.runMs} ${option.readyMs} ${option.latestStartMs}`;
    const window = windows.get(key) ?? windowOf(problem.edgesMs, option);
    windows.set(key, window);
    return { option, window, table: tables.get(option.pool)! };
  };

  const asked = problem.groups
    .filter(({ jobs }) => jobs > 0)
    .toSorted((a, b) => byText(a.id, b.id))
    .map((group) => ({ group, ways: group.options.toSorted(byOption).map(withWindow) }));
  const starts = asked.flatMap(({ ways }) => ways.map(({ window }) => window.startsMs.length));

  const groups: CompiledGroup[] = [];
  const leftOut: string[] = [];
  const options: CompiledOption[] = [];
  const costs = new Costs(starts.reduce((sum, count) => sum + count, 0));
  for (const { group, ways: all } of asked) {
    const ways = all
      .map(({ option, window, table }) => {
        const way = { group, option, window, table };
        return { ...way, ...costs.add(problem, way) };
      })
      .filter(({ least }) => least < Infinity)
      .sort((a, b) => a.least - b.least || byOption(a.option, b.option));
    if (ways.length === 0) {
      leftOut.push(group.id);
      continue;
    }
    const first = options.length;
    for (const { option, window, table, first: at, least } of ways) {
      const { pool, cards } = option;
      options.push({ pool, cell: table.cell, cards, window, first: at, least });
    }
    groups.push({
      ...{ id: group.id, jobs: group.jobs, first, end: options.length },
      cardHours: Math.min(...ways.map(({ option }) => (option.cards * option.runMs) / hourMs)),
      cards: Math.max(...ways.map(({ option }) => option.cards)),
      magnitude: Math.max(...ways.map((way) => magnitudeOf(problem, way))),
    });
  }
  return {
    problem,
    hours,
    stride: hours + 1,
    pools,
    ...cells(problem, pools),
    groups,
    leftOut,
    options,
    cost: costs.values,
    leastFrom: costs.leasts,
  };
}

export const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function byOption(a: BoundOption, b: BoundOption): number {
  const latest = (option: BoundOption) => option.latestStartMs ?? Infinity;
  return (
    byText(a.pool, b.pool) ||
    a.cards - b.cards ||
    a.runMs - b.runMs ||
    a.readyMs - b.readyMs ||
    (latest(a) === latest(b) ? 0 : latest(a) - latest(b)) ||
    a.fixed - b.fixed ||
    a.loss - b.loss
  );
}

function cells({ edgesMs }: BoundProblem, pools: readonly BoundPool[]) {
  const hours = edgesMs.length - 1;
  const cellHours = new Float64Array(pools.length * (hours + 1));
  const capacity = new Float64Array(cellHours.length);
  pools.forEach((pool, p) => {
    for (let hour = 0; hour < hours; hour++) {
      const cell = p * (hours + 1) + hour;
      const length = (edgesMs[hour + 1]! - edgesMs[hour]!) / hourMs;
      cellHours[cell] = length;
      capacity[cell] = pool.freeCards[hour]! * length;
    }
  });
  return { cellHours, capacity };
}

interface PoolTable {
  readonly pool: BoundPool;
  readonly cell: number;
  /** What one card costs from now to each edge. */
  readonly paid: Float64Array;
  /** By cards of a run, by hour: how many of the hours before have too few for it. */
  readonly shut: Map<number, Int32Array>;
}

function poolTable({ edgesMs }: BoundProblem, pool: BoundPool, at: number): PoolTable {
  const paid = new Float64Array(edgesMs.length);
  for (let hour = 0; hour + 1 < edgesMs.length; hour++) {
    const length = (edgesMs[hour + 1]! - edgesMs[hour]!) / hourMs;
    paid[hour + 1] = paid[hour]! + pool.perCardHour[hour]! * length;
  }
  return { pool, cell: at * edgesMs.length, paid, shut: new Map() };
}

interface Way {
  readonly group: BoundGroup;
  readonly option: BoundOption;
  readonly window: Window;
  readonly table: PoolTable;
}

/** What each start of each option costs, one after the other. */
class Costs {
  readonly values: Float64Array;
  readonly leasts: Float64Array;
  private length = 0;

  constructor(starts: number) {
    this.values = new Float64Array(starts);
    this.leasts = new Float64Array(starts);
  }

  add(problem: BoundProblem, way: Way): { first: number; least: number } {
    const first = this.length;
    this.length += way.window.startsMs.length;
    costOfStarts(problem, way, this.values.subarray(first, this.length));
    let least = Infinity;
    for (let k = this.length - 1; k >= first; k--) {
      least = Math.min(least, this.values[k]!);
      this.leasts[k] = least;
    }
    return { first, least };
  }
}

function magnitudeOf({ nowMs }: BoundProblem, { group, option, window, table }: Way): number {
  const after = (table.pool.perCardHourAfter * option.runMs) / hourMs;
  const paid = table.paid.at(-1)! + Math.max(after, option.perCardAfter ?? 0);
  const waited = (group.waitingPerHour * (window.startsMs.at(-1)! - nowMs)) / hourMs;
  return option.cards * (1 + option.loss) * paid + waited + option.fixed;
}

/** Fills in what one job costs at each start of the window; infinite where it cannot run. */
function costOfStarts({ nowMs, edgesMs }: BoundProblem, way: Way, into: Float64Array): void {
  const { option, window, table } = way;
  const { starts, ends, startsMs } = window;
  const last = edgesMs.length - 1;
  const perHour = table.pool.perCardHour;
  const after = table.pool.perCardHourAfter;
  const factor = option.cards * (1 + option.loss);
  const shut = shutBefore(table, option.cards);
  const paidAt = ({ hour, into: part }: Window["starts"], k: number, timeMs: number) => {
    const at = hour[k]!;
    const rest =
      at === last ? (after * (timeMs - edgesMs[last]!)) / hourMs : perHour[at]! * part[k]!;
    return table.paid[at]! + rest;
  };
  for (let k = 0; k < into.length; k++) {
    const startMs = startsMs[k]!;
    const touched = ends.into[k]! > 0 ? ends.hour[k]! + 1 : ends.hour[k]!;
    if (shut[touched]! > shut[starts.hour[k]!]!) {
      into[k] = Infinity;
      continue;
    }
    const paid = paidAt(ends, k, startMs + option.runMs) - paidAt(starts, k, startMs);
    const waited = (way.group.waitingPerHour * (startMs - nowMs)) / hourMs;
    into[k] = factor * paid + waited + option.fixed;
  }
  const end = into.length - 1;
  const cheapest = (after * option.runMs) / hourMs;
  const { perCardAfter = 0 } = option;
  if (starts.hour[end] !== last || perCardAfter <= cheapest) return;
  // This start stands for all after the last edge, and for those between the one before it and
  // that edge as well: no run of that length costs less, and they wait at least until then.
  const sinceMs = Math.max(startsMs[0]!, edgesMs[last - 1]!);
  const waited = (way.group.waitingPerHour * (sinceMs - nowMs)) / hourMs;
  into[end] = factor * perCardAfter + waited + option.fixed;
}

function shutBefore({ pool, shut: known }: PoolTable, cards: number): Int32Array {
  const before = known.get(cards);
  if (before !== undefined) return before;
  const hours = pool.mostFree.length;
  const shut = new Int32Array(hours + 1);
  for (let hour = 0; hour < hours; hour++) {
    const fits = pool.freeCards[hour]! > 0 && cards <= pool.mostFree[hour]!;
    shut[hour + 1] = shut[hour]! + (fits ? 0 : 1);
  }
  known.set(cards, shut);
  return shut;
}
