import { microYuan, type PoolId } from "../../units/index.ts";
import { ascend, exchange, forget, meanOf, restart, type Ascent } from "./ascend.ts";
import { begin } from "./begin.ts";
import type { Certificate, UsedWay } from "./certificate.ts";
import { leastValues, renew, valuesOf, type Columns } from "./columns.ts";
import { compile, type Compiled } from "./compile.ts";
import { lowerBound, priceOut, scarceOf, type Found, type Scarce } from "./price-out.ts";
import { checkProblem, type BoundProblem } from "./problem.ts";
import { fitShares, type Relaxed } from "./relax.ts";
import { scarcityOf } from "./scarcity.ts";

export interface Effort {
  /** An earlier certificate of much the same problem: it is taken up where that left off. */
  readonly from?: Certificate | undefined;
  /** Ends when `lower` is within this part of the best bound of its kind; 0.01 unless told. */
  readonly gap?: number | undefined;
  /** Ends after so many rounds in any case; 100 unless told. */
  readonly rounds?: number | undefined;
}

/** Looking at all options takes as long as some dozen steps on the few that matter. */
const stepsPerRound = 40;

/**
 * A lower bound of what the waiting jobs cost, and what cards are worth, hour by hour. The bound
 * holds whatever the effort; more effort raises it. Deterministic: effort is counted in rounds,
 * not in time, and the order of the problem's lists changes nothing.
 * @throws RangeError that names what cannot be in the problem
 */
export function certify(problem: BoundProblem, effort: Effort = {}): Certificate {
  checkProblem(problem);
  const { gap = 0.01, rounds: most = 100 } = effort;
  const compiled = compile(problem);
  const ascent = begin(compiled, effort.from);
  let best = look(compiled, ascent);
  let lastGap = Infinity;
  let rounds = 1;
  let lastRestart = 1;
  while (rounds < most && best.relaxed.cost - best.lower > gap * best.relaxed.cost) {
    for (let step = 0; step < stepsPerRound; step++) ascend(compiled, ascent);
    rounds++;
    const seen = look(compiled, ascent);
    best = better(best, seen);
    exchange(compiled, ascent, widen(compiled, ascent, seen));
    const gapNow = seen.relaxed.cost - seen.lower;
    if (gapNow <= lastGap * 0.7) {
      restart(compiled, ascent);
      [lastGap, lastRestart] = [gapNow, rounds];
    } else if (rounds - lastRestart > rounds / 2) {
      forget(ascent);
      lastRestart = rounds;
    }
  }
  return certificate(compiled, ascent, { ...best, rounds });
}

/** What the mean of the last steps proves, and what it would cost. */
interface Seen {
  readonly lower: number;
  readonly perCardHour: Float64Array;
  readonly relaxed: Relaxed;
  readonly found: readonly Found[];
}

function look(compiled: Compiled, ascent: Ascent): Seen {
  const { share, perCardHour } = meanOf(ascent);
  const scarce = scarceOf(compiled, perCardHour);
  const { values, least, found } = priceAgainst(compiled, ascent.columns, scarce);
  const lower = lowerBound(compiled, scarce, least);
  const relaxed = fitShares(compiled, ascent.columns, { share, values });
  return { lower, perCardHour, relaxed, found };
}

/** Looks for ways that cost less than the columns do. */
function priceAgainst(compiled: Compiled, columns: Columns, scarce: Scarce) {
  const values = new Float64Array(columns.cost.length);
  valuesOf(columns, scarce, values);
  return { values, ...priceOut(compiled, scarce, leastValues(columns, values)) };
}

function better(a: Seen, b: Seen): Seen {
  const { lower, perCardHour } = b.lower > a.lower ? b : a;
  const { relaxed } = b.relaxed.cost < a.relaxed.cost ? b : a;
  return { lower, perCardHour, relaxed, found: [] };
}

/** The columns for the next round: those in use, and what is cheaper at the mean or just now. */
function widen(compiled: Compiled, { columns, scarce, sum }: Ascent, { found }: Seen): Columns {
  const now = priceAgainst(compiled, columns, scarce);
  const both = new Map([...found, ...now.found].map((way) => [way.at, way]));
  const inOrder = [...both.values()].sort((a, b) => a.at - b.at);
  return renew(compiled, columns, { found: inOrder, values: now.values, kept: sum.share });
}

function certificate(
  compiled: Compiled,
  ascent: Ascent,
  { lower, relaxed, perCardHour, rounds }: Seen & { rounds: number },
): Certificate {
  const { stride, hours, cellHours } = compiled;
  const used = compiled.pools.map(({ id }, p): [PoolId, number[]] => {
    const cells = Array.from({ length: hours }, (_, hour) => p * stride + hour);
    return [id, cells.map((cell) => relaxed.use[cell]! / cellHours[cell]!)];
  });
  return {
    lower: microYuan(lower),
    leftOut: compiled.leftOut,
    relaxed: relaxed.cost < Infinity ? microYuan(Math.ceil(relaxed.cost)) : null,
    scarcity: scarcityOf(compiled, perCardHour),
    rounds,
    usedCards: new Map(used),
    ways: usedWays(compiled, ascent),
    pace: { step: ascent.step, weight: ascent.weight },
  };
}

function usedWays({ groups, options }: Compiled, ascent: Ascent): Certificate["ways"] {
  const { columns } = ascent;
  const { share } = meanOf(ascent);
  return groups.map(({ id }, group) => {
    const ways: UsedWay[] = [];
    for (let i = columns.first[group]!; i < columns.first[group + 1]!; i++) {
      if (share[i]! < 1e-6) continue;
      const { pool, cards, window, first } = options[columns.option[i]!]!;
      const startMs = window.startsMs[columns.at[i]! - first]!;
      ways.push({ pool, cards, startMs, share: share[i]! });
    }
    return { group: id, ways };
  });
}
