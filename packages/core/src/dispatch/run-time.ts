import type { CardModel } from "../capacity/index.ts";
import type { CardOption } from "../job/index.ts";
import { divide, durationOf, type CardModelId, type Duration } from "../units/index.ts";
import type { LearntRunTime, Shape } from "./snapshot.ts";

/** How long a run is expected to take on one kind of card, and how that is known. */
export interface RunTime {
  readonly expected: Duration;
  /** Nine out of ten runs are over by then; the same as expected where nothing is known of it. */
  readonly p90: Duration;
  readonly from: "declared" | "learnt" | "ratio" | "limit";
}

/** What run times are worked out from, besides the job. */
export interface RunTimeFacts {
  readonly learnt: ReadonlyMap<string, readonly LearntRunTime[]>;
  readonly models: ReadonlyMap<CardModelId, CardModel>;
}

/** Fewer finished runs than these teach nothing. */
const runsToLearnFrom = 3;

/**
 * What the tenant declared for this card; else what finished runs of the same work took on it;
 * else what is known of another card by the ratio of the two cards' peaks; else the longest it may
 * take. Never more than that.
 */
export function runTimeOn(shape: Shape, option: CardOption, facts: RunTimeFacts): RunTime {
  const most = shape.maxRunTime;
  const own = knownOn(shape, option, facts);
  if (own) return within(own, most);
  const here = facts.models.get(option.model)?.peak;
  if (here?.kind === "known") {
    for (const other of shape.cards.options) {
      const there = facts.models.get(other.model)?.peak;
      const known = knownOn(shape, other, facts);
      if (!known || there?.kind !== "known") continue;
      const scaled = (time: Duration) => {
        const work = BigInt(Math.round(time)) * there.value * BigInt(other.count);
        return durationOf(Number(divide(work, here.value * BigInt(option.count), "up")));
      };
      const ratio = { expected: scaled(known.expected), p90: scaled(known.p90), from: "ratio" };
      return within(ratio as RunTime, most);
    }
  }
  return { expected: most, p90: most, from: "limit" };
}

/** Without a look at other cards. */
function knownOn(shape: Shape, option: CardOption, { learnt }: RunTimeFacts): RunTime | undefined {
  const seen = learnt.get(shape.family)?.find(({ model }) => model === option.model);
  const isTaught = seen !== undefined && seen.runs >= runsToLearnFrom;
  const declared = option.expectedRunTime;
  if (declared !== null) {
    // The spread of what was seen says how far a declared time may be off.
    const p90 = isTaught ? durationOf(Math.max(declared, seen.p90)) : declared;
    return { expected: declared, p90, from: "declared" };
  }
  return isTaught ? { expected: seen.median, p90: seen.p90, from: "learnt" } : undefined;
}

const within = ({ expected, p90, from }: RunTime, most: Duration): RunTime => ({
  expected: durationOf(Math.min(expected, most)),
  p90: durationOf(Math.min(p90, most)),
  from,
});
