import type { BoundGroup, BoundOption, BoundPool, BoundProblem } from "@wadi/core/dispatch";
import highsModule from "highs";

/*
 * The certificate's problem written out in full for HiGHS: a column for each start of each option,
 * a row for each group and for each hour of each pool. Written apart from the code that it judges:
 * costs are added up hour by hour, from the problem itself.
 */

export interface ProgramAnswer {
  readonly status: "optimal" | "limit" | "infeasible";
  /** Micro-yuan; of the best solution that was found. */
  readonly cost: number;
  readonly columns: number;
  readonly rows: number;
  /** Of the processor, without the writing out. */
  readonly ms: number;
}

export interface ProgramQuestion {
  /** Whole jobs; otherwise they may be split. */
  readonly whole: boolean;
  readonly secondsMax: number;
  readonly solver?: "choose" | "simplex" | "ipm";
}

const hourMs = 3_600_000;
/** HiGHS likes costs near 1: it is told yuan. */
const microPerYuan = 1_000_000;

/** Its types are written for CommonJS; what Node imports is the function itself. */
const loadHighs = highsModule as unknown as typeof highsModule.default;

/** The least that the jobs cost when each starts at one of the times that could be the cheapest. */
export async function solveTimeIndexed(
  problem: BoundProblem,
  { whole, secondsMax, solver = "choose" }: ProgramQuestion,
): Promise<ProgramAnswer> {
  const program = writeOut(problem);
  const columns = program.cost.length;
  const highs = await loadHighs();
  const model = highs.createModel({
    numCols: columns,
    numRows: program.rowUpper.length,
    colCost: Float64Array.from(program.cost),
    colLower: new Float64Array(columns),
    colUpper: new Float64Array(columns).fill(highs.infinity),
    rowLower: Float64Array.from(program.rowLower),
    rowUpper: Float64Array.from(program.rowUpper),
    matrix: {
      format: "csc",
      numCols: columns,
      numRows: program.rowUpper.length,
      starts: Int32Array.from(program.starts),
      indices: Int32Array.from(program.indices),
      values: Float64Array.from(program.values),
    },
    ...(whole && { integrality: new Int32Array(columns).fill(1) }),
  });
  try {
    model.options.set({ output_flag: false, time_limit: secondsMax, solver, mip_rel_gap: 0 });
    const began = process.cpuUsage();
    model.run();
    const { user, system } = process.cpuUsage(began);
    const ms = (user + system) / 1000;
    const status = statusOf(model.getModelStatus(), highs.constants.modelStatus);
    const cost = model.getObjectiveValue() * microPerYuan;
    return { status, cost, columns, rows: program.rowUpper.length, ms };
  } finally {
    model.dispose();
  }
}

function statusOf(
  status: number,
  known: { readonly optimal: number; readonly infeasible: number },
): ProgramAnswer["status"] {
  if (status === known.optimal) return "optimal";
  return status === known.infeasible ? "infeasible" : "limit";
}

interface Program {
  readonly cost: number[];
  readonly rowLower: number[];
  readonly rowUpper: number[];
  readonly starts: number[];
  readonly indices: number[];
  readonly values: number[];
}

function writeOut(problem: BoundProblem): Program {
  const { pools, groups, edgesMs } = problem;
  const hours = edgesMs.length - 1;
  const jobs = groups.map((group) => group.jobs);
  const free = pools.flatMap(({ freeCards }) =>
    freeCards.map((cards, hour) => (cards * (edgesMs[hour + 1]! - edgesMs[hour]!)) / hourMs),
  );
  const rowUpper = [...jobs, ...free];
  const rowLower = [...jobs, ...free.map(() => -Infinity)];
  const program: Program = { cost: [], rowLower, rowUpper, starts: [0], indices: [], values: [] };
  const places = new Map(pools.map((pool, p) => [pool.id, p]));
  groups.forEach((group, g) => {
    for (const option of group.options) {
      const p = places.get(option.pool)!;
      for (const startMs of startsOf(problem, option)) {
        const run = { group, option, pool: pools[p]!, startMs };
        const cost = costOfRun(problem, run);
        if (cost === null) continue;
        program.cost.push(cost / microPerYuan);
        program.indices.push(g);
        program.values.push(1);
        for (const { hour, length } of hoursHeld(problem, run)) {
          program.indices.push(groups.length + p * hours + hour);
          program.values.push(option.cards * length);
        }
        program.starts.push(program.indices.length);
      }
    }
  });
  return program;
}

/** Where its start or its end meets an edge, and its first and last start. */
export function startsOf({ edgesMs }: BoundProblem, option: BoundOption): number[] {
  const end = Math.max(edgesMs.at(-1)!, option.readyMs);
  const latest = Math.min(option.latestStartMs ?? end, end);
  const moments = edgesMs.flatMap((edge) => [edge, edge - option.runMs]);
  const all = new Set([option.readyMs, latest, ...moments]);
  return [...all].filter((at) => at >= option.readyMs && at <= latest);
}

export interface Run {
  readonly group: BoundGroup;
  readonly option: BoundOption;
  readonly pool: BoundPool;
  readonly startMs: number;
}

/** What one job costs that starts then; null where the pool has too few cards for it. */
export function costOfRun(problem: BoundProblem, run: Run): number | null {
  const { group, option, pool, startMs } = run;
  let paid = 0;
  let heldHours = 0;
  for (const { hour, length } of hoursHeld(problem, run)) {
    if (option.cards > pool.mostFree[hour]! || pool.freeCards[hour] === 0) return null;
    paid += length * pool.perCardHour[hour]!;
    heldHours += length;
  }
  paid += (option.runMs / hourMs - heldHours) * pool.perCardHourAfter;
  const waited = ((startMs - problem.nowMs) / hourMs) * group.waitingPerHour;
  return option.cards * paid * (1 + option.loss) + waited + option.fixed;
}

/** The hours that a run touches, and how much of each it takes; not what is after the last one. */
export function hoursHeld(
  { edgesMs }: BoundProblem,
  { option, startMs }: Pick<Run, "option" | "startMs">,
): { hour: number; length: number }[] {
  const held: { hour: number; length: number }[] = [];
  for (let hour = 0; hour + 1 < edgesMs.length; hour++) {
    const from = Math.max(startMs, edgesMs[hour]!);
    const to = Math.min(startMs + option.runMs, edgesMs[hour + 1]!);
    if (to > from) held.push({ hour, length: (to - from) / hourMs });
  }
  return held;
}
